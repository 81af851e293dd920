#include "adapters/adapter.hpp"
#include "tests/adapters/cells.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

/// "prisma run apply", "alembic - destroy ?word >"; "nothing of ours".
std::string whole(std::vector<std::string> argv) {
    auto found = classify_command(argv);
    if (!found) return "nothing of ours";
    std::string text(to_string(found->tool));
    text += " " + std::string(found->verb ? to_string(*found->verb) : "-");
    text += " " + std::string(to_string(found->risk));
    for (const auto& word : found->unknown) text += " ?" + word;
    if (found->retargets) text += " >";
    return text;
}

std::string line(const std::string& command) {
    return whole(words(command));
}

/// A shell script in one word.
std::string shell(const std::string& script) {
    return whole({"sh", "-c", script});
}

}  // namespace

TEST_CASE("launchers: Python") {
    const std::string up = "alembic run apply";
    for (const char* command : {"alembic upgrade head",
                                ".venv/bin/alembic upgrade head",
                                "/usr/bin/alembic upgrade head",
                                "python -m alembic upgrade head",
                                "python3.12 -m alembic upgrade head",
                                ".venv/bin/python -m alembic upgrade head",
                                "python -W ignore -u -m alembic.config upgrade head",
                                "python .venv/bin/alembic upgrade head",
                                "py -3 -m alembic upgrade head",
                                "uv run alembic upgrade head",
                                "uv run --no-sync -- alembic upgrade head",
                                "uv run --frozen --with psycopg alembic upgrade head",
                                "uv run python -m alembic upgrade head",
                                "uvx alembic upgrade head",
                                "uv tool run alembic@1.13 upgrade head",
                                "poetry run alembic upgrade head",
                                "pdm run alembic upgrade head",
                                "pipenv run alembic upgrade head",
                                "hatch run alembic upgrade head",
                                "hatch run dev:alembic upgrade head",
                                "rye run alembic upgrade head",
                                "time alembic upgrade head",
                                "sudo -u app alembic upgrade head",
                                "nohup nice -n 10 alembic upgrade head",
                                "timeout 60 alembic upgrade head",
                                "env PYTHONUNBUFFERED=1 alembic upgrade head",
                                "CI=1 alembic upgrade head",
                                "exec alembic upgrade head"}) {
        CAPTURE(std::string(command));
        CHECK(line(command) == up);
    }
    CHECK(line("conda run -n app --no-capture-output alembic upgrade head") == up + " >");
    CHECK(line("conda run --unheard-of app alembic upgrade head") == up);
    CHECK(line("poetry -C api run alembic upgrade head") == up + " >");
    CHECK(line("uv run --env-file .env.production alembic upgrade head") == up + " >");
    CHECK(line("DATABASE_URL=postgres://x alembic upgrade head") == up + " >");
    CHECK(line("alembic -c other.ini downgrade base") == "alembic rollback destroy >");
    CHECK(line("python -c 'print(1)'") == "nothing of ours");
    CHECK(line("python scripts/x.py") == "nothing of ours");
    CHECK(line("pip install alembic") == "nothing of ours");
    CHECK(line("cat alembic.ini") == "nothing of ours");
}

TEST_CASE("launchers: Flask and Django") {
    CHECK(line("flask db upgrade") == "alembic run apply");
    CHECK(line("flask --app shop db downgrade base") == "alembic rollback destroy >");
    CHECK(line("flask --debug db stamp --purge") == "alembic resolve destroy");
    CHECK(line("python -m flask db migrate -m x") == "alembic generate apply");
    CHECK(line("uv run flask db current") == "alembic status read");
    CHECK(line("flask db") == "alembic - read");
    CHECK(line("flask run") == "nothing of ours");
    for (const char* command :
         {"python manage.py migrate", "./manage.py migrate", "manage.py migrate",
          "python3 api/manage.py migrate", "django-admin migrate", "python -m django migrate",
          "uv run manage.py migrate", "uv run python manage.py migrate", "poetry run ./manage.py migrate",
          "python -X dev -W error manage.py migrate"}) {
        CAPTURE(std::string(command));
        CHECK(line(command) == "django run apply");
    }
    CHECK(line("python manage.py migrate blog zero") == "django rollback destroy");
    CHECK(line("python manage.py flush --noinput --settings=prod") == "django reset destroy >");
    CHECK(line("DJANGO_SETTINGS_MODULE=shop.production python manage.py migrate") == "django run apply >");
    CHECK(line("python manage.py my_own_command --now") == "django - destroy ?my_own_command ?--now");
    CHECK(line("python manage.py db upgrade") == "alembic run apply");
}

TEST_CASE("launchers: Node") {
    auto tool_and_command = [](const std::string& text) {
        auto found = classify_command(words(text));
        return found ? std::string(to_string(found->tool)) : "nothing of ours";
    };
    for (const char* command : {"npx prisma migrate deploy",
                                "npx -y prisma@6.1.0 migrate deploy",
                                "npx --yes --package=prisma prisma migrate deploy",
                                "npx -p prisma prisma migrate deploy",
                                "npm exec prisma migrate deploy",
                                "npm exec -- prisma migrate deploy",
                                "npm x -- prisma migrate deploy",
                                "pnpm prisma migrate deploy",
                                "pnpm exec prisma migrate deploy",
                                "pnpm dlx prisma migrate deploy",
                                "pnpm --filter api exec prisma migrate deploy",
                                "pnpx prisma migrate deploy",
                                "yarn prisma migrate deploy",
                                "yarn run prisma migrate deploy",
                                "yarn exec prisma migrate deploy",
                                "yarn dlx prisma migrate deploy",
                                "yarn workspace api prisma migrate deploy",
                                "yarn workspace api run prisma migrate deploy",
                                "bunx prisma migrate deploy",
                                "bun x prisma migrate deploy",
                                "bunx --bun prisma migrate deploy",
                                "bun prisma migrate deploy",
                                "deno run -A npm:prisma@6 migrate deploy",
                                "node node_modules/.bin/prisma migrate deploy",
                                "node node_modules/prisma/build/index.js migrate deploy",
                                "node --env-file .env ./node_modules/prisma/build/index.js migrate deploy",
                                "prisma7 migrate deploy",
                                "./node_modules/.bin/prisma migrate deploy",
                                "dotenv -e .env.test -- prisma migrate deploy",
                                "dotenvx run -f .env -- npx prisma migrate deploy",
                                "cross-env NODE_ENV=test prisma migrate deploy",
                                "env-cmd -f .env prisma migrate deploy",
                                "node_modules\\.bin\\prisma.cmd migrate deploy"}) {
        CAPTURE(std::string(command));
        CHECK(tool_and_command(command) == "prisma");
    }
    CHECK(tool_and_command("npx drizzle-kit push") == "drizzle");
    CHECK(tool_and_command("npx knex migrate:latest") == "knex");
    CHECK(tool_and_command("ts-node ./node_modules/typeorm/cli.js -d x.ts migration:run") == "typeorm");
    CHECK(tool_and_command("node --require ts-node/register ./node_modules/typeorm/cli.js migration:run") ==
          "typeorm");
    CHECK(tool_and_command("npx typeorm-ts-node-commonjs migration:run -d x.ts") == "typeorm");
    CHECK(tool_and_command("npx typeorm-ts-node-esm migration:run -d x.ts") == "typeorm");
    CHECK(tool_and_command("tsx node_modules/knex/bin/cli.js migrate:latest") == "knex");
    CHECK(tool_and_command("npx sequelize-cli db:migrate") == "sequelize");
    CHECK(tool_and_command("npx sequelize db:migrate") == "sequelize");
    CHECK(tool_and_command("npx migrate-mongo up") == "migrate-mongo");
    CHECK(tool_and_command("npx eslint prisma") == "nothing of ours");
    CHECK(tool_and_command("node server.js") == "nothing of ours");
    CHECK(tool_and_command("node -e 'x'") == "nothing of ours");
    CHECK(tool_and_command("npm run build") == "nothing of ours");
    // A flag that nobody knows may have a value: the program is then the word behind it.
    CHECK(tool_and_command("npx --unheard-of value prisma migrate deploy") == "prisma");
}

TEST_CASE("launchers: Flyway by its command line, Maven and Gradle") {
    CHECK(line("flyway migrate") == "flyway run apply");
    CHECK(line("flyway -url=jdbc:x migrate") == "flyway run apply >");
    CHECK(line("flyway clean migrate") == "flyway reset destroy");
    CHECK(line("flyway migrate clean") == "flyway reset destroy");
    CHECK(line("flyway info migrate repair") == "flyway resolve revert");
    CHECK(line("mvn flyway:migrate") == "flyway run apply");
    CHECK(line("./mvnw -q -B flyway:clean") == "flyway reset destroy");
    CHECK(line("mvn -Dflyway.cleanDisabled=false flyway:migrate") == "flyway run destroy");
    CHECK(line("mvn flyway:clean flyway:migrate") == "flyway reset destroy");
    CHECK(line("mvn -Pproduction flyway:migrate") == "flyway run apply >");
    CHECK(line("mvn clean package flyway:migrate") == "flyway run apply ?clean ?package");
    CHECK(line("mvn org.flywaydb:flyway-maven-plugin:11.8.2:repair") == "flyway resolve revert");
    CHECK(line("mvn com.redgate.flyway:flyway-maven-plugin:undo") == "flyway rollback revert");
    CHECK(line("mvn test") == "nothing of ours");
    CHECK(line("./gradlew flywayMigrate") == "flyway run apply");
    CHECK(line("gradle :db:flywayClean") == "flyway reset destroy");
    CHECK(line("./gradlew fC") == "flyway reset destroy");
    CHECK(line("./gradlew test flywayMigrate") == "flyway run apply ?test");
    CHECK(line("./gradlew -Pflyway.url=jdbc:x flywayInfo") == "flyway status read >");
    CHECK(line("./gradlew build") == "nothing of ours");
    CHECK(line("docker run --rm -v /x:/flyway/sql flyway/flyway:11 -url=jdbc:x migrate") ==
          "flyway run apply >");
    CHECK(line("docker compose run --rm flyway clean") == "flyway reset destroy >");
}

TEST_CASE("launchers: containers and other machines have databases of their own") {
    for (const char* command :
         {"docker compose exec api alembic upgrade head",
          "docker compose -f x.yml -p y run --rm -e A=b api alembic upgrade head",
          "docker-compose exec -T api alembic upgrade head", "docker exec -it shop alembic upgrade head",
          "docker exec -u app -w /app shop uv run alembic upgrade head",
          "docker --context prod exec shop alembic upgrade head", "podman exec shop alembic upgrade head",
          "kubectl exec -it deploy/api -c app -- alembic upgrade head",
          "kubectl -n prod exec api -- sh -c 'alembic upgrade head'",
          "ssh db.example.com alembic upgrade head", "heroku run -a shop alembic upgrade head",
          "heroku run 'alembic upgrade head'", "fly ssh console -C 'alembic upgrade head'",
          "doppler run -- alembic upgrade head", "aws-vault exec prod -- alembic upgrade head",
          "docker compose exec api bash -lc 'alembic upgrade head'"}) {
        CAPTURE(std::string(command));
        auto found = classify_command(words(command));
        REQUIRE(found);
        CHECK(found->tool == Tool::alembic);
        CHECK(found->risk == Risk::apply);
        CHECK((found->retargets || std::string(command).starts_with("fly")));
    }
    CHECK(line("docker compose up -d") == "nothing of ours");
    CHECK(line("docker compose exec db psql") == "nothing of ours");
}

TEST_CASE("launchers: a script counts as its worst command") {
    CHECK(shell("alembic upgrade head") == "alembic run apply");
    CHECK(shell("alembic current && alembic downgrade base") == "alembic rollback destroy");
    CHECK(shell("alembic upgrade head; echo done") == "alembic run apply");
    CHECK(shell("cd api && uv run alembic upgrade head") == "alembic run apply >");
    CHECK(shell("export DATABASE_URL=x; alembic upgrade head") == "alembic run apply >");
    CHECK(shell("set -e\n# comment\nalembic upgrade 'he'ad\n") == "alembic run apply >");
    CHECK(shell("if true; then alembic stamp --purge head; fi") == "alembic resolve destroy");
    CHECK(shell("(alembic upgrade head) > log 2>&1") == "alembic run apply");
    CHECK(shell("./wait.sh && alembic upgrade head") == "alembic run apply ?./wait.sh");
    CHECK(shell("alembic upgrade head --sql | psql") == "alembic run read ?psql");
    CHECK(shell("echo $(alembic downgrade base)") == "alembic rollback destroy");
    CHECK(shell("echo `alembic downgrade base`") == "alembic rollback destroy");
    CHECK(shell("alembic downgrade $REVISION") == "alembic rollback revert ?$REVISION");
    CHECK(shell("$RUN alembic upgrade head") == "alembic - destroy ?$RUN");
    CHECK(shell("sh -c 'sh -c \"alembic downgrade base\"'") == "alembic rollback destroy");
    CHECK(shell("alembic upgrade head <<EOF\nx\nEOF") == "alembic run apply ?<< ?x ?EOF");
    CHECK(shell("ls -la && cat x") == "nothing of ours");
    CHECK(shell("npm test") == "nothing of ours");
    CHECK(whole({"bash", "-lc", "alembic upgrade head"}) == "alembic run apply");
    CHECK(whole({"alembic upgrade head && rm -rf x"}) == "alembic run apply ?rm");
    CHECK(whole({"alembic", "current", "&&", "alembic", "downgrade", "base"}) == "alembic rollback destroy");
    CHECK(whole({"npx", "-c", "prisma migrate deploy"}).starts_with("prisma"));
    CHECK(whole({"concurrently", "vite", "alembic downgrade base"}) == "alembic rollback destroy");
    CHECK(whole({"env", "-S", "alembic downgrade base"}) == "alembic rollback destroy");
}

TEST_CASE("launchers: help and versions do nothing; what is not known is the worst") {
    CHECK(line("alembic") == "alembic - read");
    CHECK(line("alembic --help") == "alembic - read");
    CHECK(line("alembic downgrade base --help") == "alembic - read");
    CHECK(line("alembic downgrade base -h") == "alembic - read");
    CHECK(line("alembic --version") == "alembic - read");
    // The value of a flag is no question for help.
    CHECK(line("knex migrate:rollback --env --help") != "knex - read");
    CHECK(line("alembic frobnicate") == "alembic - destroy ?frobnicate");
    CHECK(classify_command({}) == std::nullopt);
    CHECK(line("git status") == "nothing of ours");
    CHECK(line("echo alembic downgrade base") == "nothing of ours");
}

TEST_CASE("launchers: a command line that hides in its own depth is the worst") {
    std::string deep = "alembic current", wide = "alembic current";
    for (int i = 0; i < 40; ++i) deep = "sudo " + deep;
    CHECK(line(deep) == "alembic - destroy");
    for (int i = 0; i < 14; ++i) wide = "npx --a npx --b x " + wide;
    CHECK(classify_command(words(wide)).has_value());
}
