"""A register among the others of its store, with no headquarters in it: what is suspended at one till is recalled at
another.

A basket has one owner. Recalling it elsewhere is a hand-over: the owner's journal says first that it is passed, then
the other is told. Where the owner cannot be reached, what was last heard of the basket opens as a copy. Runs in the
window's process, on threads of its own; the counter's thread never waits for it. Knows the journal by a port.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Final

from pos_app.domain.basket import Basket
from pos_app.domain.errors import Breakdown, GranaryError, LineDown, LineTalksRubbish, Refusal
from pos_app.domain.ids import BasketId, DeviceId
from pos_app.domain.suspended_basket import SuspendedAt, SuspendedBasket
from sync.client.lan import LanServer, Message, ask
from sync.client.network import Network
from sync.client.ports import OwnBaskets

MOST_NEIGHBOURS: Final = 20
CLOSE_LIMIT_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Me:
    """Who asks and answers: the register, the store's secret, and a file for what may be lost."""

    device: DeviceId
    secret: bytes
    heard: Path


class Neighbours:
    """The other registers of a store, as one of them knows them."""

    def __init__(self, me: Me, network: Network, own: OwnBaskets) -> None:
        """Begin to answer and to listen. Raises ``Breakdown("lan_not_open")`` where the address cannot be had."""
        self._me, self._own = me, own
        self._addresses = tuple(network.neighbours)[:MOST_NEIGHBOURS]
        self._every_s = network.every_s
        self._lock = Lock()
        self._heard = _read(me.heard)
        self._asked_for: set[BasketId] = set()
        self._stopped = Event()
        try:
            self._server = LanServer(network.listen, me.secret, self._answer)
        except (OSError, ValueError, OverflowError) as error:
            raise Breakdown("lan_not_open", address=network.listen, reason=str(error)) from error
        self.port = self._server.port
        self._listener = Thread(target=self._listen, name="neighbours", daemon=True)
        self._listener.start()

    def elsewhere(self) -> Sequence[SuspendedAt]:
        """List what is suspended at the others, as last heard, and what was passed to one of them from here."""
        with self._lock:
            heard = list(self._heard.items())
        found: dict[BasketId, SuspendedAt] = {}
        for device, said in heard:
            for document in said["baskets"]:
                suspended = SuspendedBasket.from_document(document)
                if not self._own.is_here(suspended.id):
                    found[suspended.id] = SuspendedAt(DeviceId(device), suspended)
        for mine in self._own.listed():
            if mine.passed_to:
                found.setdefault(mine.suspended.id, SuspendedAt(DeviceId(mine.passed_to), mine.suspended))
        return sorted(found.values(), key=lambda each: each.id, reverse=True)

    def fetch(self, wanted: SuspendedAt) -> Basket:
        """Have a basket handed over by who has it; call `done_with` once it is in the journal.

        Raises ``LineDown`` where that one cannot be reached (a copy may be opened), or the ``Refusal`` that it answers.
        """
        with self._lock:
            said = self._heard.get(wanted.device)
            # From here until it is in the journal, or was not got, whoever asks is told that it is in hand here.
            self._asked_for.add(wanted.id)
        try:
            return self._fetched(wanted, "" if said is None else str(said["address"]))
        except BaseException:
            self.done_with(wanted.id)
            raise

    def done_with(self, basket: BasketId) -> None:
        """Say that a basket that was fetched is in the journal, or is not wanted any more."""
        with self._lock:
            self._asked_for.discard(basket)

    def close(self) -> None:
        """Answer and listen no more."""
        self._stopped.set()
        self._server.stop()
        # Longer only where a neighbour is silent in this moment; it then finds that it was stopped.
        self._listener.join(CLOSE_LIMIT_S)
        self._own.close()

    def _fetched(self, wanted: SuspendedAt, address: str) -> Basket:
        if self._own.sold([wanted.id]):
            raise Refusal("suspended_gone")
        if not address:
            raise LineDown("peer_down", peer=wanted.device)
        try:
            answer = ask(address, self._me.secret, {"ask": "pass", "basket": wanted.id, "by": self._me.device})
            return SuspendedBasket.from_document(answer["basket"]).basket
        except (KeyError, TypeError, ValueError) as error:
            raise LineTalksRubbish("peer_rubbish", peer=address) from error
        except Refusal as refusal:
            mine = next((each for each in self._own.listed() if each.suspended.id == wanted.id), None)
            if refusal.code != "basket_unknown_there" or mine is None:
                raise
            # It never came there, or was thrown away there: it is this register's again.
            return mine.suspended.basket

    def _answer(self, question: Message) -> Message:
        by = str(question.get("by", ""))
        if question.get("ask") == "list":
            shown = [each for each in self._own.listed() if each.passed_to in {"", by}]
            sold = self._own.sold([BasketId(str(each)) for each in question.get("about", ())])
            baskets = [each.suspended.document() for each in shown]
            return {"device": self._me.device, "baskets": baskets, "sold": sorted(sold)}
        if question.get("ask") == "pass":
            basket = BasketId(str(question.get("basket", "")))
            with self._lock:
                if basket in self._asked_for:
                    raise Refusal("basket_in_hand_there")
            return {"basket": self._own.pass_to(basket, by).document()}
        raise Refusal("question_unknown")

    def _listen(self) -> None:
        while not self._stopped.is_set():
            for address in self._addresses:
                # One that is off or answers rubbish is asked again in a while; what it said last stays.
                with suppress(GranaryError, KeyError, TypeError, ValueError):
                    self._hear(address)
            self._stopped.wait(self._every_s)

    def _hear(self, address: str) -> None:
        about = [each.suspended.id for each in self._own.listed()]
        said = ask(address, self._me.secret, {"ask": "list", "by": self._me.device, "about": about})
        if self._stopped.is_set():
            return
        device, baskets = str(said["device"]), list(said["baskets"])
        for each in baskets:
            SuspendedBasket.from_document(each)
        self._own.forget([BasketId(str(each)) for each in said["sold"] if each in about])
        news = {"address": address, "baskets": baskets}
        with self._lock:
            if device == self._me.device or self._heard.get(device) == news:
                return
            self._heard = {**self._heard, device: news}
            heard = self._heard
        _write(self._me.heard, heard)


def _read(file: Path) -> dict[str, Mapping[str, Any]]:
    """Read what was heard before the last stop; a file that cannot be read says nothing."""
    try:
        heard = json.loads(file.read_text(encoding="utf-8"))
        for said in heard.values():
            str(said["address"])
            for each in said["baskets"]:
                SuspendedBasket.from_document(each)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return dict(heard)


def _write(file: Path, heard: Mapping[str, Mapping[str, Any]]) -> None:
    """Write it whole or not at all; a full disk hinders what matters elsewhere."""
    coming = file.with_suffix(".coming")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        coming.write_text(json.dumps(heard, ensure_ascii=False), encoding="utf-8")
        coming.replace(file)
