"""One question for all who ask at the same time: who comes while one is under way joins the next.

So nobody is told anything older than its own question, and a chain whose registers all wake at once asks the database
a few times, not thousands. Lives on one event loop. Knows nothing of what is asked.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Generic, TypeVar

from sync.hq.beside import whole

K = TypeVar("K")
V = TypeVar("V")


class Together(Generic[K, V]):
    """Asks for the keys of everybody who waits."""

    def __init__(self, ask: Callable[[frozenset[K]], Coroutine[Any, Any, V]]) -> None:
        """Let ``ask`` be asked, one question at a time."""
        self._ask = ask
        self._one = asyncio.Lock()
        self._wanted: set[K] = set()
        self._next: asyncio.Task[V] | None = None

    async def ask(self, keys: Iterable[K]) -> V:
        """Give an answer to a question that was put after this call; it may tell of more than these keys."""
        self._wanted |= set(keys)
        if self._next is None:
            self._next = asyncio.create_task(self._put())
        return await whole(self._next)

    async def _put(self) -> V:
        async with self._one:
            wanted, self._wanted, self._next = frozenset(self._wanted), set(), None
            return await self._ask(wanted)
