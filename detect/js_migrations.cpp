#include "detect/js_migrations.hpp"

#include <array>
#include <optional>

#include "detect/text.hpp"

namespace migrate::detection {

namespace {

constexpr std::array<std::string_view, 5> kWords{"knex", "typeorm", "sequelize", "umzug", "migrate-mongo"};

struct Sign {
    JsKind kind;
    std::size_t at;
};

std::optional<Sign> sign_in(std::string_view text) {
    auto found = [&](JsKind kind, std::size_t at) -> std::optional<Sign> {
        if (at == std::string_view::npos) return std::nullopt;
        return Sign{kind, at};
    };
    if (auto sign = found(JsKind::typeorm, find_word(text, "MigrationInterface"))) return sign;
    if (!has_word(text, "up")) return std::nullopt;
    // Other libraries' migrations have an `up` as well.
    if (contains_any(text, {"@mikro-orm", "Kysely", "kysely", "MigrationBuilder", "(pgm"}))
        return std::nullopt;
    for (std::string_view word : {"queryInterface", "QueryInterface"})
        if (auto sign = found(JsKind::sequelize, find_word(text, word))) return sign;
    for (std::string_view word : {"knex", "Knex"})
        if (auto sign = found(JsKind::knex, find_word(text, word))) return sign;
    for (std::string_view word : {"up(db", "up (db", "(db, client)", "db.collection(", "db: Db"})
        if (auto sign = found(JsKind::migrate_mongo, text.find(word))) return sign;
    return std::nullopt;
}

bool is_below_seeds(const Tree& tree, Tree::Dir dir) {
    for (; dir != 0 && dir != Tree::none && !is_migrations_name(tree.name(dir)); dir = tree.parent(dir))
        if (tree.name(dir) == "seeds" || tree.name(dir) == "seeders") return true;
    return false;
}

bool is_migration_file(const Tree& tree, const Tree::File& file) {
    if (file.kind == FileKind::numbered_js) return true;
    if (file.kind != FileKind::js) return false;
    std::string_view name = tree.name(file);
    return !name.starts_with("index.") && !contains_any(name, {".d.ts", ".spec.", ".test."});
}

/// Most directories of a JavaScript project hold sources: the names decide before anything is sorted.
std::vector<Tree::Dir> candidates(const Tree& tree) {
    std::vector<Tree::Dir> found;
    for (Tree::Dir dir = 0; dir < tree.directory_count(); ++dir)
        if (tree.holds(dir, FileKind::numbered_js) ||
            (tree.holds(dir, FileKind::js) && is_migrations_name(tree.name(dir))))
            found.push_back(dir);
    tree.sort_by_path(found);
    return found;
}

}  // namespace

std::vector<JsMigrations> js_migrations(const Repo& repo, const Packages& packages) {
    const Tree& tree = repo.tree();
    std::vector<JsMigrations> found;
    for (Tree::Dir dir : candidates(tree)) {
        bool numbered = tree.holds(dir, FileKind::numbered_js);
        // Seeds are often written in the same form.
        if (is_below_seeds(tree, dir)) continue;
        bool known = false;
        for (std::string_view word : kWords) known = known || packages.nearest_with(dir, word);
        if (!known) continue;

        std::string_view first, last;
        int count = 0;
        for (const Tree::File& file : tree.files(dir)) {
            if (numbered ? file.kind != FileKind::numbered_js : !is_migration_file(tree, file)) continue;
            std::string_view name = tree.name(file);
            if (first.empty() || name < first) first = name;
            if (name > last) last = name;
            ++count;
        }
        if (count == 0) continue;
        std::string path = tree.path(dir);
        for (std::string_view name : {last, first}) {
            std::string file = path == "." ? std::string(name) : path + '/' + std::string(name);
            std::string text = repo.head(file);
            auto sign = sign_in(text);
            if (!sign) {
                if (first == last) break;
                continue;
            }
            found.push_back(
                {dir, path, sign->kind, count, file, line_of(text, sign->at), name.ends_with("ts")});
            break;
        }
    }
    return found;
}

}  // namespace migrate::detection
