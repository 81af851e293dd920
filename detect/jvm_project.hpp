#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "detect/js_project.hpp"
#include "detect/repo.hpp"

namespace migrate::detection {

/// A Maven or Gradle module and the build that it belongs to.
struct JvmProject {
    Tree::Dir module = Tree::none;  ///< nearest directory with a build file
    std::string build_file;         ///< of the module, "" where there is none
    bool gradle = false;
    std::string wrapper;  ///< path of gradlew or mvnw, "" where the build has none
    std::string runner;   ///< gradlew, mvnw, gradle, mvn; "" where there is no build
};

JvmProject jvm_project(const Repo& repo, Tree::Dir dir);

/// The build files at and above a directory, nearest first, with what Gradle keeps versions in.
std::vector<std::string> build_files(const Repo& repo, Tree::Dir dir);

/// Flyway's version as the build says it: a number, or "managed by Spring Boot 3.2.1".
FoundVersion flyway_version(const Repo& repo, Tree::Dir dir);

/// The argv prefix of the build tool for a module: {"../mvnw", "-q", "-B"}.
std::vector<std::string> build_launch(const Repo& repo, const JvmProject& project, Tree::Dir dir);

}  // namespace migrate::detection
