#include "detect/jvm_project.hpp"

#include <algorithm>

#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

std::string between(std::string_view text, std::string_view open, std::string_view close,
                    std::size_t from = 0) {
    std::size_t at = text.find(open, from);
    if (at == std::string_view::npos) return "";
    at += open.size();
    std::size_t end = text.find(close, at);
    return end == std::string_view::npos ? "" : std::string(trim(text.substr(at, end - at)));
}

bool starts_with_digit(std::string_view text) {
    return !text.empty() && text[0] >= '0' && text[0] <= '9';
}

/// `org.flywaydb:flyway-core:9.1.2`, `id 'org.flywaydb.flyway' version '9.22.3'`, `flyway = "10.0.1"`,
/// `flywayVersion=9.0`, `<flyway.version>`.
std::string literal_version(std::string_view text) {
    for (std::string_view artifact : {"flyway-core:", "flyway-database-postgresql:", "flyway-mysql:"})
        if (std::size_t at = text.find(artifact); at != std::string_view::npos) {
            std::string_view rest = text.substr(at + artifact.size());
            rest = rest.substr(0, rest.find_first_of("'\"\n "));
            if (starts_with_digit(rest)) return std::string(rest);
        }
    for (std::string_view plugin : {"org.flywaydb.flyway", "com.redgate.flyway"})
        if (std::size_t at = text.find(plugin); at != std::string_view::npos) {
            std::string_view line = text.substr(at, text.find('\n', at) - at);
            std::size_t word = line.find("version");
            if (word == std::string_view::npos) continue;
            std::size_t quote = line.find_first_of("'\"", word);
            if (quote == std::string_view::npos) continue;
            std::string_view rest = line.substr(quote + 1);
            rest = rest.substr(0, rest.find_first_of("'\""));
            if (starts_with_digit(rest)) return std::string(rest);
        }
    for (std::string_view property : {"<flyway.version>", "<flyway-core.version>", "<version.flyway>"})
        if (std::string found = between(text, property, "<"); starts_with_digit(found)) return found;
    std::string found;
    each_line(text, [&](std::string_view line, int) {
        line = trim(line);
        std::size_t sign = line.find('=');
        if (sign == std::string_view::npos || !contains(lowercase(line.substr(0, sign)), "flyway"))
            return true;
        std::string_view value = unquote(trim(line.substr(sign + 1)));
        if (starts_with_digit(value)) found = std::string(value);
        return found.empty();
    });
    if (!found.empty()) return found;
    for (std::string_view artifact :
         {"<artifactId>flyway-core</artifactId>", "<artifactId>flyway-maven-plugin"})
        if (std::size_t at = text.find(artifact); at != std::string_view::npos) {
            std::string_view rest = text.substr(at, 300);
            rest = rest.substr(0, rest.find("</dependency>"));
            if (std::string version = between(rest, "<version>", "<"); starts_with_digit(version))
                return version;
        }
    return "";
}

std::string managed_version(std::string_view text) {
    if (std::size_t at = text.find("spring-boot-starter-parent"); at != std::string_view::npos)
        if (std::string version = between(text, "<version>", "<", at); !version.empty())
            return "managed by Spring Boot " + version;
    for (std::string_view plugin : {"org.springframework.boot", "springBootVersion"})
        if (std::size_t at = text.find(plugin); at != std::string_view::npos) {
            std::string_view line = text.substr(at, text.find('\n', at) - at);
            std::size_t digit = line.find_first_of("0123456789");
            if (digit == std::string_view::npos) continue;
            std::string_view rest = line.substr(digit);
            return "managed by Spring Boot " +
                   std::string(
                       rest.substr(0, rest.find_first_not_of("0123456789.abcdefghijklmnopqrstuvwxyzRCM-")));
        }
    if (std::size_t at = text.find("spring-boot-dependencies"); at != std::string_view::npos)
        if (std::string version = between(text, "<version>", "<", at); !version.empty())
            return "managed by Spring Boot " + version;
    for (std::string_view word : {"micronautVersion", "micronaut-platform", "micronautPlatformVersion"})
        if (std::size_t at = text.find(word); at != std::string_view::npos) {
            std::string_view rest = text.substr(at + word.size(), 40);
            std::size_t digit = rest.find_first_of("0123456789");
            if (digit == std::string_view::npos) continue;
            rest = rest.substr(digit);
            return "managed by Micronaut " +
                   std::string(rest.substr(0, rest.find_first_not_of("0123456789.")));
        }
    if (std::size_t at = text.find("quarkus.platform.version>"); at != std::string_view::npos)
        return "managed by Quarkus " + between(text, "quarkus.platform.version>", "<");
    return "";
}

}  // namespace

JvmProject jvm_project(const Repo& repo, Tree::Dir dir) {
    const Tree& tree = repo.tree();
    JvmProject project;
    for (Tree::Dir at = dir; at != Tree::none; at = tree.parent(at)) {
        bool gradle = tree.has(at, "build.gradle") || tree.has(at, "build.gradle.kts");
        bool maven = tree.holds(at, FileKind::pom);
        if (project.module == Tree::none && (gradle || maven)) {
            project.module = at;
            project.gradle = gradle && !maven;
            // Both: the one whose wrapper lies nearest decides below.
            if (gradle && maven) project.gradle = tree.has(at, "gradlew");
            std::string_view file = !project.gradle                ? "pom.xml"
                                    : tree.has(at, "build.gradle") ? "build.gradle"
                                                                   : "build.gradle.kts";
            project.build_file = join(tree.path(at), file);
        }
        if (project.module == Tree::none || !tree.holds(at, FileKind::jvm_wrapper)) continue;
        std::string_view wrapper = project.gradle ? "gradlew" : "mvnw";
        if (project.wrapper.empty() && tree.has(at, wrapper)) project.wrapper = join(tree.path(at), wrapper);
    }
    if (project.module != Tree::none)
        project.runner = !project.wrapper.empty() ? std::string(name_of_path(project.wrapper))
                         : project.gradle         ? "gradle"
                                                  : "mvn";
    return project;
}

std::vector<std::string> build_files(const Repo& repo, Tree::Dir dir) {
    std::vector<std::string> files;
    constexpr std::uint64_t kBuild =
        bit(FileKind::pom) | bit(FileKind::gradle) | bit(FileKind::gradle_settings);
    for (Tree::Dir at = dir; at != Tree::none; at = repo.tree().parent(at)) {
        if (repo.tree().kinds(at) & kBuild)
            for (const Tree::File& file : repo.tree().files(at))
                if (bit(file.kind) & kBuild)
                    files.push_back(join(repo.tree().path(at), repo.tree().name(file)));
        Tree::Dir catalog = repo.tree().child(at, "gradle");
        if (catalog != Tree::none && repo.tree().holds(catalog, FileKind::gradle_settings))
            for (const Tree::File& file : repo.tree().files(catalog))
                if (file.kind == FileKind::gradle_settings)
                    files.push_back(join(repo.tree().path(catalog), repo.tree().name(file)));
    }
    return files;
}

FoundVersion flyway_version(const Repo& repo, Tree::Dir dir) {
    std::vector<std::string> files = build_files(repo, dir);
    for (const std::string& file : files)
        if (std::string found = literal_version(repo.text(file)); !found.empty()) return {found, file};
    for (const std::string& file : files)
        if (std::string found = managed_version(repo.text(file)); !found.empty()) return {found, file};
    return {};
}

std::vector<std::string> build_launch(const Repo& repo, const JvmProject& project, Tree::Dir dir) {
    std::string program = project.gradle ? "gradle" : "mvn";
    if (!project.wrapper.empty()) {
        program = relative_to(project.wrapper, repo.tree().path(dir));
        if (!contains(program, "/")) program = "./" + program;
    }
    if (project.gradle) return {program, "-q", "--console=plain"};
    return {program, "-q", "-B"};
}

}  // namespace migrate::detection
