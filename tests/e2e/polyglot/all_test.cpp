// examples/all, the script that README names, with the real tools and real servers.
#include <doctest/doctest.h>

#include <cstdlib>

#include "run/process.hpp"
#include "tests/support/program.hpp"
#include "tests/support/tools.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

/// What the script printed under the `n`th call of that command.
std::string part(const std::string& text, const std::string& command, int n = 1) {
    std::size_t at = 0;
    for (int i = 0; i < n; ++i) {
        at = text.find("$ " + command, at);
        REQUIRE_MESSAGE(at != std::string::npos, command << " is not in:\n" << text);
        ++at;
    }
    return text.substr(at, text.find("\n$ ", at) - at);
}

}  // namespace

TEST_CASE(
    "examples/all brings nine units of seven tools on three databases up, shows one failing, and goes back") {
    ProcessSpec spec;
    spec.argv = {"bash", (source_directory() / "examples/all").string()};
    spec.cwd = "/";
    spec.env = {{"PATH", std::getenv("PATH")},
                {"HOME", std::getenv("HOME")},
                {"NO_COLOR", "1"},
                {"MIGRATE", program_path().string()},
                {"MIGRATE_TEST_TOOLS", test_tool("node").parent_path().string()}};
    spec.keep = 4u << 20;
    spec.timeout = std::chrono::minutes(8);
    const ProcessResult done = run_process(spec);
    const std::string all = done.out.text();
    REQUIRE_MESSAGE(done.ok(), all << done.err.text());

    const std::string setup = part(all, "migrate setup --all");
    for (const char* words :
         {"started  postgres of compose.yaml", "started  mariadb of compose.yaml", "/stock", "/search",
          "/web", "/jobs", "/mailer", "applied  20240110090000_create_accounts.sql", "applied  1  ",
          "applied  8b03d7", "applied  products.0002_product_price", "applied  V2__places.sql",
          "applied  Sessions1705060000000", "applied  20240203070000_count_tries.js",
          "applied  20240218090000-add-sent-at.js", "only by the application itself"})
        CHECK_MESSAGE(says(setup, words), words << " is not in:\n" << setup);
    // What is created before the first unit runs.
    CHECK(setup.find("created  postgresql localhost") < setup.find("applied "));

    const std::string failing = part(all, "migrate run --all");
    CHECK_MESSAGE(says(failing, "V3__reservations.sql:3"), failing);
    CHECK(says(failing, "applied  products.0003_product_sku"));    // before it
    CHECK(says(failing, "not started: a unit before it failed"));  // web, jobs, mailer
    CHECK_FALSE(says(failing, "applied  Baskets1712300000000"));
    const std::string after = part(all, "migrate run --all", 2);
    CHECK(says(after, "applied  V3__reservations.sql"));
    CHECK(says(after, "applied  Baskets1712300000000"));

    const std::string back = part(all, "migrate rollback --all");
    CHECK_MESSAGE(
        back.find("reverted 20240218090000-add-sent-at.js") < back.find("reverted V3__reservations.sql"),
        back);
    CHECK(back.find("reverted V3__reservations.sql") < back.find("reverted 20240405090000_entry_kinds.sql"));
    CHECK(says(part(all, "migrate diff --all"), "no difference"));
}
