"""A PostgreSQL server of one's own, on a Unix socket in a temporary folder: for the bench, and for tests.

It is stopped and started at will and leaves nothing behind. Knows nothing of headquarters.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, Final

SERVER_USER: Final = "postgres" if os.name == "posix" and os.geteuid() == 0 else None
"""A server that finds itself started by root refuses."""


class NoPostgresql(Exception):
    """There is none on this machine, and what is missing."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server. ``options`` are those of its command line."""

    folder: Path
    log: BinaryIO
    options: str

    def start(self) -> None:
        """Start it."""
        options = f"-c listen_addresses='' {self.options} -k {self.folder}"
        self.run(server_program("pg_ctl"), "-D", str(self.folder / "data"), "-o", options, "-w", "start")

    def stop(self) -> None:
        """Stop it, as a machine that loses its power does."""
        self.run(server_program("pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def run(self, *command: str) -> None:
        """Run a program as the server's user."""
        subprocess.run(command, user=SERVER_USER, cwd=self.folder, stdout=self.log, stderr=self.log, check=True)

    def ask(self, statement: str, database: str = "postgres") -> str:
        """Run a statement; give what it says."""
        command = [server_program("psql"), "-h", str(self.folder), "-U", "postgres", "-d", database, "-qAtc", statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def url(self, database: str) -> str:
        """Give a database's address."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self.folder}"

    def new_database(self, wanted: str) -> str:
        """Make a database named like what it is for; give its name."""
        name = "d" + "".join(letter for letter in wanted.lower() if letter.isalnum())[:60]
        self.ask(f"CREATE DATABASE {name}")
        return name


def server_program(name: str) -> str:
    """Find one of the server's programs; raise `NoPostgresql`."""
    found = [*Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), *filter(None, [shutil.which(name)])]
    if not found:
        raise NoPostgresql("there is no PostgreSQL here")
    return str(found[0])


def check_there_is_one() -> None:
    """Raise `NoPostgresql` where a server, or the way to speak with one, is missing."""
    server_program("initdb")
    if find_spec("asyncpg") is None:
        raise NoPostgresql("the extra `postgresql` is not installed")


@contextmanager
def running_cluster(options: str = "") -> Iterator[Cluster]:
    """Make a server, and take it away; raise `NoPostgresql` where there is none, or no way to speak with one."""
    check_there_is_one()
    initdb = server_program("initdb")
    with tempfile.TemporaryDirectory(prefix="hq-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        if SERVER_USER:
            shutil.chown(folder, SERVER_USER)
        log = folder.parent / f"{folder.name}.log"
        with log.open("wb") as written:
            cluster = Cluster(folder, written, options)
            cluster.run(initdb, "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")
            cluster.start()
            try:
                yield cluster
            finally:
                with suppress(subprocess.CalledProcessError):
                    cluster.stop()
        log.unlink()
