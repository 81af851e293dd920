// Migration files of a project's own apps, read without Python.
#include <algorithm>

#include "adapters/django/django.hpp"
#include "adapters/support/py_target.hpp"
#include "base/files.hpp"

namespace migrate::django {

namespace {

namespace fs = std::filesystem;
using py::Value;
using Kind = py::Value::Kind;

struct Found {
    MigrationFile file;
    std::vector<std::pair<std::string, std::string>> needs;   ///< dependencies: app, name
    std::vector<std::pair<std::string, std::string>> before;  ///< run_before
};

/// An attribute of `class Migration`.
const Value* attribute(const py::Module& module, std::string_view name) {
    const Value* found = nullptr;
    for (const auto& assignment : module.assignments)
        if (assignment.scope == "Migration" && assignment.target == name) found = &assignment.value;
    return found;
}

std::vector<std::pair<std::string, std::string>> pairs(const Value* list) {
    std::vector<std::pair<std::string, std::string>> result;
    if (!list || !list->is(Kind::list)) return result;
    for (const Value& item : list->items) {
        auto strings = item.strings();
        if (strings.size() == 2) result.emplace_back(strings[0], strings[1]);
    }
    return result;
}

/// Whether an operation has a way back, as far as its words tell. All of Django's own but RunPython and
/// RunSQL have one.
std::optional<bool> reversible(const Value& operation) {
    if (!operation.is(Kind::call)) return std::nullopt;
    std::string_view name = std::string_view(operation.text).substr(operation.text.rfind('.') + 1);
    if (name == "RunPython" || name == "RunSQL") {
        const Value* back = operation.argument(1, name == "RunSQL" ? "reverse_sql" : "reverse_code");
        return back && !back->none();
    }
    constexpr std::string_view kOwn[] = {"CreateModel",
                                         "DeleteModel",
                                         "RenameModel",
                                         "AlterModelTable",
                                         "AlterUniqueTogether",
                                         "AlterIndexTogether",
                                         "AlterOrderWithRespectTo",
                                         "AlterModelOptions",
                                         "AlterModelManagers",
                                         "AddField",
                                         "RemoveField",
                                         "AlterField",
                                         "RenameField",
                                         "AddIndex",
                                         "RemoveIndex",
                                         "RenameIndex",
                                         "AddConstraint",
                                         "RemoveConstraint",
                                         "AlterConstraint",
                                         "AlterModelTableComment",
                                         "AddIndexConcurrently",
                                         "RemoveIndexConcurrently",
                                         "ValidateConstraint",
                                         "AddConstraintNotValid",
                                         "SeparateDatabaseAndState"};
    if (std::find(std::begin(kOwn), std::end(kOwn), name) != std::end(kOwn)) {
        if (name != "SeparateDatabaseAndState") return true;
        const Value* inner = operation.argument(0, "database_operations");
        if (!inner) return true;
        if (!inner->is(Kind::list)) return std::nullopt;
        std::optional<bool> all = true;
        for (const Value& item : inner->items) {
            auto one = reversible(item);
            if (one == false) return false;
            if (!one) all = std::nullopt;
        }
        return all;
    }
    return std::nullopt;
}

std::optional<bool> reversible(const py::Module& module) {
    const Value* operations = attribute(module, "operations");
    if (!operations) return true;
    if (!operations->is(Kind::list)) return std::nullopt;
    std::optional<bool> all = true;
    for (const Value& operation : operations->items) {
        auto one = reversible(operation);
        if (one == false) return false;
        if (!one) all = std::nullopt;
    }
    return all;
}

/// The label of the app that a migrations package belongs to: of its AppConfig, else the folder's name.
std::string label_of(const fs::path& root, const fs::path& package) {
    fs::path app = package.parent_path();
    std::string label = app.filename().string();
    auto source = read_file(root / app / "apps.py", 1u << 20);
    if (!source) return label;
    py::Module module = py::parse_module(*source);
    for (const auto& assignment : module.assignments)
        if (!assignment.scope.empty() && assignment.target == "label" && assignment.value.is(Kind::string))
            return assignment.value.text;
    return label;
}

/// What settings say about apps: packages of migrations that lie elsewhere, and who the user model is.
struct Hints {
    std::map<std::string, std::string> label_by_directory;
    std::string user_app;
};

Hints hints_of(const Unit& unit, const fs::path& root) {
    Hints hints;
    Settings settings = settings_of(unit, root);
    if (settings.file.empty()) return hints;
    auto source = py::Sources(root, unit.root).file(settings.file);
    if (!source) return hints;
    for (const auto& assignment : source->module.assignments) {
        if (assignment.target == "AUTH_USER_MODEL" && assignment.value.is(Kind::string))
            hints.user_app = assignment.value.text.substr(0, assignment.value.text.find('.'));
        if (assignment.target == "MIGRATION_MODULES" && assignment.value.is(Kind::dict))
            for (const auto& member : assignment.value.members) {
                std::string path = member.value.text;
                std::replace(path.begin(), path.end(), '.', '/');
                path = (fs::path(unit.root) / path).lexically_normal().generic_string();
                if (member.value.is(Kind::string)) hints.label_by_directory[path] = member.key;
            }
    }
    return hints;
}

std::optional<Found> read_migration(const fs::path& root, const std::string& path, const std::string& app,
                                    const Hints& hints) {
    auto source = read_file(root / path, 4u << 20);
    if (!source || source->find("class Migration") == std::string::npos) return std::nullopt;
    py::Module module = py::parse_module(*source);
    Found found;
    found.file.id = app + "." + fs::path(path).stem().string();
    found.file.files = {path};
    found.file.reversible = reversible(module);
    const Value* dependencies = attribute(module, "dependencies");
    found.needs = pairs(dependencies);
    if (dependencies)
        for (const Value& item : dependencies->items)
            if (item.is(Kind::call) && item.text.ends_with("swappable_dependency") && !hints.user_app.empty())
                found.needs.emplace_back(hints.user_app, "__first__");
    found.before = pairs(attribute(module, "run_before"));
    for (const auto& [label, name] : pairs(attribute(module, "replaces")))
        found.file.replaces.push_back(label + "." + name);
    return found;
}

using Migrations = std::vector<Found>;

const Found* find(const Migrations& migrations, std::string_view id) {
    for (const Found& found : migrations)
        if (found.file.id == id) return &found;
    return nullptr;
}

/// The first or last migration of an app, as `__first__` and `__latest__` mean.
std::string edge_of(const Migrations& migrations, const std::string& app, bool first) {
    std::string best;
    for (const Found& found : migrations) {
        if (app_of(found.file.id) != app) continue;
        auto in_app = [&](const auto& need) { return need.first == app; };
        bool root = std::none_of(found.needs.begin(), found.needs.end(), in_app);
        bool leaf = std::none_of(migrations.begin(), migrations.end(), [&](const Found& other) {
            return std::any_of(other.needs.begin(), other.needs.end(), [&](const auto& need) {
                return need.first == app && need.second == name_of(found.file.id) &&
                       app_of(other.file.id) == app;
            });
        });
        if (first ? root && (best.empty() || found.file.id < best) : leaf && found.file.id > best)
            best = found.file.id;
    }
    return best;
}

/// Fills in `parents` from what the files name, for apps of the project only.
std::optional<Error> link(Migrations& migrations, const Ids& apps) {
    Ids replaced;
    for (const Found& found : migrations)
        replaced.insert(found.file.replaces.begin(), found.file.replaces.end());
    auto add = [](Found& to, const std::string& parent) {
        auto& parents = to.file.parents;
        if (!parent.empty() && parent != to.file.id &&
            std::find(parents.begin(), parents.end(), parent) == parents.end())
            parents.push_back(parent);
    };
    std::map<std::pair<std::string, bool>, std::string> edges;
    auto edge = [&](const std::string& app, bool first) {
        auto [known, fresh] = edges.try_emplace({app, first});
        if (fresh) known->second = edge_of(migrations, app, first);
        return known->second;
    };
    for (Found& found : migrations) {
        for (const auto& [app, name] : found.needs) {
            if (!apps.contains(app)) continue;
            if (name == "__first__" || name == "__latest__") {
                if (app_of(found.file.id) != app) add(found, edge(app, name == "__first__"));
                continue;
            }
            std::string id = app + "." + name;
            if (!find(migrations, id) && !replaced.contains(id))
                return Error{
                    "migration.parent_missing",
                    found.file.files.front() + ": " + found.file.id + " needs " + id +
                        ", which is in no file",
                    "Django cannot load these migrations. Bring the file back, or correct dependencies.",
                    {}};
            add(found, id);
        }
        for (const auto& [app, name] : found.before)
            for (Found& other : migrations)
                if (other.file.id == app + "." + name) add(other, found.file.id);
    }
    return std::nullopt;
}

}  // namespace

Result<std::vector<MigrationFile>> files(const Unit& unit, const fs::path& root) {
    Hints hints = hints_of(unit, root);
    Migrations migrations;
    Ids apps;
    for (const auto& directory : unit.migrations) {
        auto labelled = hints.label_by_directory.find(directory.path);
        std::string app =
            labelled != hints.label_by_directory.end() ? labelled->second : label_of(root, directory.path);
        for (const auto& name : list_directory(root / directory.path)) {
            if (!name.ends_with(".py") || name.front() == '_' || name.front() == '~') continue;
            std::string path = (fs::path(directory.path) / name).lexically_normal().generic_string();
            if (auto found = read_migration(root, path, app, hints)) {
                if (find(migrations, found->file.id))
                    return fail("migration.duplicate",
                                path + ": " + found->file.id + " is also in " +
                                    find(migrations, found->file.id)->file.files.front(),
                                "Two apps of one project cannot have the same label.");
                apps.insert(app);
                migrations.push_back(std::move(*found));
            }
        }
    }
    if (auto error = link(migrations, apps)) return tl::unexpected(*error);
    std::vector<MigrationFile> result;
    for (const Found& found : migrations) result.push_back(found.file);
    // Squashed ones are listed beside what they replace: here every file counts, whatever is applied.
    std::vector<MigrationFile> plain = result;
    for (auto& file : plain) file.replaces.clear();
    std::map<std::string, std::size_t, std::less<>> position;
    for (auto& id : Graph(plain, {}).ordered()) position.emplace(id, position.size());
    if (position.size() != result.size())
        return fail("migration.cycle", unit.id + ": the migrations need each other in a circle",
                    "Django cannot load them; look at the newest `dependencies`.");
    std::sort(result.begin(), result.end(), [&](const auto& a, const auto& b) {
        return position.find(a.id)->second < position.find(b.id)->second;
    });
    return result;
}

}  // namespace migrate::django
