#include "adapters/alembic/guard.hpp"

namespace migrate::alembic {

std::string_view guard_script() {
    return R"(import os
import sys

from sqlalchemy.engine import Engine
from sqlalchemy.engine.url import make_url

want = make_url(os.environ.pop("MIGRATE_SCRATCH_URL"))
driver = os.environ.pop("MIGRATE_SCRATCH_DRIVER", "")
variable = os.environ.pop("MIGRATE_SCRATCH_VARIABLE", "")
program = os.environ.pop("MIGRATE_PROGRAM", "alembic")
if driver:
    want = want.set(drivername=driver)
text = want.render_as_string(hide_password=False)
if variable:
    os.environ[variable] = text


def place(url):
    return url.get_backend_name(), url.host, url.port, url.database


def guard(name):
    original = getattr(Engine, name)

    def guarded(self, *args, **kwargs):
        if place(self.url) != place(want):
            print("migrate: the project opens another database than the scratch one", file=sys.stderr)
            sys.stderr.flush()
            os._exit(97)
        return original(self, *args, **kwargs)

    setattr(Engine, name, guarded)


for name in ("connect", "raw_connection"):
    guard(name)

if program == "flask":
    from flask.cli import main

    sys.argv[0] = "flask"
    main()
else:
    from alembic import config

    run_cmd = config.CommandLine.run_cmd

    def with_scratch(self, cfg, options):
        if not cfg.file_config.has_section(cfg.config_ini_section):
            cfg.file_config.add_section(cfg.config_ini_section)
        cfg.set_main_option("sqlalchemy.url", text.replace("%", "%%"))
        return run_cmd(self, cfg, options)

    config.CommandLine.run_cmd = with_scratch
    config.main(argv=sys.argv[1:], prog="alembic")
)";
}

}  // namespace migrate::alembic
