#include "sql/dbconfig.hpp"

#include <yaml-cpp/yaml.h>

#include "base/files.hpp"

namespace migrate::sql {

namespace {

std::string text_of(const YAML::Node& section, const char* key) {
    const YAML::Node value = section[key];
    return value && value.IsScalar() ? value.Scalar() : "";
}

}  // namespace

Result<std::optional<DbConfig>> read_dbconfig(const std::filesystem::path& file,
                                              const std::string& environment) {
    const std::string name = file.filename().string();
    auto content = read_file(file);
    if (!content)
        return fail("config.invalid", name + ": cannot be read", "sql-migrate keeps its databases there.");
    try {
        const YAML::Node document = YAML::Load(*content);
        if (!document.IsMap())
            return fail("config.invalid", name + ":1: no environments",
                        "It maps a name to dialect, datasource and dir.");
        const YAML::Node section = document[environment];
        if (!section || !section.IsMap()) return std::nullopt;
        DbConfig config;
        config.dialect = text_of(section, "dialect");
        config.datasource = text_of(section, "datasource");
        config.dir = text_of(section, "dir");
        config.table = text_of(section, "table");
        config.schema = text_of(section, "schema");
        const YAML::Node datasource = section["datasource"];
        config.line = datasource ? datasource.Mark().line + 1 : section.Mark().line + 1;
        return config;
    } catch (const YAML::Exception& problem) {
        // The parser's own text quotes no values, only what it expected.
        return fail("config.invalid", name + ":" + std::to_string(problem.mark.line + 1) + ": " + problem.msg,
                    "The file is not valid YAML.");
    }
}

}  // namespace migrate::sql
