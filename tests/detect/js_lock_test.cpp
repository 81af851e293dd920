#include "detect/js_lock.hpp"

using namespace migrate;
using namespace migrate::detection;

TEST_CASE("package-lock.json gives the version that is installed for a workspace, the nested one first") {
    const char* lock = R"({
  "lockfileVersion": 3,
  "packages": {
    "node_modules/prisma": {
      "version": "6.19.3",
      "dependencies": {"a": "1"}
    },
    "packages/db/node_modules/prisma": {
      "version": "5.22.0"
    },
    "node_modules/no-version": {
      "link": true
    },
    "node_modules/other": {
      "version": "1.0.0"
    }
  }
})";
    CHECK(npm_locked(lock, "prisma", {"packages/db", "packages", ""}) == "5.22.0");
    CHECK(npm_locked(lock, "prisma", {"packages/api", "packages", ""}) == "6.19.3");
    CHECK(npm_locked(lock, "knex", {""}).empty());
    CHECK(npm_locked(lock, "no-version", {""}).empty());
}

TEST_CASE("package-lock.json of version 1 keeps its packages in a tree") {
    const char* lock = R"({
  "lockfileVersion": 1,
  "dependencies": {
    "migrate-mongo": {
      "version": "8.2.2",
      "requires": {}
    }
  }
})";
    CHECK(npm_locked(lock, "migrate-mongo", {""}) == "8.2.2");
}

TEST_CASE("pnpm-lock.yaml of version 9 is read per importer, peers left out") {
    const char* lock = R"(lockfileVersion: '9.0'

importers:

  .:
    devDependencies:
      drizzle-kit:
        specifier: ^0.20.0
        version: 0.20.18

  packages/db:
    dependencies:
      drizzle-kit:
        specifier: 'catalog:'
        version: 0.31.10
      '@prisma/client':
        specifier: ^6.0.0
        version: 6.1.0(prisma@6.1.0(typescript@5.4.5))(typescript@5.4.5)

packages:

  drizzle-kit@0.31.10:
    resolution: {integrity: sha512-x}

  knex@2.5.1:
    resolution: {integrity: sha512-x}

  knex@3.1.0:
    resolution: {integrity: sha512-x}
)";
    CHECK(pnpm_locked(lock, "drizzle-kit", "packages/db") == "0.31.10");
    CHECK(pnpm_locked(lock, "drizzle-kit", ".") == "0.20.18");
    CHECK(pnpm_locked(lock, "@prisma/client", "packages/db") == "6.1.0");
    // Not a dependency of the importer: of what is installed anywhere, the newest.
    CHECK(pnpm_locked(lock, "knex", "packages/db") == "3.1.0");
    CHECK(pnpm_locked(lock, "typeorm", ".").empty());
}

TEST_CASE("pnpm-lock.yaml of versions 5 and 6 is read as well") {
    const char* five = R"(lockfileVersion: 5.4

importers:

  packages/api:
    specifiers:
      knex: ^2.0.0
      typeorm: 0.3.11
    dependencies:
      knex: 2.4.2_pg@8.11.0
      typeorm: 0.3.11_abc123

packages:

  /knex/2.4.2_pg@8.11.0:
    resolution: {integrity: sha512-x}
)";
    CHECK(pnpm_locked(five, "knex", "packages/api") == "2.4.2");
    CHECK(pnpm_locked(five, "typeorm", "packages/api") == "0.3.11");
    const char* single = R"(lockfileVersion: 5.3

specifiers:
  knex: ^1.0.0

dependencies:
  knex: 1.0.7

packages:

  /knex/1.0.7:
    resolution: {integrity: sha512-x}
)";
    CHECK(pnpm_locked(single, "knex", ".") == "1.0.7");
    const char* six = R"(lockfileVersion: '6.0'

dependencies:
  prisma:
    specifier: ^5.0.0
    version: 5.22.0

packages:

  /prisma@5.22.0:
    resolution: {integrity: sha512-x}
)";
    CHECK(pnpm_locked(six, "prisma", ".") == "5.22.0");
}

TEST_CASE("a linked workspace package has no version of its own") {
    const char* lock = R"(importers:

  apps/a:
    dependencies:
      knex:
        specifier: workspace:*
        version: link:../../packages/knex
)";
    CHECK(pnpm_locked(lock, "knex", "apps/a").empty());
}

TEST_CASE("yarn.lock, classic and berry, gives the version that the range resolved to") {
    const char* classic = R"(# yarn lockfile v1


knex-utils@^1.0.0:
  version "9.9.9"

knex@^0.95.0, knex@^0.95.4:
  version "0.95.15"
  resolved "https://example.test/knex"

"knex@>=2 <3":
  version "2.5.1"
)";
    CHECK(yarn_locked(classic, "knex", "^0.95.4") == "0.95.15");
    CHECK(yarn_locked(classic, "knex", ">=2 <3") == "2.5.1");
    CHECK(yarn_locked(classic, "knex", "*") == "2.5.1");
    const char* berry = R"(__metadata:
  version: 8

"typeorm@npm:^0.3.20":
  version: 0.3.26
  resolution: "typeorm@npm:0.3.26"

"@scope/server@workspace:packages/server":
  version: 0.0.0-use.local
  resolution: "@scope/server@workspace:packages/server"
)";
    CHECK(yarn_locked(berry, "typeorm", "^0.3.20") == "0.3.26");
    CHECK(yarn_locked(berry, "@scope/server", "workspace:*").empty());
    CHECK(yarn_locked(berry, "prisma", "^5").empty());
}

TEST_CASE("bun.lock lists packages as arrays") {
    const char* lock = R"({"packages": {
    "prisma": ["prisma@7.4.0", "", {"dependencies": {}}, "sha512-x"],
}})";
    CHECK(bun_locked(lock, "prisma") == "7.4.0");
    CHECK(bun_locked(lock, "knex").empty());
}

TEST_CASE("a catalog range stands in pnpm-workspace.yaml") {
    const char* workspace = R"(packages:
  - packages/*

catalog:
  drizzle-kit: 0.31.10
  '@prisma/client': ^6.0.0

catalogs:
  old:
    drizzle-kit: ^0.20.0
)";
    CHECK(catalog_range(workspace, "drizzle-kit", "catalog:") == "0.31.10");
    CHECK(catalog_range(workspace, "@prisma/client", "catalog:default") == "^6.0.0");
    CHECK(catalog_range(workspace, "drizzle-kit", "catalog:old") == "^0.20.0");
    CHECK(catalog_range(workspace, "knex", "catalog:").empty());
    CHECK(catalog_range(workspace, "knex", "^3.0.0") == "^3.0.0");
}

TEST_CASE("empty and cut lock files give nothing and break nothing") {
    for (const char* text : {"", "importers:", "importers:\n\n  .:", "packages:", "\"node_modules/knex\": {",
                             "\nknex@^1:\n  version", "\"knex\": [\"knex@"}) {
        CAPTURE(text);
        CHECK(npm_locked(text, "knex", {""}).empty());
        CHECK(pnpm_locked(text, "knex", ".").empty());
        CHECK(yarn_locked(text, "knex", "^1").empty());
        CHECK(bun_locked(text, "knex").empty());
    }
}
