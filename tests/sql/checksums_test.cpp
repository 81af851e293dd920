#include "sql/checksums.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "../support/tree.hpp"
#include "base/sha256.hpp"
#include "sql/text.hpp"

using namespace migrate;

namespace {

std::vector<std::string> checksums_of(const std::filesystem::path& directory,
                                      const std::vector<std::string>& names) {
    KnownSums nothing;
    return sql::checksums_of(directory, names, nothing);
}

}  // namespace

TEST_CASE("checksums are those of the normalised text, in the order of the names") {
    const test::Tree directory{{"a.sql", "SELECT 1;\r\nSELECT 2;\r\n\r\n"},
                               {"b.sql", "\xEF\xBB\xBFSELECT 1;\nSELECT 2;"},
                               {"c.sql", std::string("SELECT\0 1;", 10)},
                               {"empty.sql", ""},
                               {"folder.sql/", ""}};
    const std::string two = sha256_hex("SELECT 1;\nSELECT 2;");
    CHECK(checksums_of(directory.path(), {"b.sql", "a.sql", "empty.sql", "folder.sql", "none.sql"}) ==
          std::vector<std::string>{two, two, sha256_hex(""), "", ""});
    CHECK(checksums_of(directory.path(), {"c.sql"}) ==
          std::vector<std::string>{sha256_hex(std::string_view("SELECT\0 1;", 10))});
    CHECK(checksums_of(directory.path("nowhere"), {"a.sql"}) == std::vector<std::string>{""});
}

TEST_CASE("checksums of many files, short after long, are each file's own") {
    const test::Tree directory;
    std::vector<std::string> names, expected;
    for (int i = 0; i < 2500; ++i) {
        const std::string text =
            std::string(static_cast<std::size_t>(i * 37 % 20'000), 'x') + std::to_string(i);
        names.push_back(std::to_string(i) + ".sql");
        expected.push_back(sha256_hex(text));
        std::ofstream(directory.path(names.back()), std::ios::binary) << text;
    }
    CHECK(checksums_of(directory.path(), names) == expected);
}

TEST_CASE("what is known of a file is not read again; what was changed is, whatever its modification time") {
    test::Tree directory, kept;
    const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
    std::vector<std::string> names, first;
    for (int i = 0; i < 40; ++i) {
        names.push_back(std::to_string(i) + ".sql");
        directory.write(names.back(), "SELECT " + std::to_string(i + 100) + ";");
        std::filesystem::last_write_time(directory.path(names.back()), old);
    }
    auto read = [&] {
        KnownSums known(kept.path("sums"));
        auto sums = sql::checksums_of(directory.path(), names, known);
        known.keep();
        return sums;
    };
    first = read();
    CHECK_FALSE(kept.exists("sums"));  // files that were changed a moment ago are not trusted
    // The time of the status change is the kernel's: it can only be waited for.
    std::this_thread::sleep_for(std::chrono::milliseconds(3100));
    CHECK(read() == first);
    REQUIRE(kept.exists("sums"));
    const std::string whole = kept.read("sums");

    directory.write("7.sql", "SELECT 999;");  // of the same size, with its old time
    std::filesystem::last_write_time(directory.path("7.sql"), old);
    auto changed = read();
    CHECK(changed[7] == sha256_hex("SELECT 999;"));
    changed[7] = first[7];
    CHECK(changed == first);

    // A sum that stands there is taken: without it the test could not tell.
    std::string other = whole;
    const std::size_t at = other.find(first[3]);
    REQUIRE(at != std::string::npos);
    other.replace(at, 64, std::string(64, 'a'));
    kept.write("sums", other);
    CHECK(read()[3] == std::string(64, 'a'));
    for (const std::string& damaged :
         {whole.substr(0, whole.size() - 5), std::string("migrate sums 9\n"), std::string()}) {
        kept.write("sums", damaged);
        CHECK(read()[3] == first[3]);
    }
}
