// How much detection costs beside a bare walk of the same tree: one thread, readdir and d_type, the same
// directories left out. Prints the least of several runs, warm, in processor time of the thread (user and
// system), which other work on the machine disturbs less than the clock on the wall; `fd` is timed by the
// wall.
//
//     detect-bench               a synthetic tree of 200,000 files, made in the temporary directory
//     detect-bench DIRECTORY...  these trees
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "detect/detect.hpp"
#include "detect/names.hpp"
#include "detect/tree.hpp"

namespace fs = std::filesystem;

namespace {

std::size_t walk(int at, const char* path, std::string_view parent) {
    int fd = ::openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return 0;
    DIR* stream = ::fdopendir(fd);
    std::size_t files = 0;
    std::vector<std::string> below;
    while (const dirent* entry = ::readdir(stream)) {
        std::string_view name = entry->d_name;
        if (entry->d_type == DT_REG) ++files;
        if (entry->d_type == DT_DIR && name != "." && name != ".." &&
            migrate::detection::entering(name, parent) != migrate::detection::Entering::never)
            below.emplace_back(name);
    }
    for (const std::string& name : below) files += walk(fd, name.c_str(), name);
    ::closedir(stream);
    return files;
}

double processor_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double wall_ms() {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

double least(int runs, double (*clock)(), const std::function<void()>& work) {
    double best = 1e9;
    for (int run = 0; run < runs; ++run) {
        double start = clock();
        work();
        best = std::min(best, clock() - start);
    }
    return best;
}

void measure(const fs::path& root) {
    std::size_t files = walk(AT_FDCWD, root.c_str(), "");
    int runs = files > 50000 ? 7 : 25;
    double bare = least(runs, processor_ms, [&] { walk(AT_FDCWD, root.c_str(), ""); });
    double own = least(runs, processor_ms, [&] { migrate::detection::Tree::walk(root); });
    migrate::Scan scan;
    double whole = least(runs, processor_ms, [&] { scan = migrate::detect(root); });
    fmt::print(
        "{:>8} files {:>4} units  bare walk {:8.2f} ms  own walk {:8.2f} ms  detection {:8.2f} ms  ratio "
        "{:.2f}",
        files, scan.units.size(), bare, own, whole, whole / bare);
    for (const char* fd : {"fd", "fdfind"}) {
        if (std::system(fmt::format("command -v {} >/dev/null", fd).c_str()) != 0) continue;
        std::string command = fmt::format("{} -HI . '{}' >/dev/null", fd, root.string());
        fmt::print("  {} -HI {:8.2f} ms", fd,
                   least(3, wall_ms, [&] { static_cast<void>(std::system(command.c_str())); }));
        break;
    }
    fmt::print("  {}\n", root.string());
}

/// A monorepo: 200 packages of 1,000 files each, some of them with migrations.
void make_synthetic(const fs::path& root) {
    auto put = [](const fs::path& path, const std::string& content) { std::ofstream(path) << content; };
    fs::create_directories(root);
    put(root / "package.json", R"({"name": "root", "workspaces": ["packages/*"]})");
    put(root / "package-lock.json",
        R"({"lockfileVersion": 3, "packages": {"node_modules/prisma": {"version": "6.1.0"}}})");
    for (int package = 0; package < 200; ++package) {
        fs::path at = root / "packages" / fmt::format("package-{}", package);
        for (int part = 0; part < 100; ++part) {
            fs::path directory =
                at / "src" / fmt::format("part-{}", part / 10) / fmt::format("area-{}", part % 10);
            fs::create_directories(directory);
            for (int file = 0; file < 10; ++file) put(directory / fmt::format("component-{}.tsx", file), "");
        }
        bool unit = package % 20 == 0;
        put(at / "package.json", fmt::format(R"({{"name": "p{}", "dependencies": {{"{}": "^6.0.0"}}}})",
                                             package, unit ? "prisma" : "react"));
        if (!unit) continue;
        fs::create_directories(at / "prisma/migrations/20240101000000_init");
        put(at / "prisma/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        put(at / "prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
        put(at / "prisma/migrations/20240101000000_init/migration.sql", "CREATE TABLE t (id int);\n");
    }
}

}  // namespace

int main(int count, char** arguments) {
    for (int at = 1; at < count; ++at) measure(arguments[at]);
    if (count > 1) return 0;
    fs::path root = fs::temp_directory_path() / fmt::format("migrate-bench-{}", ::getpid());
    make_synthetic(root);
    measure(root);
    fs::remove_all(root);
    return 0;
}
