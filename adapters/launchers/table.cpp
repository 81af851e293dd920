#include "adapters/launchers/table.hpp"

#include <array>
#include <utility>

namespace migrate::launchers {

namespace {

constexpr std::string_view kNpm = "!--prefix !-C !--workspace !-w -p --package --loglevel --registry --cache";
constexpr std::string_view kPnpm =
    "!--filter !-F !-C !--dir --loglevel --reporter --workspace-concurrency --package";
constexpr std::string_view kCompose =
    "!-f !--file !-p !--project-name !--profile !--project-directory !--env-file !-e !--env -u --user -w "
    "--workdir "
    "--index --entrypoint --name -v --volume -l --label --ansi --progress --parallel --pull --publish";
constexpr std::string_view kDocker =
    "!--context !-c !-H !--host !-e !--env !--env-file -u --user -w --workdir -v --volume --mount --name "
    "--network "
    "--entrypoint -p --publish -l --label --platform --memory -m --cpus --add-host --link --detach-keys "
    "--hostname "
    "-h --log-driver --log-opt --restart --pull --tmpfs --ulimit --gpus --config --log-level -l";

constexpr std::array kLaunchers = {
    // name, subcommands, optional, valued flags, operands, elsewhere
    Launcher{"npx", "", false,
             "-p --package --loglevel --registry --cache !--prefix !-w !--workspace -c --call", 0, false},
    Launcher{"npm", "exec x", false, kNpm, 0, false},
    Launcher{"pnpm", "exec dlx run x", true, kPnpm, 0, false},
    Launcher{"pnpx", "", false, kPnpm, 0, false},
    Launcher{"yarn", "workspace", false, "!--cwd", 1, true},
    Launcher{"yarn", "run exec dlx", true, "!--cwd -p --package", 0, false},
    Launcher{"bunx", "", false, "-p --package", 0, false},
    Launcher{"bun", "x run", true, "!--cwd !--env-file !--filter !-F -p --package --config -c -r --preload",
             0, false},
    Launcher{"deno", "run task x", false, "!--config -c --import-map --lock --env-file", 0, false},
    Launcher{"corepack", "", false, "", 0, false},
    Launcher{
        "uv", "run", false,
        "!--env-file !--directory !--project !--package --with --with-editable --with-requirements --python "
        "-p "
        "--group --no-group --only-group --extra --no-extra --index --index-url -i --default-index "
        "--extra-index-url --find-links -f --cache-dir --color --config-file --refresh-package "
        "--reinstall-package --upgrade-package -P --config-setting -C --link-mode --resolution --prerelease "
        "--exclude-newer --index-strategy --keyring-provider --allow-insecure-host",
        0, false},
    Launcher{"uv", "tool", false, "--from --with --python -p --index --index-url", 0, false},
    Launcher{"uvx", "", false, "--from --with --python -p --index --index-url", 0, false},
    Launcher{"poetry", "run", false, "!-C !--directory !-P !--project", 0, false},
    Launcher{"pdm", "run", false, "!-p !--project -s --site-packages", 0, false},
    Launcher{"pipenv", "run", false, "--python", 0, false},
    Launcher{"hatch", "run", false, "!-e !--env !-p !--project --data-dir --cache-dir --config", 0, false},
    Launcher{"rye", "run", false, "!--pyproject", 0, false},
    Launcher{"pixi", "run", false, "!-e !--environment !--manifest-path", 0, false},
    Launcher{"conda", "run", false, "!-n !--name !-p !--prefix !--cwd", 0, false},
    Launcher{"mamba", "run", false, "!-n !--name !-p !--prefix !--cwd", 0, false},
    Launcher{"micromamba", "run", false, "!-n !--name !-p !--prefix !--cwd !-r !--root-prefix", 0, false},

    Launcher{"docker-compose", "exec run", false, kCompose, 1, true},
    Launcher{"docker", "exec run", false, kDocker, 1, true},
    Launcher{"podman", "exec run", false, kDocker, 1, true},
    Launcher{"nerdctl", "exec run", false, kDocker, 1, true},
    Launcher{"kubectl", "exec", false, "!-n !--namespace !-c !--container !--context !--kubeconfig -f", 1,
             true},
    Launcher{"ssh", "", false, "-p -i -l -o -F -J -L -R -D -b -c -E -m -S -W -w", 1, true},
    Launcher{"heroku", "run", false, "!-a !--app !-r !--remote -s --size --type -e --env", 0, true},
    Launcher{"railway", "run", false, "!-s !--service !-e !--environment !-p !--project", 0, true},
    Launcher{"doppler", "run", false, "!-p !--project !-c !--config -t --token --scope", 0, true},
    Launcher{"infisical", "run", false, "!--env !--path !--projectId --token", 0, true},
    Launcher{"op", "run", false, "!--env-file !--account", 0, true},
    Launcher{"aws-vault", "exec", false, "-d --duration --region", 1, true},
    Launcher{"chamber", "exec", false, "-b --backend", 1, true},
    Launcher{"dotenv", "run", true, "!-e !-f !--file !-c !-v -p", 0, true},
    Launcher{"dotenvx", "run", false, "!-f !--env-file !-e !--env", 0, true},
    Launcher{"env-cmd", "", false, "!-f !--file !-e !--environments !-r !--rc-file", 0, true},
    Launcher{"cross-env", "", false, "", 0, false},
    Launcher{"cross-env-shell", "", false, "", 0, false},
    Launcher{"direnv", "exec", false, "", 1, true},
    Launcher{"mise", "exec x", false, "!-C !--cd -j --jobs", 0, false},
    Launcher{"asdf", "exec", false, "", 0, false},

    Launcher{"env", "", false, "-u --unset !-C !--chdir -S --split-string", 0, false},
    Launcher{"sudo", "", false, "-u --user -g --group -h --host -p --prompt -C -D --chdir -r -t -T", 0,
             false},
    Launcher{"doas", "", false, "-u -C", 0, false},
    Launcher{"gosu", "", false, "", 1, false},
    Launcher{"su-exec", "", false, "", 1, false},
    Launcher{"time", "", false, "-f --format -o --output", 0, false},
    Launcher{"nice", "", false, "-n --adjustment", 0, false},
    Launcher{"ionice", "", false, "-c --class -n --classdata -p", 0, false},
    Launcher{"nohup", "", false, "", 0, false},
    Launcher{"setsid", "", false, "", 0, false},
    Launcher{"stdbuf", "", false, "-i --input -o --output -e --error", 0, false},
    Launcher{"timeout", "", false, "-k --kill-after -s --signal", 1, false},
    Launcher{"flock", "", false, "-w --timeout -E --conflict-exit-code", 1, false},
    Launcher{"watch", "", false, "-n --interval", 0, false},
    Launcher{"xargs", "", false, "-I -n -P -d -L -E -s -a --arg-file --max-args --max-procs", 0, false},
    Launcher{"exec", "", false, "-a", 0, false},
    Launcher{"command", "", false, "", 0, false},
    Launcher{"builtin", "", false, "", 0, false},
    Launcher{"tini", "", false, "-p -e", 0, false},
    Launcher{"dumb-init", "", false, "-r --rewrite", 0, false},
    Launcher{"strace", "", false, "-e -o -p -s -u -E -P", 0, false},
    Launcher{"caffeinate", "", false, "-t -w", 0, false},
};

constexpr std::pair<std::string_view, Tool> kPrograms[] = {
    {"prisma", Tool::prisma},
    {"prisma6", Tool::prisma},
    {"prisma7", Tool::prisma},
    {"drizzle-kit", Tool::drizzle},
    {"knex", Tool::knex},
    {"typeorm", Tool::typeorm},
    {"typeorm-ts-node-commonjs", Tool::typeorm},
    {"typeorm-ts-node-esm", Tool::typeorm},
    {"sequelize", Tool::sequelize},
    {"sequelize-cli", Tool::sequelize},
    {"alembic", Tool::alembic},
    {"manage.py", Tool::django},
    {"django-admin", Tool::django},
    {"django-admin.py", Tool::django},
    {"flyway", Tool::flyway},
    {"migrate-mongo", Tool::migrate_mongo},
};

}  // namespace

std::span<const Launcher> launchers() {
    return kLaunchers;
}

std::optional<Tool> tool_of_program(std::string_view base_name) {
    for (const auto& [name, tool] : kPrograms)
        if (name == base_name) return tool;
    return std::nullopt;
}

std::optional<Tool> tool_of_package(std::string_view package) {
    auto tool = tool_of_program(package);
    return tool && ecosystem_of(*tool) == Ecosystem::javascript ? tool : std::nullopt;
}

}  // namespace migrate::launchers
