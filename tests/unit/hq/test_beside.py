import asyncio

from sync.hq.beside import beside, whole


def test_work_beside_ends_between_two_steps_and_never_in_one() -> None:
    done: list[str] = []
    begun = asyncio.Event()

    async def step() -> None:
        done.append("begun")
        begun.set()
        await asyncio.sleep(0.02)
        done.append("ended")

    async def work() -> None:
        while True:
            await whole(step())

    async def run() -> None:
        async with beside(work()):
            await begun.wait()

    asyncio.run(run())

    assert done.count("begun") == done.count("ended") == 1


def test_what_a_step_gives_or_raises_is_given_or_raised() -> None:
    async def seven() -> int:
        return 7

    async def broken() -> int:
        raise ValueError

    async def run() -> None:
        assert await whole(seven()) == 7
        try:
            await whole(broken())
        except ValueError:
            return
        raise AssertionError

    asyncio.run(run())
