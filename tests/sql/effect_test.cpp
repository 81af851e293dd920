#include "sql/effect.hpp"

using namespace migrate;
using sql::Dialect;
using sql::Effect;
using Kind = Effect::Kind;

namespace {

/// "+column s.t.c -index ..." of a statement.
std::string effects(std::string_view statement, Dialect dialect = Dialect::postgresql) {
    static const char* kNames[] = {"relation", "index",      "column", "constraint", "trigger",  "routine",
                                   "type",     "enum_value", "schema", "event",      "extension"};
    std::string text;
    for (const Effect& effect : sql::effects_of(statement, dialect)) {
        text += text.empty() ? "" : " ";
        text += effect.there_after ? '+' : '-';
        text += std::string(kNames[static_cast<int>(effect.kind)]) + " ";
        if (!effect.schema.empty()) text += effect.schema + ".";
        if (!effect.table.empty()) text += effect.table + ".";
        text += effect.name;
        if (effect.replaces) text += "?";
    }
    return text;
}

}  // namespace

TEST_CASE("what a statement brings about is read off it") {
    CHECK(effects("CREATE TABLE IF NOT EXISTS S.Users (id int)") == "+relation s.users");
    CHECK(effects("CREATE TABLE \"S\".\"Us\"\"ers\" (id int)") == "+relation S.Us\"ers");
    CHECK(effects("CREATE OR REPLACE VIEW v AS SELECT 1") == "+relation v?");
    CHECK(effects("CREATE UNIQUE INDEX CONCURRENTLY i ON s.t (a)") == "+index s.i");
    CHECK(effects("CREATE INDEX i ON t (a)", Dialect::mysql) == "+index t.i");
    CHECK(effects("CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()") == "+trigger t.g");
    CHECK(effects("CREATE TYPE mood AS ENUM ('a')") == "+type mood");
    CHECK(effects("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'it''s'") == "+enum_value mood.it's");
    CHECK(effects("DROP TABLE IF EXISTS a, s.b CASCADE") == "-relation a -relation s.b");
    CHECK(effects("DROP INDEX i ON t", Dialect::mysql) == "-index t.i");
    CHECK(effects("CREATE DEFINER=`u`@`%` PROCEDURE p() BEGIN END", Dialect::mysql) == "+routine p");
}

TEST_CASE("each action of ALTER TABLE counts") {
    CHECK(effects("ALTER TABLE ONLY t ADD COLUMN a int, ADD b numeric(1, 2), DROP COLUMN IF EXISTS c") ==
          "+column t.a +column t.b -column t.c");
    CHECK(effects("ALTER TABLE t ADD CONSTRAINT k UNIQUE (a)") == "+constraint t.k");
    CHECK(effects("ALTER TABLE t RENAME TO u") == "-relation t +relation u");
    CHECK(effects("ALTER TABLE t RENAME a TO b") == "-column t.a +column t.b");
    CHECK(effects("ALTER TABLE t ADD INDEX i (a), DROP FOREIGN KEY f, CHANGE a b INT", Dialect::mysql) ==
          "+index t.i -constraint t.f -column t.a +column t.b");
    CHECK(effects("RENAME TABLE a TO b, s.c TO s.d", Dialect::mysql) ==
          "-relation a +relation b -relation s.c +relation s.d");
}

TEST_CASE("what the catalog does not show has no effect to look for") {
    for (const char* statement :
         {"INSERT INTO t VALUES (1)", "ALTER TABLE t ALTER COLUMN a TYPE text", "GRANT SELECT ON t TO u",
          "CREATE TEMP TABLE t (id int)", "CREATE INDEX ON t (a)",
          "ALTER TABLE t ADD a int, ALTER b SET DEFAULT 1", "", "CREATE", "ALTER TABLE", "DROP TABLE"})
        CHECK_MESSAGE(effects(statement).empty(), statement);
}
