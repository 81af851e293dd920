#include "run/failure_line.hpp"

#include <doctest/doctest.h>

using migrate::failure_line;

TEST_CASE("a traceback becomes the project's line and the exception that ended the program") {
    CHECK(failure_line(
              "INFO  [alembic] Running upgrade\n"
              "Traceback (most recent call last):\n"
              "  File \"/srv/shop/.venv/lib/python3.11/site-packages/sqlalchemy/base.py\", line 1, in run\n"
              "psycopg2.errors.UndefinedTable: relation \"t\" does not exist\n"
              "\nThe above exception was the direct cause of the following exception:\n\n"
              "Traceback (most recent call last):\n"
              "  File \"/srv/shop/migrations/env.py\", line 20, in <module>\n"
              "  File \"/srv/shop/migrations/versions/ab_x.py\", line 12, in upgrade\n"
              "    op.execute(\"SELECT * FROM t\")\n"
              "  File \"/usr/lib/python3/dist-packages/x.py\", line 5, in do\n"
              "sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation \"t\" does not "
              "exist\nLINE 1: SELECT\n",
              "/srv/shop") ==
          "migrations/versions/ab_x.py:12: sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) "
          "relation \"t\" does not exist");
    CHECK(failure_line("Traceback (most recent call last):\n  File \"<stdin>\", line 1\nEOFError\n",
                       "/srv") == "EOFError");
}

TEST_CASE("Flyway's block about a script becomes the script's line and the database's message") {
    CHECK(failure_line(
              "ERROR: Script V4__bad.sql failed\n-------------------------\n"
              "SQL State  : 42P01\nError Code : 0\nMessage    : ERROR: relation \"t\" does not exist\n"
              "  Position: 15\nLocation   : sql/V4__bad.sql (/srv/shop/sql/V4__bad.sql)\nLine       : 3\n",
              "/srv/shop") == "sql/V4__bad.sql:3: ERROR: relation \"t\" does not exist");
    CHECK(
        failure_line("[ERROR] SQL State  : 42P01\n[ERROR] Message    : ERROR: relation \"t\" does not exist\n"
                     "[ERROR]   Position: 15\n[ERROR] Location   : /srv/shop/db/V4__bad.sql "
                     "(/srv/shop/db/V4__bad.sql)\n[ERROR] Line       : 3\n[ERROR] -> [Help 1]\n",
                     "/srv/shop") == "db/V4__bad.sql:3: ERROR: relation \"t\" does not exist");
}

TEST_CASE("a text without a known form has no such line") {
    CHECK_FALSE(failure_line("FAILED: Target database is not up to date.\n", "/srv"));
    CHECK_FALSE(failure_line("CommandError: Unknown command\n", "/srv"));
}
