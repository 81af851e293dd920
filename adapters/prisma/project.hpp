#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/target.hpp"
#include "model/unit.hpp"
#include "model/version.hpp"

namespace migrate::prisma {

/// Where one URL of the datasource comes from: kind, variables, literal, why, file and line of a
/// TargetSource.
using UrlSource = TargetSource;

/// What a project's own files say about Prisma. Everything is optional; paths are relative to the scan
/// root. Read without running anything.
struct Project {
    Version version;     ///< the unit's; where unknown, the one that the files are written for: 6 or 7
    std::string schema;  ///< the schema: a file, or the directory of a schema in several files
    std::string datasource_file;  ///< the file that holds the datasource block, and its line
    int datasource_line = 0;
    std::string default_schema;      ///< what Prisma itself would find from the unit's root, without --schema
    std::string config;              ///< prisma.config.*; "" where there is none, and for Prisma 5
    bool config_is_default = false;  ///< found by Prisma without --config
    std::string provider;            ///< as written: "postgresql", "sqlserver" ...
    std::optional<Engine> engine;
    std::optional<UrlSource> url;         ///< what counts: the config's, else the schema's
    std::optional<UrlSource> direct_url;  ///< the same; migrate and db use it instead of `url`
    bool url_in_schema = false;           ///< the schema itself has one: an error in Prisma 7
    int url_line = 0;
    std::string adapter;              ///< why no URL counts: the configuration makes its own connection
    std::string migrations;           ///< directory of the migrations, whether it exists or not
    std::string seed;                 ///< the seed command; "" where none is configured
    std::vector<std::string> dotenv;  ///< that Prisma or its configuration reads, first wins
    std::string base_dir = ".";       ///< what a relative SQLite path is relative to

    bool is_new() const { return version.major >= 7; }
    /// The one that migrate and db connect with; nullptr where neither is there.
    const UrlSource* connection() const { return direct_url ? &*direct_url : url ? &*url : nullptr; }
    /// The variables that hold a URL that migrate and db look at: all of them must name one database.
    std::vector<std::string> url_variables() const;
};

Project read_project(const Unit& unit, const std::filesystem::path& root);

/// A datasource block's property: `provider = "x"`, `url = env("X")`.
struct Property {
    std::string name;
    std::string text;      ///< of a string literal
    std::string variable;  ///< of env("X")
    int line = 0;
};

struct Datasource {
    int line = 0;
    std::vector<Property> properties;
    const Property* find(std::string_view name) const;
};

/// The first datasource block of a schema file.
std::optional<Datasource> read_datasource(std::string_view schema);

}  // namespace migrate::prisma
