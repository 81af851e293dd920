#include "detect/document.hpp"

using namespace migrate;
using namespace migrate::detection;

using Strings = std::vector<std::string>;

TEST_CASE("an INI file is read as Python reads it") {
    Document ini = read_ini(
        "# comment\n[alembic]\nscript_location = app/alembic\n"
        "version_locations = a\n    b\n; note\nkey: value\n\n[loggers]\nkeys = root\n");
    CHECK(ini.error.empty());
    CHECK(ini.get("alembic.script_location") == "app/alembic");
    CHECK(ini.find("alembic.script_location")->line == 3);
    CHECK(ini.get("alembic.version_locations") == "a\nb");
    CHECK(ini.get("alembic.key") == "value");
    CHECK(ini.names_below("") == Strings{"alembic", "loggers"});
    CHECK(ini.get("alembic.nothing").empty());
}

TEST_CASE("a broken INI file says where") {
    CHECK(read_ini("[alembic\nx = 1\n").error_line == 1);
    CHECK(read_ini("[alembic]\njust words\n").error_line == 2);
    CHECK(read_ini("x = 1\n").error_line == 1);
}

TEST_CASE("TOML is flattened, lists give one entry an item") {
    Document toml = read_toml(
        "[tool.alembic]\nscript_location = \"m\"\nversion_locations = [\"a\", \"b\"]\n"
        "[db]\nmajor_version = 15\nenabled = true\n");
    CHECK(toml.get("tool.alembic.script_location") == "m");
    CHECK(toml.all("tool.alembic.version_locations") == Strings{"a", "b"});
    CHECK(toml.get("db.major_version") == "15");
    CHECK(toml.get("db.enabled") == "true");
    Document broken = read_toml("[a]\nx = \n");
    CHECK_FALSE(broken.error.empty());
    CHECK(broken.error_line == 2);
}

TEST_CASE("YAML is flattened, and a broken file says where") {
    Document yaml = read_yaml("development:\n  dialect: postgres\n  dir: m\nlist:\n  - a\n  - b\n");
    CHECK(yaml.get("development.dialect") == "postgres");
    CHECK(yaml.find("development.dir")->line == 3);
    CHECK(yaml.all("list") == Strings{"a", "b"});
    CHECK(yaml.names_below("") == Strings{"development", "list"});
    Document broken = read_yaml("a: b\n  c: [\n");
    CHECK_FALSE(broken.error.empty());
    CHECK(broken.error_line >= 2);
}

TEST_CASE("JSON is flattened, and a broken file says where") {
    Document json = read_json("{\"a\": {\"b\": [\"x\", \"y\"]}, \"n\": 1}");
    CHECK(json.all("a.b") == Strings{"x", "y"});
    CHECK(json.get("n") == "1");
    Document broken = read_json("{\n  \"a\": 1,\n  oops\n}");
    CHECK_FALSE(broken.error.empty());
    CHECK(broken.error_line == 3);
}

TEST_CASE("YAML that multiplies itself is cut off") {
    std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
    for (char name = 'b'; name < 'j'; ++name)
        bomb += std::string(1, name) + ": &" + name + " [" + [&] {
            std::string list;
            for (int i = 0; i < 9; ++i) list += std::string(i ? "," : "") + "*" + static_cast<char>(name - 1);
            return list;
        }() + "]\n";
    CHECK(read_yaml(bomb).entries.size() < 30000);
}
