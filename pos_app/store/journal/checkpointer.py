"""Moves the journal's WAL into its file beside the sales, so that no sale waits for it.

Automatic checkpoints run inside a commit and are its slowest hundredth. Here a thread with a connection of its own
copies when the WAL has grown (PASSIVE: waits for nobody, holds up nobody) or the counter rests; then the next sale
writes from the start again. The file keeps its length: see `wal_room` for what that saves. Knows nothing of facts.
"""

import sqlite3
from pathlib import Path
from threading import Event, Thread
from typing import Final

from pos_app.store.journal.wal_room import is_used_past, make_room
from pos_app.store.sqlite_failures import breakdown_of

CAP_BYTES: Final = 16 * 1024 * 1024
"""What a WAL has room for, some hundreds of sales. Half used, it is copied even while sales come in."""
_BUSY_MS: Final = 20
"""So long a moment between two sales is sought, where they come without a pause; and no sale waits longer for it."""
LOOK_EVERY_S: Final = 1.0
_REST_LOOKS: Final = 5
"""Looks at an unchanged WAL after which the counter is taken to rest."""


class Checkpointer:
    """Keeps one WAL short. `look` may be called by hand (a simulation does), or by the thread that `start` makes."""

    def __init__(self, path: Path, cap_bytes: int = CAP_BYTES, look_every_s: float = LOOK_EVERY_S) -> None:
        """Watch the WAL beside the file at ``path``."""
        self._path = path
        self._wal = path.with_name(f"{path.name}-wal")
        self._cap_bytes = cap_bytes
        self._look_every_s = look_every_s
        self._seen: tuple[int, int] | None = None
        self._rested = 0
        self._stop = Event()
        self._thread: Thread | None = None
        self._connection: sqlite3.Connection | None = None

    def start(self) -> None:
        """Look every second until `close`."""
        self._thread = Thread(target=self._run, name="checkpointer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking and let the file go."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def look(self) -> None:
        """Copy what has grown past the cap, and all of it when nothing was written for a while; make room."""
        state = self._wal_state()
        self._rested = self._rested + 1 if state == self._seen else 0
        self._seen = state
        if state is None:
            return
        _, size = state
        try:
            if self._rested >= _REST_LOOKS:
                self._checkpoint("PASSIVE")
                if size > self._cap_bytes:
                    self._checkpoint("TRUNCATE")
                self._rested = 0
            elif is_used_past(self._wal, self._cap_bytes // 2):
                # All but the last few pages beside the sales, those between two of them.
                self._checkpoint("PASSIVE")
                self._checkpoint("RESTART")
            if size < self._cap_bytes:
                make_room(self._connected(), self._wal, self._cap_bytes)
        except sqlite3.DatabaseError as error:
            # A busy file, a full or failing disk is met again at the next look, and by the sale that matters.
            if breakdown_of(error, self._path) is None:
                raise

    def _run(self) -> None:
        while not self._stop.wait(self._look_every_s):
            self.look()

    def _wal_state(self) -> tuple[int, int] | None:
        try:
            status = self._wal.stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_size

    def _checkpoint(self, mode: str) -> None:
        """Copy; where a sale or a reader is in the way, some or nothing."""
        self._connected().execute(f"PRAGMA wal_checkpoint({mode})").fetchall()

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            self._connection.execute("PRAGMA checkpoint_fullfsync = ON")
            # The sync at a checkpoint keeps the file whole; NORMAL would do too, but costs nothing here.
            self._connection.execute("PRAGMA synchronous = FULL")
        return self._connection
