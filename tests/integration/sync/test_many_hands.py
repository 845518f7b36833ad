"""Push, pull and a person's wishes at once, on threads of their own: nothing lost, doubled or out of order."""

from collections.abc import Callable
from random import Random
from threading import Event, Thread

import pytest

from pos_app.domain.errors import GranaryError
from tests.support.branch import Branch
from tests.support.mishaps import Mishap, altered, answer_lost, answered, doubled, goes_well, silent

WEATHER: list[Mishap] = [
    goes_well,
    goes_well,
    answer_lost,
    doubled,
    silent,
    altered(lambda body: body[: len(body) // 2]),
    answered(200, b"<html>", Content_Type="text/html"),
    answered(503, b"", Retry_After="1"),
]


@pytest.mark.parametrize("seed", range(5))
def test_in_any_weather_all_is_there_once_after_it_clears(branch: Branch, seed: int) -> None:
    random = Random(seed)
    over = Event()
    branch.mishaps.expect(*random.choices(WEATHER, k=300))
    bugs: list[BaseException] = []

    def again_and_again(step: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            while not over.is_set():
                try:
                    step()
                except GranaryError:
                    continue
                except BaseException as bug:  # noqa: BLE001 — told below
                    bugs.append(bug)

        return run

    steps: list[Callable[[], object]] = [
        branch.engine.push_once,
        branch.engine.pull_once,
        branch.engine.fetch_again,
        branch.engine.status,
    ]
    threads = [Thread(target=again_and_again(step)) for step in steps]
    for thread in threads:
        thread.start()
    for number in range(150):
        branch.journal.ring(random.randrange(4))
        branch.hq.publish("chain", "price", f"R{random.randrange(20)}", {"amount": number})
        branch.hq.publish("store:S001", "stock", f"P{random.randrange(20)}", {"on_hand": number})
    while branch.mishaps.coming and not bugs:
        over.wait(0.01)
    over.set()
    for thread in threads:
        thread.join()

    assert bugs == []
    branch.push_all()
    branch.engine.pull_once()
    followed = branch.replica.bodies()
    branch.engine.fetch_again()
    assert branch.at_hq() == branch.in_journal()
    assert followed == branch.replica.bodies()
    assert branch.engine.status().online
