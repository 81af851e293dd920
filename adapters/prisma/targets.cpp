// Which database Prisma's own files name, and whether the installed version can work with them.
#include "adapters/prisma/prisma.hpp"
#include "adapters/prisma/project.hpp"

namespace migrate::prisma {

namespace {

std::string place(const std::string& file, int line) {
    return line > 0 ? file + ":" + std::to_string(line) : file;
}

}  // namespace

Result<std::vector<TargetSource>> targets(const Unit& unit, const std::filesystem::path& root,
                                          const std::string&) {
    Project project = read_project(unit, root);
    TargetSource source;
    if (project.connection() &&
        !(project.is_new() && project.connection()->file == project.datasource_file)) {
        source = *project.connection();
    } else {
        source.file = project.config.empty() ? project.datasource_file : project.config;
        if (source.file == project.datasource_file) source.line = project.datasource_line;
        if (source.file.empty())
            source.why = "there is no schema with a datasource block";
        else if (project.is_new())
            source.why = "Prisma 7 wants datasource.url in prisma.config.ts";
        else
            source.why = "the datasource block has no url";
    }
    source.engine = project.engine;
    source.base_dir = project.base_dir;
    source.dotenv = project.dotenv;
    return std::vector<TargetSource>{std::move(source)};
}

std::optional<Error> fits(const Unit& unit, const std::filesystem::path& root) {
    if (!unit.version) return std::nullopt;
    if (unit.version->major >= 8)
        return Error{"tool.version",
                     unit.id + ": Prisma " + unit.version_text + " has other commands than Prisma 4 to 7",
                     "Prisma 8 (\"Prisma Next\") keeps another history and is not supported. Prisma 7 can be "
                     "installed beside it as @prisma/prisma7.",
                     {}};
    if (unit.version->major < 4)
        return Error{"tool.version",
                     unit.id + ": Prisma " + unit.version_text + " is too old",
                     "Prisma 4 to 7 are supported.",
                     {}};
    if (unit.version->major == 7) {
        Project project = read_project(unit, root);
        if (project.url_in_schema)
            return Error{"tool.layout",
                         place(project.datasource_file, project.url_line) +
                             ": Prisma 7 refuses a schema that names its database (P1012)",
                         "Move the URL to datasource.url in prisma.config.ts, or install Prisma 6.",
                         {}};
    }
    return std::nullopt;
}

}  // namespace migrate::prisma
