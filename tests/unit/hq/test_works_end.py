"""Works beside requests end when they are told to, also in the moment in which they were woken."""

import asyncio
from typing import Any

import pytest

from sync.hq.publications import outbox as outbox_module
from sync.hq.publications.outbox import Outbox


@pytest.mark.timeout(20)
def test_an_end_that_meets_a_waking_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "LOOK_S", 600)

    async def nothing(_: object) -> None:
        """Nothing is due."""

    async def run() -> None:
        outbox: Any = object.__new__(Outbox)
        outbox._woken = asyncio.Event()
        monkeypatch.setattr(Outbox, "drain", nothing)
        work = asyncio.create_task(outbox.run())
        await asyncio.sleep(0.05)
        outbox.wake()
        # What it waits for is there; before its turn comes, it is told to end.
        await asyncio.sleep(0)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(run())
