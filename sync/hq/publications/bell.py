"""Wakes held questions when a scope moves: at once within this process, within half a second when another one wrote.

Knows nothing of what was published. Lives on one event loop.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from sync.hq.beside import whole

LOOK_S: Final = 0.4
"""How often other processes' writes are looked for, while anybody waits."""

Look = Callable[[], Coroutine[Any, Any, Mapping[str, int]]]
"""Asks the database for every scope's revision; nothing when it cannot be asked just now."""


class Listener:
    """One held question."""

    def __init__(self, scopes: Collection[str]) -> None:
        """Listen to scopes."""
        self.scopes = frozenset(scopes)
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake it."""
        self._rung.set()

    async def wait(self, timeout_s: float) -> bool:
        """Wait until it is woken or the time is up, and listen again; tell whether it was woken."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        woken = self._rung.is_set()
        self._rung.clear()
        return woken


class Bell:
    """Who waits for which scopes."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._listeners: set[Listener] = set()
        self._seen: Mapping[str, int] = {}
        self.closing = False
        """Headquarters goes down: whoever waits goes home with what there is."""

    def ring(self, scopes: Collection[str]) -> None:
        """Wake whoever waits for one of these."""
        for listener in self._listeners:
            if not listener.scopes.isdisjoint(scopes):
                listener.ring()

    def close(self) -> None:
        """Wake everybody for the last time."""
        self.closing = True
        for listener in self._listeners:
            listener.ring()

    @contextmanager
    def listening(self, scopes: Collection[str]) -> Iterator[Listener]:
        """Listen from now on; look at the database after this began, so that nothing falls between."""
        listener = Listener(scopes)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.remove(listener)

    async def look_around(self, look: Look) -> None:
        """Ring for what other processes write, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            if not self._listeners:
                continue
            revs = await whole(look())
            self.ring({name for name, rev in revs.items() if rev != self._seen.get(name)})
            self._seen = revs
