"""A PostgreSQL server of our own, on a Unix socket, stopped and started at will. Where there is none its tests skip."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pytest

from sync.hq.settings import Settings
from tests.integration.hq.till import small_chain
from tests.support.real_hq import CHEAP_PIN, RealHq

SERVER_USER = "postgres" if os.name == "posix" and os.geteuid() == 0 else None
"""A server that finds itself started by root refuses."""


def server_program(name: str) -> str:
    """Find one of the server's programs."""
    found = [*Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), *filter(None, [shutil.which(name)])]
    if not found:
        pytest.skip("there is no PostgreSQL here")
    return str(found[0])


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server."""

    folder: Path
    log: BinaryIO

    def start(self) -> None:
        """Start it."""
        options = f"-c listen_addresses='' -c fsync=off -k {self.folder}"
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
        """Make a database named like a test; give its name."""
        name = "d" + "".join(letter for letter in wanted.lower() if letter.isalnum())[:60]
        self.ask(f"CREATE DATABASE {name}")
        return name

    def headquarters(self, folder: Path, database: str) -> RealHq:
        """Give a headquarters over a database, not started."""
        hq = RealHq(folder)
        hq.settings = Settings.embedded(folder, database_url=self.url(database), pin_cost=CHEAP_PIN)
        return hq


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Make a server, and take it away."""
    pytest.importorskip("asyncpg", reason="the extra `postgresql` is not installed")
    initdb = server_program("initdb")
    with tempfile.TemporaryDirectory(prefix="hq-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        if SERVER_USER:
            shutil.chown(folder, SERVER_USER)
        log = folder.parent / f"{folder.name}.log"
        with log.open("wb") as written:
            cluster = Cluster(folder, written)
            cluster.run(initdb, "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")
            cluster.start()
            try:
                yield cluster
            finally:
                with suppress(subprocess.CalledProcessError):
                    cluster.stop()
        log.unlink()


@contextmanager
def started(hq: RealHq) -> Iterator[RealHq]:
    """Run a headquarters with two stores."""
    hq.start()
    try:
        hq.administrator("POST", "/v1/import", json=small_chain())
        yield hq
    finally:
        hq.stop()
