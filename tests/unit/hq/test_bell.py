"""The bell: who listens before looking misses nothing, and nobody is woken for another's news."""

import asyncio
from collections.abc import Mapping

import pytest

from sync.hq.publications import bell as module
from sync.hq.publications.bell import Bell, Listener


async def rung(listener: Listener) -> bool:
    """Tell whether it was woken: its wait ends before its time."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    await listener.wait(0.2)
    return loop.time() - began_s < 0.1


def test_news_between_looking_and_waiting_is_not_missed() -> None:
    async def story() -> bool:
        bell = Bell()
        with bell.listening(["chain", "store:S001"]) as listener:
            bell.ring({"store:S001"})
            return await rung(listener)

    assert asyncio.run(story())


def test_each_ring_wakes_once() -> None:
    async def story() -> list[bool]:
        bell = Bell()
        with bell.listening(["chain"]) as listener:
            bell.ring({"chain"})
            return [await rung(listener), await rung(listener)]

    assert asyncio.run(story()) == [True, False]


def test_news_of_other_scopes_wakes_nobody() -> None:
    async def story() -> bool:
        bell = Bell()
        with bell.listening(["chain"]) as listener:
            bell.ring({"store:S001", "zone:east"})
            return await rung(listener)

    assert not asyncio.run(story())


def test_closing_wakes_everybody() -> None:
    async def story() -> tuple[bool, bool]:
        bell = Bell()
        with bell.listening(["chain"]) as listener:
            bell.close()
            return await rung(listener), bell.closing

    assert asyncio.run(story()) == (True, True)


def test_looking_around_rings_for_what_moved_and_asks_only_while_somebody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.01)
    revs: dict[str, int] = {"chain": 1, "store:S001": 5}
    looks = 0

    async def look() -> Mapping[str, int]:
        nonlocal looks
        looks += 1
        return dict(revs)

    async def story() -> list[object]:
        bell = Bell()
        looking = asyncio.create_task(bell.look_around(look))
        await asyncio.sleep(0.05)
        unwatched = looks
        with bell.listening(["chain"]) as listener:
            await rung(listener)  # the first look does not know what was before
            nothing = await rung(listener)
            revs["store:S001"] = 6
            elsewhere = await rung(listener)
            revs["chain"] = 2
            here = await rung(listener)
        looking.cancel()
        return [unwatched, nothing, elsewhere, here]

    assert asyncio.run(story()) == [0, False, False, True]
