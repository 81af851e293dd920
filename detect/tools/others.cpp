// Tools that this program does not drive: said, so that nobody wonders, and never run.
#include <set>

#include "detect/find.hpp"
#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

bool has_marker(const Sources& sources, Tree::Dir dir) {
    for (std::string_view name : sources.tree.sorted_files(dir)) {
        if (!name.ends_with(".sql")) continue;
        std::string text = sources.repo.head(join(sources.tree.path(dir), name), 2048);
        return contains_any(text, {"-- +goose", "-- +migrate", "-- migrate:up"}) ||
               name.ends_with(".up.sql") || name.ends_with(".down.sql") ||
               kind_of(name) == FileKind::flyway_sql;
    }
    return false;
}

void add_dbup(const Sources& sources, std::vector<Note>& notes) {
    for (Tree::Place place : sources.tree.of_kind(FileKind::csproj)) {
        std::string path = sources.tree.path(place);
        if (is_hidden_path(path)) continue;
        std::string text = lowercase(sources.repo.text(path));
        if (contains(text, "\"dbup") && contains(text, ".sql"))
            notes.push_back({sources.tree.path(place.dir), "dbup", "DbUp scripts",
                             std::string(name_of_path(path)) + " depends on dbup and embeds .sql files"});
    }
}

void add_ef_core(const Sources& sources, std::vector<Note>& notes) {
    for (Tree::Place place : sources.tree.of_kind(FileKind::model_snapshot)) {
        std::string path = sources.tree.path(place.dir);
        if (is_hidden_path(path)) continue;
        bool migration = false;
        for (const Tree::File& file : sources.tree.files(place.dir))
            migration = migration || leading_digits(sources.tree.name(file)) == 14;
        if (migration)
            notes.push_back({path, "efcore", "Entity Framework Core migrations",
                             std::string(sources.tree.name(place)) + " beside migration classes"});
    }
}

void add_atlas(const Sources& sources, std::vector<Note>& notes) {
    for (Tree::Place place : sources.tree.of_kind(FileKind::atlas_sum)) {
        std::string path = sources.tree.path(place.dir);
        // With another program's markers Atlas only writes the files.
        if (is_hidden_path(path) || has_marker(sources, place.dir)) continue;
        notes.push_back({path, "atlas", "Atlas migrations", "atlas.sum, and no other program's markers"});
    }
}

}  // namespace

std::vector<Note> find_others(const Sources& sources) {
    std::vector<Note> notes;
    add_dbup(sources, notes);
    add_ef_core(sources, notes);
    add_atlas(sources, notes);
    return notes;
}

}  // namespace migrate::detection
