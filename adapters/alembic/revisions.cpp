// Revision files: read without Python, checked as Alembic's revision map would be, put in order.
#include <algorithm>

#include "adapters/alembic/alembic.hpp"
#include "adapters/support/py_config.hpp"
#include "base/files.hpp"

namespace migrate::alembic {

namespace {

namespace fs = std::filesystem;

struct Revision {
    MigrationFile file;
    std::vector<std::string> depends;  ///< as written: ids or labels
    std::string created;
    int line = 0;  ///< of down_revision
};

/// The value of a name at the top of the file; the last one counts.
const py::Value* top(const py::Module& module, std::string_view name) {
    const py::Value* found = nullptr;
    for (const auto& assignment : module.assignments)
        if (assignment.target == name && assignment.scope.empty()) found = &assignment.value;
    return found;
}

/// What a function's body does, as far as its words tell.
enum class Body { missing, nothing, refuses, works };

Body body_of(const py::Module& module, std::string_view function) {
    const auto& tokens = module.tokens;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        if (!tokens[i].word("def") || tokens[i].column != 0 || !tokens[i + 1].word(function)) continue;
        while (i < tokens.size() && tokens[i].kind != py::Token::Kind::newline) ++i;
        bool line_start = true;
        for (++i; i < tokens.size() && tokens[i].kind != py::Token::Kind::end; ++i) {
            if (tokens[i].kind == py::Token::Kind::newline) {
                line_start = true;
                continue;
            }
            if (line_start && tokens[i].column == 0) break;
            if (line_start && tokens[i].word("raise")) return Body::refuses;
            bool text = tokens[i].kind == py::Token::Kind::string && line_start;
            if (!text && !tokens[i].word("pass") && !tokens[i].is("...")) return Body::works;
            line_start = false;
        }
        return Body::nothing;
    }
    return Body::missing;
}

std::optional<bool> reversible(const py::Module& module) {
    Body down = body_of(module, "downgrade");
    if (down == Body::works) return true;
    // A merge does nothing in either direction.
    return down == Body::nothing && body_of(module, "upgrade") == Body::nothing;
}

/// "Create Date: 2024-01-01 10:00:00" of the file's docstring; sorts as text.
std::string created(std::string_view source) {
    std::size_t at = source.find("Create Date:");
    if (at == std::string_view::npos) return "";
    source.remove_prefix(at + 12);
    source = source.substr(0, source.find('\n'));
    std::size_t from = source.find_first_not_of(' ');
    return from == std::string_view::npos ? "" : std::string(source.substr(from));
}

std::optional<Revision> read_revision(const fs::path& root, const std::string& path) {
    auto source = read_file(root / path, 1u << 20);
    if (!source || source->find("down_revision") == std::string::npos) return std::nullopt;
    py::Module module = py::parse_module(*source);
    const py::Value* id = top(module, "revision");
    const py::Value* down = top(module, "down_revision");
    if (!id || !id->is(py::Value::Kind::string) || !down) return std::nullopt;
    Revision revision;
    revision.file.id = id->text;
    revision.file.files = {path};
    revision.file.parents = down->strings();
    revision.file.reversible = reversible(module);
    if (const py::Value* labels = top(module, "branch_labels")) revision.file.labels = labels->strings();
    if (const py::Value* depends = top(module, "depends_on")) revision.depends = depends->strings();
    revision.created = created(*source);
    revision.line = down->line;
    return revision;
}

void list_python(const fs::path& root, const std::string& directory, bool recursive,
                 std::vector<std::string>& paths) {
    for (const auto& name : list_directory(root / directory)) {
        std::string path = (fs::path(directory) / name).generic_string();
        std::error_code ignored;
        if (fs::is_directory(fs::symlink_status(root / path, ignored))) {
            if (recursive && name != "__pycache__") list_python(root, path, true, paths);
        } else if (name.ends_with(".py") && name != "__init__.py" && !name.starts_with(".#")) {
            paths.push_back(path);
        }
    }
}

using Revisions = std::vector<Revision>;

std::size_t index_of(const Revisions& revisions, std::string_view id) {
    for (std::size_t i = 0; i < revisions.size(); ++i)
        if (revisions[i].file.id == id) return i;
    return revisions.size();
}

/// Labels in depends_on become ids; what is already a parent is no dependency of its own.
void resolve_dependencies(Revisions& revisions) {
    for (Revision& revision : revisions) {
        for (std::string name : revision.depends) {
            if (index_of(revisions, name) == revisions.size())
                for (const Revision& other : revisions)
                    if (std::find(other.file.labels.begin(), other.file.labels.end(), name) !=
                        other.file.labels.end())
                        name = other.file.id;
            auto& parents = revision.file.parents;
            if (std::find(parents.begin(), parents.end(), name) != parents.end()) continue;
            parents.push_back(name);
            revision.file.depends.push_back(name);
        }
    }
}

std::optional<Error> problem_of(const Revisions& revisions) {
    auto problem = [](std::string code, const Revision& at, const std::string& what, std::string hint) {
        return Error{std::move(code),
                     at.file.files.front() + ":" + std::to_string(at.line) + ": " + what,
                     std::move(hint),
                     {}};
    };
    for (std::size_t i = 0; i < revisions.size(); ++i) {
        const Revision& revision = revisions[i];
        std::size_t first = index_of(revisions, revision.file.id);
        if (first != i)
            return problem(
                "migration.duplicate", revision,
                "revision " + revision.file.id + " is also in " + revisions[first].file.files.front(),
                "Alembic would silently use one of the two. Give one of them an id of its own.");
        for (const auto& parent : revision.file.parents)
            if (index_of(revisions, parent) == revisions.size())
                return problem(
                    "migration.parent_missing", revision,
                    "revision " + revision.file.id + " goes on from " + parent + ", which is in no file",
                    "Alembic cannot work with this directory. Bring the file of " + parent +
                        " back, or correct down_revision.");
    }
    return std::nullopt;
}

/// Parents before children; of those that are free the one made first. Fewer than given where there is a
/// cycle.
std::vector<MigrationFile> in_order(Revisions revisions) {
    std::sort(revisions.begin(), revisions.end(), [](const Revision& a, const Revision& b) {
        return std::tie(a.created, a.file.id) < std::tie(b.created, b.file.id);
    });
    std::vector<MigrationFile> ordered;
    Ids done;
    std::vector<bool> taken(revisions.size(), false);
    for (bool moved = true; moved;) {
        moved = false;
        for (std::size_t i = 0; i < revisions.size(); ++i) {
            const MigrationFile& file = revisions[i].file;
            if (taken[i] || !std::all_of(file.parents.begin(), file.parents.end(),
                                         [&](const std::string& parent) { return done.contains(parent); }))
                continue;
            done.insert(file.id);
            ordered.push_back(file);
            taken[i] = moved = true;
            break;  // begin again: an earlier one may have become free
        }
    }
    return ordered;
}

}  // namespace

Result<std::vector<MigrationFile>> files(const Unit& unit, const fs::path& root) {
    Config config = read_config(unit, root, "");
    std::vector<std::string> paths;
    for (const auto& directory : version_directories(unit, config, root))
        list_python(root, directory, config.recursive || config.file_template.find('/') != std::string::npos,
                    paths);
    Revisions revisions;
    for (const auto& path : paths)
        if (auto revision = read_revision(root, path)) revisions.push_back(std::move(*revision));
    resolve_dependencies(revisions);
    if (auto problem = problem_of(revisions)) return tl::unexpected(*problem);
    std::size_t count = revisions.size();
    std::vector<MigrationFile> ordered = in_order(std::move(revisions));
    if (ordered.size() != count)
        return fail("migration.cycle", unit.id + ": the revisions go round in a circle",
                    "One of them names a descendant of its own as down_revision or in depends_on.");
    return ordered;
}

}  // namespace migrate::alembic
