// Asks env.py, or the Flask application, which database it would connect to.
#include "adapters/alembic/alembic.hpp"
#include "adapters/support/py_probe.hpp"
#include "adapters/support/py_target.hpp"

namespace migrate::alembic {

namespace {

// `current` is run up to the first connection, which is where it stops (Alembic 1.8.1 and 1.20.1 with
// SQLAlchemy 1.4 and 2.0, Flask-Migrate 4.1.0). An env.py that makes one engine and hands it to somebody
// else has named its database too.
constexpr std::string_view kAsk = R"(
class Stop(BaseException):
    pass


def ask():
    import sqlalchemy
    from sqlalchemy import engine
    from sqlalchemy.engine import Engine, create

    hit, made = [], []
    original = create.create_engine

    def create_engine(*args, **kwargs):
        new = original(*args, **kwargs)
        made.append(new.url)
        return new

    for module in (create, engine, sqlalchemy):
        module.create_engine = create_engine

    def stop(self, *args, **kwargs):
        hit.append(self.url)
        raise Stop()

    Engine.connect = Engine.begin = Engine.raw_connection = stop
    try:
        if sys.argv[1:] == ["flask"]:
            from flask.cli import ScriptInfo, cli, load_dotenv

            load_dotenv()
            # `flask` itself hides what went wrong in here; since 2.2 its command line alone reads FLASK_APP.
            ScriptInfo(os.environ.get("FLASK_APP")).load_app()
            cli.main(args=["db", "current"], prog_name="flask", standalone_mode=False)
        else:
            from alembic.config import CommandLine

            CommandLine().main(argv=["--raiseerr"] + sys.argv[1:] + ["current"])
    except Stop:
        pass
    seen = []
    for url in hit or made:
        text = url.render_as_string(hide_password=False) if hasattr(url, "render_as_string") else str(url)
        if text not in seen:
            seen.append(text)
    if len(seen) != 1:
        return []
    return [{"name": "default", "url": seen[0], "variable": variable_with(seen[0])}]
)";

}  // namespace

std::optional<Probe> probe(const Unit& unit, const std::filesystem::path& root,
                           const std::string& environment) {
    Config config = read_config(unit, root, environment);
    std::vector<std::string> args;
    if (is_flask(unit)) {
        args = {"flask"};
    } else {
        std::string file = config.file.empty() ? "" : from_unit_root(unit, config.file);
        if (!file.empty() && file != "alembic.ini" && file != "pyproject.toml")
            args.insert(args.end(), {"-c", file});
        if (config.section != "alembic" && !config.section.empty())
            args.insert(args.end(), {"-n", config.section});
    }
    Probe probe = py::python_probe(unit, launch_of(unit), std::move(args), kAsk);
    std::string env = env_file(unit, config, root);
    probe.file = is_flask(unit) || env.empty() ? config.file : env;
    return probe;
}

}  // namespace migrate::alembic
