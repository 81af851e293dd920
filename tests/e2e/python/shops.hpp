#pragma once
#include <string>

#include "tests/e2e/python/project.hpp"

// The projects of the Python tools that several tests stand in.
namespace migrate::test {

/// Of SQLite the file shop.db in the project, which is not there yet.
Connection empty_database(Engine engine, const PythonProject& project);

/// As a framework writes it, which has its own words for a server's scheme.
std::string url_of(const Connection& to, const std::string& postgresql, const std::string& mariadb);

/// models.py of the table `users`.
constexpr const char* kModels = R"(from sqlalchemy import Column, Integer, MetaData, Table

metadata = MetaData()
users = Table("users", metadata, Column("id", Integer, primary_key=True))
)";
/// Those models, and the migration aaaa1 that makes it; without configuration and env.py.
Tree::Files alembic_files();
/// The same as a project of Alembic.
Tree::Files plain_alembic();
/// What env.py ends with, behind `url`, `engine` and `metadata`.
extern const char* const kConfigure;
/// A revision; `parent` is Python ("None", "\"aaaa1\""), as are the bodies.
std::string revision(const std::string& id, const std::string& parent, const std::string& up,
                     const std::string& down);

/// The models of django_shop().
constexpr const char* kDjangoModels =
    "from django.db import models\n\n\nclass Post(models.Model):\n    pass\n";
/// The app `blog` with its first migration.
Tree::Files django_shop();
/// That migration.
std::string first_of_django();
std::string django_migration(const std::string& depends, const std::string& operation);

}  // namespace migrate::test
