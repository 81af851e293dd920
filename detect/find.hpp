#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "detect/calls.hpp"
#include "detect/js_migrations.hpp"
#include "detect/package_json.hpp"
#include "detect/repo.hpp"
#include "detect/signals.hpp"
#include "model/unit.hpp"

namespace migrate::detection {

/// A unit in the making.
struct Find {
    Unit unit;
    int cap = 100;     ///< the confidence ends here whatever the signals say
    std::string name;  ///< what stands behind '#' in the id, "" for a default layout
    std::string
        own_path;  ///< what makes it distinct from its neighbours: config, else schema, else directory

    void add(Signal signal, std::string path, int line = 0) {
        unit.evidence.push_back(
            {std::move(path), line, std::string(row_of(signal).name), row_of(signal).weight});
    }
    bool has(Signal signal) const {
        for (const Evidence& one : unit.evidence)
            if (one.signal == row_of(signal).name) return true;
        return false;
    }
};

/// What every tool's detector gets to see.
struct Sources {
    const Repo& repo;
    const Packages& packages;
    const Calls& calls;
    const Tree& tree;
    const std::vector<JsMigrations>& js;  ///< directories of JavaScript migrations
};

// One function a tool, in detect/tools/. Each looks at the whole tree and answers with what it found,
// whether hidden or weak: classification comes after.
std::vector<Find> find_prisma(const Sources& sources);
std::vector<Find> find_drizzle(const Sources& sources);
std::vector<Find> find_knex(const Sources& sources);
std::vector<Find> find_typeorm(const Sources& sources);
std::vector<Find> find_sequelize(const Sources& sources);
std::vector<Find> find_migrate_mongo(const Sources& sources);
std::vector<Find> find_alembic(const Sources& sources);
std::vector<Find> find_django(const Sources& sources, std::vector<Note>& notes);
std::vector<Find> find_flyway(const Sources& sources);
/// `taken` are the migrations directories of the other tools.
std::vector<Find> find_sql(const Sources& sources, const std::vector<std::string>& taken);
std::vector<Note> find_others(const Sources& sources);

/// The words of a path that say something: those that every project uses ("src", "db", "migrations" ...) and
/// the extension left out, joined by '-'. "configs/mysql.config.ts" -> "mysql"; "prisma/schema.prisma" -> "".
std::string telling_name(std::string_view path, std::initializer_list<std::string_view> generic);

}  // namespace migrate::detection
