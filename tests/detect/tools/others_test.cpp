#include "tests/detect/scan.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

Strings styles(const Scan& scan) {
    Strings result;
    for (const Note& note : scan.others) result.push_back(note.path + ' ' + note.style);
    return result;
}

}  // namespace

TEST_CASE("tools that this program does not drive are noted, never units") {
    Scan scan =
        scan_of({{"a/Shop.csproj",
                  R"(<PackageReference Include="dbup-postgresql" /><EmbeddedResource Include="s\*.sql" />)"},
                 {"b/Migrations/20240101120000_Init.cs", ""},
                 {"b/Migrations/ShopModelSnapshot.cs", ""},
                 {"c/migrations/atlas.sum", ""},
                 {"c/migrations/20240101120000_a.sql", "CREATE TABLE a (id int);"},
                 {"c/migrations/20240101120001_b.sql", ""}});
    CHECK(scan.units.empty());
    CHECK(styles(scan) == Strings{"a dbup", "b/Migrations efcore", "c/migrations atlas"});
}

TEST_CASE("where Atlas only writes files for another program, that program's unit counts") {
    Scan scan = scan_of(
        {{"migrations/atlas.sum", ""}, {"migrations/20240101120000_a.sql", "-- +goose Up\nSELECT 1;\n"}});
    CHECK(scan.others.empty());
    CHECK(only(scan).style == "goose");
}

TEST_CASE("a model snapshot without a migration is nothing") {
    CHECK(scan_of({{"b/Migrations/ShopModelSnapshot.cs", ""}}).others.empty());
}
