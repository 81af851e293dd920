#include <cctype>
#include <filesystem>

#include "adapters/typeorm/plan.hpp"

namespace migrate::typeorm {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kScratch = "scratch";  // no target of the unit: nothing of those reaches its steps
constexpr int kScratchSeconds = 600;              // replaying a long history takes its time
constexpr const char* kNothing = "No changes in database schema were found";

/// The file that the next migration becomes.
struct NewFile {
    std::string name;       ///< of the class, without the timestamp
    std::string directory;  ///< relative to the scan root
    bool javascript = false;
    bool esm = false;
    bool stamped = true;  ///< the tool puts the timestamp before the name
};

/// A class cannot begin with a digit, and a name with other odd characters compiles to nothing.
Result<NewFile> new_file(const Context& context) {
    auto name = node::safe_name(context.request.name);
    if (!name) return tl::unexpected(name.error());
    NewFile file;
    file.name = std::isalpha(static_cast<unsigned char>(name->front())) ? *name : "M" + *name;
    const auto& directories = directories_of(context.unit, context.facts.root);
    file.directory = directories.back();
    std::string like = context.unit.config;
    if (!context.facts.files.empty()) {
        like = context.facts.files.back().files.front();
        file.directory = fs::path(like).parent_path().generic_string();
    }
    file.javascript = like.ends_with("js");
    file.esm = file.javascript && node::is_module_package(context.facts.root, file.directory) &&
               (!context.unit.version || *context.unit.version >= Version{0, 3, 23});
    return file;
}

Holes holes_of(const Context& context, const NewFile& file) {
    std::string directory = from_unit_root(context.unit, file.directory);
    return {{"name", file.name},
            {"dir", directory},
            {"path", (fs::path(directory) / file.name).generic_string()},
            {"js", file.javascript ? "true" : ""},
            {"esm", file.esm ? "true" : ""}};
}

void expect_file(Step& step, const NewFile& file) {
    std::string name = (file.stamped ? "*-" : "") + file.name + (file.javascript ? ".js" : ".ts");
    step.expect.files = {(fs::path(file.directory) / name).generic_string()};
}

Result<Steps> empty_file(const Context& context, NewFile file) {
    const auto& version = context.unit.version;
    file.stamped = !version || *version < Version{0, 3, 0} || *version >= Version{0, 3, 4};
    auto step = context.step(Verb::generate, "empty", "write an empty migration", holes_of(context, file));
    if (step) expect_file(*step, file);
    return one(std::move(step));
}

Step scratch_step(Action action, std::string purpose) {
    Step step;
    step.target = kScratch;
    step.purpose = std::move(purpose);
    step.action = std::move(action);
    step.risk = Risk::files;
    return step;
}

/// Turns a native step to the scratch database.
void to_scratch(Step& step, const std::string& variable) {
    step.target = kScratch;
    step.risk = Risk::files;
    step.timeout_s = kScratchSeconds;
    step.env[variable] = EnvValue{"{scratch_url}"};
}

/// The variable that the whole URL is read from, "" where it stands in the file or in several variables.
std::string url_variable(const Context& context) {
    auto sources = targets(context.unit, context.facts.root, context.request.environment);
    if (!sources || sources->empty() || sources->front().kind != TargetSource::Kind::variables) return "";
    const auto& source = sources->front();
    // A connection of 0.2 that only TYPEORM_URL could turn would lose its entities and migrations with it.
    return source.variables.front() == "TYPEORM_URL" ? "" : source.variables.front();
}

Result<Steps> on_scratch(const Context& context, const NewFile& file, const std::string& variable) {
    Steps steps{scratch_step(CreateScratch{}, "make a scratch database")};
    if (!context.facts.files.empty()) {
        auto run =
            context.step(Verb::run, "",
                         "apply " + node::count_of(context.facts.files.size()) + " to the scratch database");
        if (!run) return tl::unexpected(run.error());
        to_scratch(*run, variable);
        steps.push_back(std::move(*run));
    }
    auto write = context.step(Verb::generate, "", "write what the entities have and the migrations do not",
                              holes_of(context, file));
    if (!write) return tl::unexpected(write.error());
    to_scratch(*write, variable);
    expect_file(*write, file);
    std::get<Native>(write->action).nothing_when = kNothing;
    steps.push_back(std::move(*write));
    steps.push_back(scratch_step(DropScratch{}, "drop the scratch database"));
    return steps;
}

/// The unit's own database does as well where it has every migration and is nobody's production.
Result<Steps> on_own_database(const Context& context, const NewFile& file) {
    const auto refuse = [&](std::string why) {
        return fail("verb.unsupported",
                    "the next migration of " + context.unit.id + " cannot be computed: " + why,
                    "Let the data source read its URL from one variable: then a scratch database does.",
                    {{By::you,
                      {"migrate", "generate", context.request.name, "--empty", "-u", context.unit.id},
                      "",
                      "writes a migration to be filled in by hand"}});
    };
    if (!context.known.target || is_protected(context.known.target->level))
        return refuse("its database is protected, and the data source cannot be turned to a scratch one");
    if (!context.known.readable()) return refuse("whether its database has every migration cannot be told");
    const History& history = context.history();
    if (!history.pending.empty() || !history.missing.empty()) {
        auto refused = refuse("its database has not every migration, and the new one would repeat those");
        if (history.missing.empty())
            refused.value().next.insert(refused.value().next.begin(),
                                        {By::you,
                                         {"migrate", "run", "-u", context.unit.id},
                                         "what is pending may be applied",
                                         "then it can be computed"});
        return refused;
    }
    auto write = context.step(Verb::generate, "",
                              "write what the entities have and the database, which is current, does not",
                              holes_of(context, file));
    if (write) {
        expect_file(*write, file);
        std::get<Native>(write->action).nothing_when = kNothing;
    }
    return one(std::move(write));
}

}  // namespace

Result<Steps> generate(const Context& context) {
    auto file = new_file(context);
    if (!file) return tl::unexpected(file.error());
    if (context.request.empty) return empty_file(context, std::move(*file));
    if (std::string variable = url_variable(context); !variable.empty())
        return on_scratch(context, *file, variable);
    return on_own_database(context, *file);
}

Result<Steps> init(const Unit& unit, const Facts& facts) {
    Engine engine = unit.engines.empty() ? Engine::postgresql : unit.engines.front();
    std::string type(to_string(engine));
    std::string place = "url: process.env.DATABASE_URL";
    if (engine == Engine::postgresql) type = "postgres";
    if (engine == Engine::sqlite) {
        type = "better-sqlite3";
        place = "database: process.env.DATABASE_FILE ?? 'dev.sqlite'";
    }
    bool typescript = std::filesystem::exists(facts.root / unit.root / "tsconfig.json");
    bool esm = typescript || node::is_module_package(facts.root, unit.root);
    std::string ending = typescript ? "ts" : "js";
    std::string text = (esm ? "import { DataSource } from 'typeorm';\n\nexport default "
                            : "const { DataSource } = require('typeorm');\n\nmodule.exports = ");
    if (typescript) text = "import 'reflect-metadata';\n" + text;
    text += "new DataSource({\n  type: '" + type + "',\n  " + place + ",\n  entities: ['src/entities/*." +
            ending + "'],\n  migrations: ['src/migrations/*." + ending + "'],\n  synchronize: false,\n});\n";
    Steps steps{node::write_step(node::in_unit(unit, "src/data-source." + ending), std::move(text))};
    steps.push_back(node::write_step(node::in_unit(unit, "src/migrations/.gitkeep"), ""));
    return steps;
}

}  // namespace migrate::typeorm
