"""Private servers for the benchmarks."""
import os
import pathlib
import pwd
import socket
import subprocess
import sys
import time


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Postgres:
    """A private server with its own defaults."""

    def __init__(self, work):
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
        if not found:
            sys.exit("there is no PostgreSQL server: tests/install-servers")
        programs = found[-1].parent
        home = work / "postgresql"
        home.mkdir()
        self.user = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            work.chmod(0o755)
            os.chown(home, account.pw_uid, account.pw_gid)
            self.user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self.port = free_port()
        subprocess.run([programs / "initdb", "-D", home / "data", "-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C"],
                       check=True, stdout=subprocess.DEVNULL, **self.user)
        self.server = subprocess.Popen(
            [programs / "postgres", "-D", home / "data", "-p", str(self.port), "-k", home, "-c", "listen_addresses=127.0.0.1"],
            stdout=subprocess.DEVNULL, stderr=open(work / "postgresql.log", "wb"), **self.user)
        self.psql = [str(programs / "psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "app", "-qAtX",
                     "-v", "ON_ERROR_STOP=1"]
        while subprocess.run([*self.psql, "-d", "postgres", "-c", "SELECT 1"], capture_output=True).returncode != 0:
            time.sleep(0.1)
        self.databases = 0

    def fresh(self, used=False):
        """A new database. `used`: its first session, for which the server reads the whole catalog, is over."""
        self.databases += 1
        self.execute("postgres", f"CREATE DATABASE b{self.databases}")
        if used:
            self.execute(f"b{self.databases}", "SELECT 1")
        return f"b{self.databases}"

    def execute(self, database, sql):
        subprocess.run([*self.psql, "-d", database], input=sql, check=True, text=True, stdout=subprocess.DEVNULL)

    def url(self, database):
        return f"postgres://app:app@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def stop(self):
        self.server.terminate()
        self.server.wait()


class FerretDb:
    """Speaks MongoDB's protocol, keeps everything in a directory; `program` is tests/tools/ferretdb's."""

    def __init__(self, work, program):
        self.port = free_port()
        home = work / "ferretdb"
        home.mkdir()
        self.server = subprocess.Popen([program, str(self.port), home], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        self.databases = 0
        while socket.socket().connect_ex(("127.0.0.1", self.port)) != 0:
            time.sleep(0.1)

    def fresh(self):
        self.databases += 1
        return f"mongodb://127.0.0.1:{self.port}/b{self.databases}"

    def stop(self):
        self.server.terminate()
        self.server.wait()
