"""Tills find each other by multicast where nobody named them; where it is forbidden, those that are named are asked."""

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from pos_app.bootstrap import store_lan
from pos_app.domain.suspended_basket import SuspendedAt
from sync.client import discovery
from sync.client.discovery import Discovery
from sync.client.lan import Greeting, Speaker
from sync.client.network import Discovered, Network
from tests.integration.hq.till import small_chain
from tests.support.real_hq import RealHq
from tests.support.store_tills import Till, enrolled_folder, free_port
from tests.support.two_tills import EVERY_S, until

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(180)]

RICE_CODE = "6999999000112"
HERE = "127.0.0.1"


@pytest.fixture
def tills(tmp_path: Path) -> Iterator[tuple[Till, Till]]:
    """Two tills of a store that nobody told of each other; not started yet."""
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain())
    folders = [enrolled_folder(hq, tmp_path / name) for name in ("first", "second")]
    hq.stop()
    tills = [Till(folder, Network(f"{HERE}:{free_port()}", (), EVERY_S, discover=True)) for folder in folders]
    yield tills[0], tills[1]
    for till in tills:
        till.stop()


def seen(till: Till, owner: Till) -> SuspendedAt:
    basket = owner.suspend(RICE_CODE)
    until(lambda: till.sees(basket))
    found = till.sees(basket)
    assert found is not None
    return found


def test_nobody_named_them_and_a_basket_goes_from_one_to_the_other(tills: tuple[Till, Till]) -> None:
    first, second = tills
    first.start()
    second.start()

    second.recall(seen(second, first))

    assert second.sell()["lines"][0]["quantity"] == 1000
    until(lambda: second.states[-1].answering == ["S001-R1"] and second.states[-1].discovered == "works")


def test_where_multicast_is_forbidden_the_named_are_asked_and_it_is_said(
    tills: tuple[Till, Till], monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(**_how: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(discovery, "Zeroconf", forbidden)
    first, second = tills
    second.network = Network(second.network.listen, [first.network.listen], EVERY_S, discover=True)
    first.start()
    second.start()

    second.recall(seen(second, first))

    until(lambda: second.states[-1].discovered == "silent")
    assert second.states[-1].answering == ["S001-R1"]


# zeroconf 0.154 leaves the socket that it could not bind to the collector, which closes it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_address_that_this_machine_has_not_is_silence_and_no_failure() -> None:
    finding = Discovery(Speaker("S001-R1", os.urandom(32)), "192.0.2.77", 8740)
    until(lambda: finding.state == "silent")
    assert finding.addresses() == {}
    finding.close()


def test_a_register_of_another_store_is_passed_over() -> None:
    ours, theirs = os.urandom(32), os.urandom(32)
    with ExitStack() as closing:
        found = [
            Discovery(Speaker(name, secret), HERE, 8740 + number)
            for number, (name, secret) in enumerate([("S001-R1", ours), ("S002-R1", theirs), ("S001-R2", ours)])
        ]
        for each in found:
            closing.callback(each.close)
        until(lambda: "S001-R2" in found[0].addresses() and "S001-R1" in found[2].addresses())
        until(lambda: found[1].state == "works")

        assert found[0].addresses() == {"S001-R2": f"{HERE}:8742"}
        assert found[1].addresses() == {}


class Told:
    """Addresses that somebody on the network told of."""

    state: Discovered = "works"

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self.told = addresses

    def addresses(self) -> Mapping[str, str]:
        return self.told

    def close(self) -> None:
        pass


def impostor(name: str) -> str:
    """Somebody who greets like a register of the store and has no secret."""
    listener = socket.create_server((HERE, 0))

    def serve() -> None:
        while True:
            line, _ = listener.accept()
            greeting = Greeting.fresh(name).written()
            with line:
                line.sendall(len(greeting).to_bytes(4, "big") + greeting)
                line.recv(65536)
                line.sendall((64).to_bytes(4, "big") + os.urandom(64))

    threading.Thread(target=serve, daemon=True).start()
    return f"{HERE}:{listener.getsockname()[1]}"


def test_only_who_holds_the_secret_is_believed_and_liars_keep_nobody_waiting(
    tills: tuple[Till, Till], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tills
    silent = socket.create_server((HERE, 0), backlog=128)
    told = {f"S001-R{number}": f"{HERE}:{silent.getsockname()[1]}" for number in range(10, 29)}
    told["S001-R9"] = impostor("S001-R9")
    monkeypatch.setattr(store_lan, "_find", lambda *_: Told(told))
    second.network = Network(second.network.listen, [first.network.listen], EVERY_S, discover=True)
    first.start()
    second.start()

    second.recall(seen(second, first))

    rounds = len(second.states)
    until(lambda: len(second.states) > rounds + 2)
    assert all(set(state.answering) <= {"S001-R1"} for state in second.states)
    silent.close()
