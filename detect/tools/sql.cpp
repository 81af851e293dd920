// Raw SQL: the conventions of small migration programs, and plain numbered files.
#include <algorithm>
#include <map>

#include "detect/document.hpp"
#include "detect/engines.hpp"
#include "detect/find.hpp"
#include "detect/go_module.hpp"
#include "detect/paths.hpp"
#include "detect/sql_style.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

/// The directory that stands for the history: above version and engine names, up to one called for
/// migrations. `none` where no name says so.
Tree::Dir named_directory(const Tree& tree, Tree::Dir dir) {
    for (Tree::Dir at = dir; at != 0 && at != Tree::none; at = tree.parent(at)) {
        if (is_migrations_name(tree.name(at))) return at;
        if (!is_version_name(tree.name(at)) && !engine_in_name(tree.name(at))) return Tree::none;
    }
    return Tree::none;
}

std::string_view library_of(std::string_view style) {
    if (style == "goose") return "github.com/pressly/goose";
    if (style == "sql-migrate") return "github.com/rubenv/sql-migrate";
    if (style == "golang-migrate") return "github.com/golang-migrate/migrate";
    if (style == "dbmate") return "github.com/amacneil/dbmate";
    return "";
}

std::string_view program_of(std::string_view style) {
    return style == "golang-migrate" ? "migrate" : style;
}

/// The Go file beside or above the directory that loads the library: it says how the migrations are run.
std::string go_config(const Sources& sources, Tree::Dir dir, std::string_view library) {
    if (library.empty()) return "";
    for (Tree::Dir at : {dir, sources.tree.parent(dir)}) {
        if (at == Tree::none || !sources.tree.holds(at, FileKind::go_code)) continue;
        int opened = 0;
        for (std::string_view name : sources.tree.sorted_files(at)) {
            // Numbered Go files are migrations themselves.
            if (!name.ends_with(".go") || name.ends_with("_test.go") || leading_digits(name) > 0 ||
                ++opened > 12)
                continue;
            std::string path = join(sources.tree.path(at), name);
            if (contains(sources.repo.head(path), library)) return path;
        }
    }
    return "";
}

/// Whether Go code beside or above the directory compiles its files in: then the program applies them.
bool is_embedded(const Sources& sources, Tree::Dir dir) {
    std::string_view name = sources.tree.name(dir);
    Tree::Dir above = sources.tree.parent(dir);
    for (Tree::Dir at : {dir, above}) {
        if (at == Tree::none || !sources.tree.holds(at, FileKind::go_code)) continue;
        int opened = 0;
        for (std::string_view file : sources.tree.sorted_files(at)) {
            if (!file.ends_with(".go") || file.ends_with("_test.go") || ++opened > 12) continue;
            std::string text = sources.repo.head(join(sources.tree.path(at), file), 16 * 1024);
            bool embeds = false;
            each_line(text, [&](std::string_view line, int) {
                embeds = line.starts_with("//go:embed ") && (at == dir || has_word(line, name));
                return !embeds;
            });
            if (embeds) return true;
        }
    }
    return false;
}

/// The line that calls the style's program with this directory, as it is written relative to the line's file.
const Call* call_of(const Sources& sources, std::string_view style, const std::string& path) {
    if (style == "plain" || style == "up-down") return nullptr;
    std::string_view program = program_of(style);
    // Half the programs of the world are called `migrate`.
    bool ambiguous = program == "migrate";
    auto names = [&](const Call& call) {
        std::string below = relative_to(path, sources.tree.path(call.dir));
        if (ambiguous && !contains_any(call.text, {"-path", "-source", "-database"})) return false;
        return below != "." && contains(call.text, below);
    };
    for (const Call& call : sources.calls.scripts(program))
        if (names(call)) return &call;
    for (const Call& call : sources.calls.lines(program))
        if (names(call)) return &call;
    return nullptr;
}

/// Where the calling script runs, else above the directory's usual path.
std::string root_of(const Sources& sources, const std::string& path, const Call* call) {
    if (call && is_within(path, sources.tree.path(call->dir))) return sources.tree.path(call->dir);
    // Above the outermost directory that is named for migrations.
    std::string above(parent_of(path));
    for (std::string at = above; at != "."; at = std::string(parent_of(at)))
        if (is_migrations_name(name_of_path(at))) above = std::string(parent_of(at));
    std::string_view name = name_of_path(above);
    if (name == "db" || name == "database" || name == "sql") above = std::string(parent_of(above));
    return path == "." ? "." : above;
}

bool is_usual(std::string_view below) {
    for (std::string_view usual : {"migrations", "db/migrations", "database/migrations", "sql/migrations",
                                   "db/migrate", "supabase/migrations"})
        if (below == usual) return true;
    return false;
}

Find from_directories(const Sources& sources, const std::vector<const SqlDirectory*>& parts,
                      Tree::Dir above) {
    const SqlDirectory& first = *parts.front();
    std::string base = sources.tree.path(above);
    Find find;
    find.unit.tool = Tool::sql;
    find.unit.style = first.style;
    find.own_path = base;
    const Call* call = call_of(sources, first.style, base);
    if (!call && parts.size() == 1) call = call_of(sources, first.style, first.path);
    find.unit.root = root_of(sources, base, call);
    find.add(first.signal, first.sample, first.line);
    if (call) {
        find.add(Signal::called, call->path, call->line);
        for (Engine engine : engines_in_text(call->text)) add_engine(find.unit.engines, engine);
    }
    // Directories by version are steps of one history; directories by engine are variants of it.
    bool go_files = false;
    for (const SqlDirectory* part : parts) {
        go_files = go_files || part->go_files;
        Tree::Dir at = part->dir;
        while (at != above && is_version_name(sources.tree.name(at))) at = sources.tree.parent(at);
        if (at != part->dir && !find.has(Signal::sql_versions)) find.add(Signal::sql_versions, part->path);
        std::string path = sources.tree.path(at);
        auto engine = at == above ? std::nullopt : engine_in_name(sources.tree.name(at));
        bool known = std::any_of(find.unit.migrations.begin(), find.unit.migrations.end(),
                                 [&](const MigrationsDir& dir) { return dir.path == path; });
        if (known) continue;
        find.unit.migrations.push_back({path, engine});
        add_engine(find.unit.engines, engine);
    }
    if (find.unit.migrations.size() == 1) {
        find.unit.migrations.front().engine.reset();
        for (Tree::Dir at = above; at != 0 && find.unit.engines.empty(); at = sources.tree.parent(at))
            add_engine(find.unit.engines, engine_in_name(sources.tree.name(at)));
    }
    find.unit.config = go_config(sources, above, library_of(first.style));
    if (go_files) find.unit.how_run = HowRun::wrapper;
    // Names and markers alone are not the library's: another one of the program may read them, and keep a
    // history of its own.
    std::string go = go_module_file(sources.repo, above);
    if (std::string_view library = library_of(first.style);
        !library.empty() && !call && !go.empty() && go_version(sources.repo, go, library).text.empty() &&
        (first.style == "golang-migrate" || is_embedded(sources, above)))
        find.unit.how_run = HowRun::programmatic;
    if (find.has(Signal::sql_versions)) find.unit.how_run = HowRun::programmatic;
    if (first.style == "plain") {
        std::optional<Signal> veto;
        for (const SqlDirectory* part : parts)
            if (!veto) veto = veto_of(sources, part->dir, above);
        if (veto) {
            find.add(*veto, base);
            find.unit.how_run = find.has(Signal::sql_versions) ? HowRun::programmatic : HowRun::manual;
        }
    } else if (first.style == "golang-migrate") {
        for (Tree::Dir at = above; at != Tree::none; at = sources.tree.parent(at)) {
            if (sources.tree.holds(at, FileKind::go_mod)) break;
            if (!sources.tree.has(at, "Cargo.toml")) continue;
            find.add(Signal::vetoed_rust, base);
            find.unit.style = "sqlx";
            find.unit.how_run = HowRun::manual;
            break;
        }
    }
    std::string below = relative_to(base, find.unit.root);
    if (!is_usual(below)) find.name = telling_name(below, {"migrate"});
    return find;
}

/// Of one dbconfig.yml.
constexpr std::size_t kMostEnvironments = 50;

/// dbconfig.yml: environments with a dialect and a directory.
void add_dbconfigs(const Sources& sources, std::vector<Find>& finds) {
    for (Tree::Place place : sources.tree.of_kind(FileKind::dbconfig)) {
        std::string path = sources.tree.path(place);
        const std::string& text = sources.repo.text(path);
        if (!contains(text, "dialect")) continue;
        Document document = read_yaml(text);
        if (!document.error.empty()) {
            sources.repo.report(path, document.error_line, "config.invalid",
                                "no valid YAML: " + document.error);
            continue;
        }
        Find find;
        find.unit.tool = Tool::sql;
        find.unit.style = "sql-migrate";
        find.unit.root = sources.tree.path(place.dir);
        find.unit.config = path;
        find.own_path = path;
        std::vector<std::string> environments = document.names_below("");
        if (environments.size() > kMostEnvironments) environments.resize(kMostEnvironments);
        for (const std::string& environment : environments) {
            std::string dialect = document.get(environment + ".dialect");
            if (dialect.empty()) continue;
            add_engine(find.unit.engines, engine_from(dialect));
            const Document::Entry* entry = document.find(environment + ".dir");
            std::string directory = join(find.unit.root, entry ? entry->value : "migrations");
            if (sources.tree.find(directory) == Tree::none)
                sources.repo.report(path, entry ? entry->line : 0, "config.missing_directory",
                                    "names " + directory + ", which is not there");
            bool known = std::any_of(find.unit.migrations.begin(), find.unit.migrations.end(),
                                     [&](const MigrationsDir& dir) { return dir.path == directory; });
            if (!known) find.unit.migrations.push_back({directory, std::nullopt});
        }
        if (find.unit.migrations.empty()) continue;
        find.add(Signal::sql_dbconfig, path, line_with(text, "dialect"));
        finds.push_back(std::move(find));
    }
}

void add_supabase(const Sources& sources, std::vector<Find>& finds, const std::vector<std::string>& taken) {
    for (Tree::Place place : sources.tree.of_kind(FileKind::config_toml)) {
        if (sources.tree.name(place.dir) != "supabase") continue;
        std::string directory = join(sources.tree.path(place.dir), "migrations");
        if (sources.tree.find(directory) == Tree::none) continue;
        if (std::find(taken.begin(), taken.end(), directory) != taken.end()) continue;
        Find find;
        find.unit.tool = Tool::sql;
        find.unit.style = "supabase";
        find.unit.root = sources.tree.path(sources.tree.parent(place.dir));
        find.unit.config = sources.tree.path(place);
        find.own_path = find.unit.config;
        find.unit.engines = {Engine::postgresql};
        find.unit.migrations.push_back({directory, std::nullopt});
        find.add(Signal::sql_supabase, find.unit.config);
        Document document = read_toml(sources.repo.text(find.unit.config));
        if (!document.error.empty())
            sources.repo.report(find.unit.config, document.error_line, "config.invalid",
                                "no valid TOML: " + document.error);
        std::string seeds = document.get("db.seed.sql_paths");
        seeds = join(sources.tree.path(place.dir), seeds.empty() ? "seed.sql" : seeds);
        if (sources.tree.has_file(seeds)) find.unit.seeds = seeds;
        finds.push_back(std::move(find));
    }
}

}  // namespace

std::vector<Find> find_sql(const Sources& sources, const std::vector<std::string>& taken) {
    std::vector<Find> finds;
    add_dbconfigs(sources, finds);
    add_supabase(sources, finds, taken);
    std::vector<std::string> all_taken = taken;
    for (const Find& find : finds)
        for (const MigrationsDir& dir : find.unit.migrations) all_taken.push_back(dir.path);

    std::vector<SqlDirectory> directories = sql_directories(sources, all_taken);
    // One history: what lies below one directory named for migrations, in one convention. Without such a name
    // only markers count, each directory for itself.
    std::map<std::pair<std::string, std::string>, std::vector<const SqlDirectory*>> groups;
    std::map<std::string, Tree::Dir> bases;
    for (const SqlDirectory& directory : directories) {
        Tree::Dir above = named_directory(sources.tree, directory.dir);
        if (directory.style == "plain") {
            if (above == Tree::none || sources.tree.holds(directory.dir, FileKind::atlas_sum)) continue;
        } else if (above == Tree::none ||
                   (above != directory.dir && !engine_in_name(sources.tree.name(directory.dir)))) {
            above = directory.dir;
        }
        std::string base = sources.tree.path(above);
        bases[base] = above;
        groups[{base, directory.style}].push_back(&directory);
    }
    for (const auto& [key, parts] : groups)
        finds.push_back(from_directories(sources, parts, bases[key.first]));
    return finds;
}

}  // namespace migrate::detection
