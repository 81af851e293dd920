#pragma once
#include <string>
#include <vector>

#include "detect/package_json.hpp"

namespace migrate::detection {

/// For whom a directory of JavaScript or TypeScript migrations is written.
enum class JsKind { knex, typeorm, sequelize, migrate_mongo };

struct JsMigrations {
    Tree::Dir dir = 0;
    std::string path;  ///< of the directory
    JsKind kind = JsKind::knex;
    int count = 0;       ///< files that look like migrations
    std::string sample;  ///< the file that was read
    int line = 0;        ///< where it says so
    bool typescript = false;
};

/// Directories with numbered files, or with a name for migrations, in packages that know one of the tools.
/// One or two files of each are read. Sorted by path.
std::vector<JsMigrations> js_migrations(const Repo& repo, const Packages& packages);

}  // namespace migrate::detection
