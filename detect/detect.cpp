#include "detect/detect.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "detect/complete.hpp"
#include "detect/find.hpp"
#include "detect/paths.hpp"
#include "detect/seeds.hpp"
#include "detect/summary.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

std::vector<Find> all_finds(const Sources& sources, std::vector<Note>& notes) {
    std::vector<Find> finds;
    auto take = [&](std::vector<Find> more) {
        for (Find& find : more) finds.push_back(std::move(find));
    };
    take(find_prisma(sources));
    take(find_drizzle(sources));
    take(find_knex(sources));
    take(find_typeorm(sources));
    take(find_sequelize(sources));
    take(find_migrate_mongo(sources));
    take(find_alembic(sources));
    take(find_django(sources, notes));
    take(find_flyway(sources));
    std::vector<std::string> taken;
    for (const Find& find : finds)
        for (const MigrationsDir& dir : find.unit.migrations) taken.push_back(dir.path);
    take(find_sql(sources, taken));
    return finds;
}

std::string id_of(const Unit& unit, const std::string& name) {
    std::string id = unit.root + ':' + std::string(to_string(unit.tool));
    return name.empty() ? id : id + '#' + name;
}

/// Ids tell units apart. Two that would share one are told apart by the path of what makes them distinct.
void name_units(std::vector<Find>& finds) {
    std::map<std::string, std::vector<Find*>> by_id;
    for (Find& find : finds) by_id[id_of(find.unit, find.name)].push_back(&find);
    for (auto& [id, same] : by_id) {
        for (Find* find : same) {
            if (same.size() > 1) {
                std::string path = relative_to(find->own_path, find->unit.root);
                for (char& c : path)
                    if (!is_word_char(c) && c != '.') c = '-';
                find->name = path;
            }
            find->unit.id = id_of(find->unit, find->name);
        }
    }
}

void settle_confidence(Find& find) {
    int sum = 0;
    // Ten directories of one kind are no more certain than one.
    std::set<std::string> counted;
    for (const Evidence& one : find.unit.evidence)
        if (counted.insert(one.signal).second) sum += one.weight;
    find.unit.confidence = std::min({sum, find.cap, 100});
}

/// Keeps the strongest evidence first, and of twenty directories the first few.
void tidy_evidence(Unit& unit) {
    std::stable_sort(unit.evidence.begin(), unit.evidence.end(),
                     [](const Evidence& a, const Evidence& b) { return a.weight > b.weight; });
    std::map<std::string, int> seen;
    std::erase_if(unit.evidence, [&](const Evidence& one) { return ++seen[one.signal] > 3; });
}

void mark_ignored(const Repo& repo, Find& find) {
    for (const MigrationsDir& dir : find.unit.migrations)
        if (repo.is_ignored(dir.path, true)) {
            find.add(Signal::git_ignored, dir.path);
            return;
        }
}

/// "schema.test.prisma": a test's own, whatever the directory.
bool is_named_for_tests(std::string_view path) {
    return contains_any(name_of_path(path), {".test.", ".spec."});
}

bool is_hidden(const Find& find, const std::string& current) {
    return is_named_for_tests(find.own_path) || is_hidden_path(find.unit.root, current) ||
           is_hidden_path(find.own_path, current);
}

}  // namespace

}  // namespace migrate::detection

namespace migrate {

using namespace detection;

Scan detect(const std::filesystem::path& root, const DetectOptions& options) {
    Repo repo(Tree::walk(root));
    Packages packages(repo);
    Calls calls(repo, packages);
    std::vector<JsMigrations> js = js_migrations(repo, packages);
    Sources sources{repo, packages, calls, repo.tree(), js};

    Scan scan;
    std::vector<Find> finds = all_finds(sources, scan.others);
    for (Note& note : find_others(sources)) scan.others.push_back(std::move(note));
    std::sort(finds.begin(), finds.end(),
              [](const Find& a, const Find& b) { return a.own_path < b.own_path; });
    name_units(finds);
    for (Find& find : finds) {
        bool hidden = is_hidden(find, options.current);
        complete(sources, find.unit);
        // What is hidden is listed, not used: who calls it is not searched for.
        if (!hidden) {
            add_calls(sources, find.unit);
            add_seeds(sources, find.unit);
            mark_ignored(repo, find);
        }
        settle_confidence(find);
        tidy_evidence(find.unit);
        if (find.unit.confidence < kLeast) continue;
        std::vector<Unit>& list = hidden                          ? scan.hidden
                                  : find.unit.confidence >= kUnit ? scan.units
                                                                  : scan.possible;
        list.push_back(std::move(find.unit));
    }
    auto by_id = [](const Unit& a, const Unit& b) { return a.id < b.id; };
    for (std::vector<Unit>* list : {&scan.units, &scan.possible, &scan.hidden})
        std::sort(list->begin(), list->end(), by_id);
    std::sort(scan.others.begin(), scan.others.end(),
              [](const Note& a, const Note& b) { return a.path < b.path; });
    scan.summary = summarise(sources, scan.units.empty());
    scan.problems = std::move(repo.problems());
    // A sample that is incomplete on purpose is nobody's problem.
    std::erase_if(scan.problems, [&](const Problem& problem) {
        return problem.code != "scan.unreadable" && is_hidden_path(problem.path, options.current);
    });
    std::stable_sort(scan.problems.begin(), scan.problems.end(), [](const Problem& a, const Problem& b) {
        return std::tie(a.path, a.line) < std::tie(b.path, b.line);
    });
    return scan;
}

Unit bare_unit(const std::filesystem::path& root, Tool tool, const std::string& path) {
    Repo repo(Tree::walk(root));
    Packages packages(repo);
    Calls calls(repo, packages);
    std::vector<JsMigrations> js = js_migrations(repo, packages);
    Unit unit;
    unit.tool = tool;
    unit.root = path;
    unit.id = id_of(unit, "");
    Sources sources{repo, packages, calls, repo.tree(), js};
    complete(sources, unit);
    add_calls(sources, unit);
    add_seeds(sources, unit);
    return unit;
}

}  // namespace migrate
