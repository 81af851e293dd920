#include "detect/sql_style.hpp"

#include <algorithm>
#include <array>

#include "detect/document.hpp"
#include "detect/engines.hpp"
#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

struct Marker {
    std::string_view line;  ///< a whole line starts with it, case counts
    std::string_view style;
    Signal signal;
    bool whole = false;  ///< nothing may follow but an option
};
constexpr std::array<Marker, 6> kMarkers{{
    {"-- +goose Up", "goose", Signal::sql_goose},
    {"-- +goose NO TRANSACTION", "goose", Signal::sql_goose},
    {"-- +migrate Up", "sql-migrate", Signal::sql_migrate},
    {"-- migrate:up", "dbmate", Signal::sql_dbmate},
    {"-- UP", "up-down", Signal::sql_sections, true},
    {"--UP", "up-down", Signal::sql_sections, true},
}};

/// Markers of programs that this one does not imitate: their history tables are their own.
constexpr std::array<std::string_view, 4> kForeign{
    {"--liquibase formatted", "-- liquibase formatted", "-- Up Migration", "# --- !Ups"}};

struct Marked {
    std::string style;
    Signal signal = Signal::sql_numbered;
    int line = 0;
    bool foreign = false;
};

Marked marker_in(std::string_view text) {
    Marked found;
    each_line(text, [&](std::string_view line, int number) {
        line = trim(line);
        if (line.empty()) return true;
        for (const Marker& marker : kMarkers) {
            if (!line.starts_with(marker.line)) continue;
            std::string_view rest = trim(line.substr(marker.line.size()));
            bool option = contains(rest, ":") || rest == "notransaction";
            if (marker.whole && !rest.empty() && rest != ":" && !option) continue;
            found = {std::string(marker.style), marker.signal, number, false};
            return false;
        }
        for (std::string_view foreign : kForeign)
            if (line.starts_with(foreign)) found.foreign = true;
        return !found.foreign;
    });
    return found;
}

bool has_back_files(const Tree& tree, Tree::Dir dir) {
    for (const Tree::File& file : tree.files(dir)) {
        std::string name = lowercase(tree.name(file));
        for (std::string_view ending :
             {"-down.sql", "_down.sql", ".rollback.sql", "_rollback.sql", ".undo.sql", ".do.sql", "-up.sql"})
            if (name.ends_with(ending)) return true;
    }
    return false;
}

/// A file that holds the whole schema, sorted among the steps to it.
bool has_full_schema(const Tree& tree, Tree::Dir dir) {
    for (const Tree::File& file : tree.files(dir)) {
        if (file.kind != FileKind::sql) continue;
        std::string name = lowercase(tree.name(file));
        if (name == "latest.sql" || name == "schema.sql" || name == "structure.sql" || name == "full.sql" ||
            name == "full_schema.sql" || name == "init_schema.sql")
            return true;
    }
    return false;
}

bool is_named_by_sqlc(const Sources& sources, const std::string& path) {
    for (Tree::Place place : sources.tree.of_kind(FileKind::sqlc)) {
        std::string file = sources.tree.path(place);
        Document document =
            file.ends_with(".json") ? read_json(sources.repo.text(file)) : read_yaml(sources.repo.text(file));
        if (!document.error.empty()) continue;
        for (const Document::Entry& entry : document.entries) {
            if (!entry.key.ends_with("schema") && !entry.key.ends_with("queries")) continue;
            std::string named = join(parent_of(file), entry.value);
            if (named == path || parent_of(named) == path) return true;
        }
    }
    return false;
}

bool is_init_volume(const Sources& sources, const std::string& path) {
    for (const Call& line : sources.calls.lines("docker-entrypoint-initdb.d")) {
        std::string_view text = line.text;
        std::size_t colon = text.find(":/docker-entrypoint-initdb.d");
        if (colon == std::string_view::npos) continue;
        std::string_view host = trim(text.substr(0, colon));
        while (!host.empty() && contains("-\"' ", host.substr(0, 1))) host.remove_prefix(1);
        if (join(parent_of(line.path), host) == path) return true;
    }
    return false;
}

}  // namespace

bool is_version_name(std::string_view name) {
    if (name.starts_with('v') || name.starts_with('V')) name.remove_prefix(1);
    if (name.empty()) return false;
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '_'; }) &&
           name[0] >= '0' && name[0] <= '9';
}

std::optional<Signal> veto_of(const Sources& sources, Tree::Dir dir, Tree::Dir above) {
    for (Tree::Dir at = dir; at != Tree::none; at = sources.tree.parent(at)) {
        if (has_full_schema(sources.tree, at)) return Signal::vetoed_full_schema;
        if (at == above) break;
    }
    if (has_back_files(sources.tree, dir)) return Signal::vetoed_back_files;
    std::string path = sources.tree.path(above);
    if (is_named_by_sqlc(sources, path)) return Signal::vetoed_sqlc;
    if (is_init_volume(sources, path)) return Signal::vetoed_container;
    for (Tree::Dir at = above; at != Tree::none; at = sources.tree.parent(at)) {
        if (sources.tree.holds(at, FileKind::sqlproj)) return Signal::vetoed_sqlproj;
        if (sources.tree.has(at, "wrangler.toml") || sources.tree.has(at, "wrangler.jsonc"))
            return Signal::vetoed_wrangler;
        if (sources.tree.has(at, "Cargo.toml")) return Signal::vetoed_rust;
    }
    return std::nullopt;
}

std::vector<SqlDirectory> sql_directories(const Sources& sources, const std::vector<std::string>& taken) {
    std::vector<SqlDirectory> found;
    const Tree& tree = sources.tree;
    for (Tree::Dir dir : tree.holding(bit(FileKind::numbered_sql) | bit(FileKind::up_sql))) {
        std::string path = tree.path(dir);
        if (std::any_of(taken.begin(), taken.end(),
                        [&](const std::string& own) { return is_within(path, own); }))
            continue;
        SqlDirectory candidate;
        candidate.dir = dir;
        candidate.path = path;
        std::string_view first, last, pair;
        int numbered = 0;
        for (const Tree::File& file : tree.files(dir)) {
            std::string_view name = tree.name(file);
            if (file.kind == FileKind::up_sql && (pair.empty() || name < pair)) pair = name;
            if (file.kind == FileKind::go_code && leading_digits(name) > 0 && !name.ends_with("_test.go"))
                candidate.go_files = true;
            if (file.kind != FileKind::numbered_sql) continue;
            ++numbered;
            if (first.empty() || name < first) first = name;
            if (name > last) last = name;
        }
        if (!pair.empty()) {
            candidate.style = "golang-migrate";
            candidate.signal = Signal::sql_pairs;
            candidate.sample = join(path, pair);
            found.push_back(std::move(candidate));
            continue;
        }
        bool foreign = false;
        for (std::string_view name : {last, first}) {
            Marked marked = marker_in(sources.repo.head(join(path, name), 2048));
            foreign = foreign || marked.foreign;
            candidate.sample = join(path, name);
            if (!marked.style.empty()) {
                candidate.style = marked.style;
                candidate.signal = marked.signal;
                candidate.line = marked.line;
                break;
            }
            if (first == last) break;
        }
        if (candidate.style.empty()) {
            if (foreign) continue;
            candidate.style = "plain";
            if (numbered < 2 && !is_version_name(tree.name(dir))) continue;
        }
        found.push_back(std::move(candidate));
    }
    return found;
}

}  // namespace migrate::detection
