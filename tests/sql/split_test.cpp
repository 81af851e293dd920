#include "sql/split.hpp"

using namespace migrate;
using namespace migrate::sql;
using Texts = std::vector<std::string>;

namespace {

constexpr auto kPg = Dialect::postgresql;
constexpr auto kMy = Dialect::mysql;
constexpr auto kLite = Dialect::sqlite;

Texts parts(std::string_view text, Dialect dialect) {
    auto statements = split(text, dialect);
    REQUIRE_MESSAGE(statements, statements.error().message);
    Texts result;
    for (const auto& statement : *statements) result.emplace_back(statement.text);
    return result;
}

std::string error(std::string_view text, Dialect dialect) {
    auto statements = split(text, dialect);
    REQUIRE_FALSE(statements);
    CHECK(statements.error().code == "migration.invalid");
    CHECK_FALSE(statements.error().hint.empty());
    return statements.error().message;
}

}  // namespace

TEST_CASE("statements end at semicolons outside quotes and comments, in every dialect") {
    for (Dialect dialect : {kPg, kMy, kLite}) {
        CHECK(parts("", dialect).empty());
        CHECK(parts(" ;; -- only a comment;\n/* ; */ ;", dialect).empty());
        CHECK(parts("SELECT 1; SELECT 2", dialect) == Texts{"SELECT 1", "SELECT 2"});
        CHECK(parts("SELECT ';' ; SELECT 'it''s;' -- ;\n, 2;", dialect) ==
              Texts{"SELECT ';'", "SELECT 'it''s;' -- ;\n, 2"});
        CHECK(parts("-- a\n/* b */ SELECT 1 /* c; */; -- d", dialect) == Texts{"SELECT 1"});
        CHECK(parts("SELECT \"a;b\"; SELECT 2", dialect) == Texts{"SELECT \"a;b\"", "SELECT 2"});
    }
}

TEST_CASE("PostgreSQL: dollar quotes, escape strings, nested comments, brackets") {
    CHECK(parts("DO $$ BEGIN a; b; END $$; SELECT 1", kPg) == Texts{"DO $$ BEGIN a; b; END $$", "SELECT 1"});
    CHECK(parts("SELECT $a$ $b$ ; $$ ; $a$; SELECT 2", kPg) ==
          Texts{"SELECT $a$ $b$ ; $$ ; $a$", "SELECT 2"});
    CHECK(parts("SELECT $1; SELECT a$b$c; SELECT $1$", kPg) ==
          Texts{"SELECT $1", "SELECT a$b$c", "SELECT $1$"});
    CHECK(parts("SELECT E'\\';', 'a\\'; SELECT e'x'\n  '\\';'; SELECT 3", kPg) ==
          Texts{"SELECT E'\\';', 'a\\'", "SELECT e'x'\n  '\\';'", "SELECT 3"});
    CHECK(parts("/* a /* ; */ ; */ SELECT 1; SELECT type'x'", kPg) == Texts{"SELECT 1", "SELECT type'x'"});
    CHECK(parts("CREATE RULE r AS ON INSERT TO t DO INSTEAD (SELECT 1; SELECT 2); SELECT 3", kPg) ==
          Texts{"CREATE RULE r AS ON INSERT TO t DO INSTEAD (SELECT 1; SELECT 2)", "SELECT 3"});
    CHECK(parts("SELECT a[1:2]; SELECT '{\"x\"}'::json #> '{a}'; SELECT 1--2\n;", kPg) ==
          Texts{"SELECT a[1:2]", "SELECT '{\"x\"}'::json #> '{a}'", "SELECT 1"});
}

TEST_CASE("PostgreSQL: BEGIN ATOMIC bodies stay whole, a transaction's BEGIN does not hold") {
    const std::string function =
        "CREATE OR REPLACE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 ELSE 2 "
        "END; "
        "SELECT 3; END";
    CHECK(parts(function + "; SELECT 4;", kPg) == Texts{function, "SELECT 4"});
    CHECK(parts("BEGIN; SELECT CASE WHEN true THEN 1 END; COMMIT; END;", kPg) ==
          Texts{"BEGIN", "SELECT CASE WHEN true THEN 1 END", "COMMIT", "END"});
}

TEST_CASE("PostgreSQL: COPY data goes with its statement and is not read as SQL") {
    const std::string text = "COPY t (a, b) FROM STDIN;\n1\tit's; -- DOWN\n2\t$$\n\\.\nSELECT 1;\n";
    auto statements = split(text, kPg);
    REQUIRE(statements);
    REQUIRE(statements->size() == 2);
    CHECK((*statements)[0].text == "COPY t (a, b) FROM STDIN");
    CHECK((*statements)[0].data == "1\tit's; -- DOWN\n2\t$$\n");
    CHECK((*statements)[0].copies_data);
    CHECK((*statements)[1].text == "SELECT 1");
    CHECK((*statements)[1].position.line == 5);

    CHECK(split("copy t from stdin with (format csv);\n\\.\n", kPg)->front().data == "");
    CHECK_FALSE(split("COPY (SELECT 1) TO STDOUT; COPY t FROM '/a';", kPg)->front().copies_data);
    CHECK(error("SELECT 1;\nCOPY t FROM STDIN;\n1\n", kPg) == "2:1: the data of COPY has no end");
    CHECK(error("COPY t FROM STDIN", kPg) == "1:1: COPY FROM STDIN without its data");
    CHECK(error("COPY t FROM STDIN; SELECT 1;\n1\n\\.\n", kPg) ==
          "1:19: the data of COPY begins on the line after it");
}

TEST_CASE("MySQL: backslashes, # comments, -- only before white space, executable comments") {
    CHECK(parts("SELECT 'a\\';' ; SELECT \"b\\\";\"; SELECT `c;`", kMy) ==
          Texts{"SELECT 'a\\';'", "SELECT \"b\\\";\"", "SELECT `c;`"});
    CHECK(parts("# a;\nSELECT 5--1; SELECT 6 -- ;\n; SELECT 7 --\n;", kMy) ==
          Texts{"SELECT 5--1", "SELECT 6", "SELECT 7"});
    CHECK(parts("/*!40101 SET NAMES utf8 */; /* a /* b */ SELECT \\N; /*M!100100 SET x=1 */;", kMy) ==
          Texts{"/*!40101 SET NAMES utf8 */", "SELECT \\N", "/*M!100100 SET x=1 */"});
    CHECK(parts("SELECT 1_a, $b; SELECT 2", kMy) == Texts{"SELECT 1_a, $b", "SELECT 2"});
}

TEST_CASE("MySQL: DELIMITER is obeyed and never sent") {
    CHECK(parts("DELIMITER //\nCREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a = 1; END//\n"
                "delimiter ;\nSELECT 1;",
                kMy) ==
          Texts{"CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a = 1; END", "SELECT 1"});
    CHECK(parts("DELIMITER $$\nSELECT 1$$\nSELECT '$$' END$$\nDELIMITER ;\nSELECT 2;", kMy) ==
          Texts{"SELECT 1", "SELECT '$$' END", "SELECT 2"});
    CHECK(parts("DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEFORE INSERT "
                "ON x "
                "FOR EACH ROW BEGIN SET @a = 1; END */;;\nDELIMITER ;\n",
                kMy)
              .size() == 1);
    CHECK(error("DELIMITER\nSELECT 1;", kMy) == "1:1: DELIMITER needs the new delimiter on the same line");
    CHECK(parts("SELECT delimiter\n FROM t; SELECT 2", kMy).size() == 2);
}

TEST_CASE("MySQL: bodies of stored routines stay whole without DELIMITER") {
    const Texts bodies{
        "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.x = IF(NEW.y, 1, 2); END",
        "CREATE DEFINER=`u`@`%` PROCEDURE p(IN a INT) BEGIN IF a THEN SELECT 1; ELSEIF 2 THEN SELECT 3; END "
        "IF; "
        "CASE a WHEN 1 THEN SELECT 1; ELSE BEGIN END; END CASE; WHILE a DO SET a = a - 1; END WHILE; "
        "l: LOOP LEAVE l; END LOOP l; REPEAT SET a = 1; UNTIL a END REPEAT; END",
        "CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; END; SELECT 1; END",
        "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW IF NEW.x THEN SET NEW.y = 1; IF NEW.z THEN SET "
        "NEW.y "
        "= 2; END IF; END IF",
        "CREATE PROCEDURE IF NOT EXISTS p() BEGIN DROP TABLE IF EXISTS x; CREATE TABLE IF NOT EXISTS y (a "
        "INT); END",
        "CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN CASE WHEN a THEN 1 ELSE 2 END",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM t WHERE a; DELETE FROM u WHERE b; END",
        "CREATE PROCEDURE p() outer_block: BEGIN INSERT INTO t (begin, end) VALUES (1, 2); SET @e = t.end; "
        "END outer_block",
        "BEGIN NOT ATOMIC SELECT 1; SELECT 2; END",
        "CREATE FUNCTION f() RETURNS INT RETURN IF(1, 2, 3)",
        "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW SET NEW.a = REPEAT('x', 3)"};
    for (const std::string& body : bodies) {
        CAPTURE(body);
        CHECK(parts(body + "; SELECT 'next';", kMy) == Texts{body, "SELECT 'next'"});
        CHECK(parts(body, kMy) == Texts{body});
    }
    CHECK(parts("BEGIN; SELECT 1; COMMIT;", kMy) == Texts{"BEGIN", "SELECT 1", "COMMIT"});
    CHECK(parts("CREATE TABLE event (begin INT); SELECT 2;", kMy).size() == 2);
}

TEST_CASE("SQLite: triggers end with END; although END and BEGIN may be names") {
    const Texts triggers{
        "CREATE TRIGGER a AFTER INSERT ON t BEGIN UPDATE t SET x = CASE WHEN 1 THEN 2 END; SELECT 1; END",
        "CREATE TEMP TRIGGER IF NOT EXISTS a AFTER INSERT ON t WHEN new.begin > 1 BEGIN UPDATE t SET end = "
        "1; END",
        "CREATE TEMPORARY TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; -- END;\n END"};
    for (const std::string& trigger : triggers)
        CHECK(parts(trigger + "; SELECT 'next';", kLite) == Texts{trigger, "SELECT 'next'"});
    CHECK(parts("SELECT [a;b]]; SELECT `c;`; BEGIN; SELECT 1; END;", kLite) ==
          Texts{"SELECT [a;b]]", "SELECT `c;`", "BEGIN", "SELECT 1", "END"});
}

TEST_CASE("what is never closed is an error at the place where it begins") {
    CHECK(error("SELECT 1;\n  SELECT 'abc;\n", kPg) == "2:10: a quote (') that begins here is never closed");
    CHECK(error("SELECT $fn$ abc $f$", kPg) == "1:8: a quote ($fn$) that begins here is never closed");
    CHECK(error("SELECT \"a", kLite) == "1:8: a quote (\") that begins here is never closed");
    CHECK(error("é /* a /* b */", kPg) == "1:3: a comment (/*) that begins here is never closed");
    CHECK(error("SELECT [a", kLite) == "1:8: a quoted name ([) that begins here is never closed");
    CHECK(error("SELECT E'\\'", kPg) == "1:8: a quote (E') that begins here is never closed");
}

TEST_CASE("MariaDB: compound statements outside routines stay whole without DELIMITER") {
    for (const std::string text :
         {"IF 1 = 1 THEN SELECT 1; ELSE SELECT 2; END IF", "CASE 1 WHEN 1 THEN SELECT 1; END CASE",
          "LOOP SELECT 1; END LOOP", "WHILE @a < 3 DO SET @a = @a + 1; END WHILE",
          "REPEAT SET @a = 1; UNTIL @a END REPEAT", "FOR i IN 1..3 DO INSERT INTO t VALUES (i); END FOR",
          "CREATE PROCEDURE p() FOR i IN 1..3 DO SELECT i; END FOR",
          "SET STATEMENT sql_mode = '' FOR CREATE PROCEDURE p() BEGIN SELECT 1; END",
          "SET STATEMENT max_statement_time = 1 FOR BEGIN NOT ATOMIC SELECT 1; END",
          "/*!50003 CREATE FUNCTION f() RETURNS INT BEGIN RETURN 42; END */"})
        CHECK(parts("SELECT 0; " + text + "; SELECT 3;", kMy) == Texts{"SELECT 0", text, "SELECT 3"});
}

TEST_CASE("MySQL: FOR, SET and END that begin or end no block") {
    for (const std::string text :
         {"CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.x = 1",
          "CREATE FUNCTION f(s TEXT) RETURNS TEXT RETURN SUBSTRING(s FROM 2 FOR 3)", "SET @a = 1",
          "SET STATEMENT max_statement_time = 1 FOR SELECT 1", "SELECT 1 FOR UPDATE",
          "CREATE PROCEDURE p() BEGIN XA START 'x'; XA END 'x'; XA PREPARE 'x'; END"})
        CHECK(parts("SELECT 0; " + text + "; SELECT 3;", kMy) == Texts{"SELECT 0", text, "SELECT 3"});
}

TEST_CASE("commands of psql, mysql and sqlite3 are refused with their place") {
    CHECK(error("SELECT 1;\n\\i other.sql\n", kPg) ==
          "2:1: \"\\i\" is a command of the psql program, not SQL");
    CHECK(error("SELECT 1 \\gexec", kPg) == "1:10: \"\\gexec\" is a command of the psql program, not SQL");
    CHECK(error("SELECT 1\\G", kMy) == "1:9: \"\\G\" is a command of the mysql program, not SQL");
    CHECK(error("source other.sql;", kMy) == "1:1: \"source\" is a command of the mysql program, not SQL");
    CHECK(error("\n.read x.sql", kLite) == "2:1: \".read\" is a command of the sqlite3 program, not SQL");
    CHECK(parts("SELECT t\n.a FROM t", kLite).size() == 1);
    CHECK(parts("SELECT '\\i x'", kPg).size() == 1);
}

TEST_CASE("positions count lines and characters") {
    auto statements = split("SELECT 'ä\n';  SELECT 'öü'; SELECT 3;\n\n  SELECT 4", kPg);
    REQUIRE(statements);
    CHECK((*statements)[1].position.line == 2);
    CHECK((*statements)[1].position.column == 5);
    CHECK((*statements)[2].position.column == 18);
    CHECK((*statements)[3].position.line == 4);
    CHECK((*statements)[3].position.column == 3);
}

TEST_CASE("long texts of the worst kind are split in time") {
    const std::size_t n = 40'000;
    auto repeat = [](std::string_view part, std::size_t count) {
        std::string result;
        for (std::size_t i = 0; i < count; ++i) result += part;
        return result;
    };
    for (Dialect dialect : {kPg, kMy, kLite}) {
        CHECK(parts(repeat("SELECT 1;", n), dialect).size() == n);
        CHECK(parts(repeat("-- a\n", n), dialect).empty());
    }
    CHECK_FALSE(split(repeat("/*", n), kPg));
    CHECK(split(repeat("DO $a$ THEN DROP ", 20'000), kPg)->front().destructive == false);
    std::string nested;
    for (int i = 0; i < 2'000; ++i) nested += "DO $a" + std::to_string(i) + "$ ";
    for (int i = 2'000; i-- > 0;) nested += "$a" + std::to_string(i) + "$ ";
    CHECK(parts(nested, kPg).size() == 1);
    CHECK(parts("WITH a AS " + repeat("(DELETE ", 20'000) + repeat("WHERE a)", 20'000), kPg).size() == 1);
}
