"""A register among the others of its store, with no headquarters in it: what is suspended at one till is recalled at
another.

A basket has one owner. Recalling it elsewhere is a hand-over, and each has a number: the owner's journal says first
that it is passed, then the other is told. Where the owner cannot be reached, what was last heard of the basket opens as
a copy. Runs in the window's process, on threads of its own; the counter's thread never waits for it. Knows the journal
by a port.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Final

from pos_app.domain.basket import Basket
from pos_app.domain.errors import Breakdown, GranaryError, LineDown, LineTalksRubbish, Refusal
from pos_app.domain.ids import BasketId, DeviceId
from pos_app.domain.suspended_basket import Ended, SuspendedAt, SuspendedBasket
from sync.client.giving import Giving
from sync.client.heard import Heard, Said
from sync.client.lan import Message, Speaker, ask
from sync.client.lan_server import LanServer
from sync.client.network import LanState, Network
from sync.client.ports import Finding, OwnBaskets, OwnFacts, PeerFacts

MOST_NEIGHBOURS: Final = 20
MOST_HEADS: Final = 100
"""Baskets in a list: all that a register may suspend, and as many that it gave to who asks and were never taken."""
MOST_ABOUT: Final = 500
"""Baskets of which it is asked what became of them: our own come first."""
MOST_LOOKS: Final = 10
"""Baskets of a neighbour that are looked at in one round; the next round goes on."""
MOST_UNPROVEN: Final = 3
"""Found registers that have never answered, asked in one round."""
MOST_HANDED_OVER: Final = 1_000_000_000
CLOSE_LIMIT_S: Final = 2.0

SoldElsewhere = Callable[[BasketId, DeviceId], None]
"""Hears that a basket which is open here was sold by another register."""


Find = Callable[[Speaker, str, int], Finding]
"""Begins to look for registers, and says that this one answers at a host (as it is listened at) and port."""


@dataclass(frozen=True, slots=True)
class Me:
    """Who asks and answers: the register, the store's secret, and a file for what may be lost."""

    device: DeviceId
    secret: bytes
    heard: Path


@dataclass(frozen=True, slots=True)
class Own:
    """What of the register its neighbours have to do with, and who hears of it (on any thread)."""

    baskets: OwnBaskets
    facts: OwnFacts
    peers: PeerFacts
    facts_taken: Callable[[], None]
    sold_elsewhere: SoldElsewhere
    state_told: Callable[[LanState], None]
    find: Find | None = None
    """Begins to look for registers that nobody named; called on a thread of the neighbours' own."""


class Neighbours:
    """The other registers of a store, as one of them knows them."""

    def __init__(self, me: Me, network: Network, own: Own) -> None:
        """Begin to answer and to listen. Raises ``Breakdown("lan_not_open")`` where the address cannot be had."""
        self._device, self._own = me.device, own.baskets
        self._speaker = Speaker(me.device, me.secret)
        self._giving = Giving(self._speaker, own.facts, own.peers, own.facts_taken)
        self._addresses = tuple(network.neighbours)[:MOST_NEIGHBOURS]
        self._every_s = network.every_s
        self._sold_elsewhere = own.sold_elsewhere
        self._heard = Heard(me.heard)
        self._lock = Lock()
        self._asked_for: set[BasketId] = set()
        self._turn = 0
        self._stopped = Event()
        self._told = own.state_told
        self._find = own.find
        self._host = network.listen.rpartition(":")[0]
        try:
            self._server = LanServer(network.listen, self._speaker, self._answer)
        except (OSError, ValueError, OverflowError) as error:
            raise Breakdown("lan_not_open", address=network.listen, reason=str(error)) from error
        self.port = self._server.port
        self._listener = Thread(target=self._listen, name="neighbours", daemon=True)
        self._listener.start()

    def elsewhere(self) -> Sequence[SuspendedAt]:
        """List what is suspended at the others, as last heard, and what was passed to one of them from here."""
        found = {row.id: row for row in self._heard.rows() if not self._own.is_here(row.id)}
        for mine in self._own.listed():
            if mine.passed_to and mine.id not in found:
                whole, in_hand = (
                    self._own.whole(mine.id, mine.passed_to),
                    self._heard.is_in_hand(mine.id, mine.passed_to),
                )
                basket = None if whole is None else whole.basket
                found[mine.id] = SuspendedAt(DeviceId(mine.passed_to), mine.head, basket, in_hand=in_hand)
        return sorted(found.values(), key=lambda each: each.id, reverse=True)

    def fetch(self, wanted: SuspendedAt) -> Basket:
        """Have a basket handed over by who has it; call `done_with` once it is in the journal.

        Raises ``LineDown`` where that one cannot be reached (a copy may be opened), or the ``Refusal`` that it answers.
        """
        with self._lock:
            # From here until it is in the journal, or was not got, whoever asks is told that it is in hand here.
            self._asked_for.add(wanted.id)
        try:
            return self._fetched(wanted, self._heard.address_of(wanted.device))
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

    def _fetched(self, wanted: SuspendedAt, address: str) -> Basket:
        if self._own.ended([wanted.id]).sold:
            raise Refusal("suspended_gone")
        if not address:
            raise LineDown("peer_down", peer=wanted.device)
        known = self._own.known(wanted.id)
        try:
            question = {"ask": "pass", "basket": wanted.id, "known": known}
            answer = ask(address, self._speaker, question, whom=wanted.device).said
            basket = SuspendedBasket.from_document(answer["basket"]).basket
        except (KeyError, TypeError, ValueError) as error:
            raise LineTalksRubbish("peer_rubbish", peer=address) from error
        except Refusal as refusal:
            mine = self._own.taken_back(wanted.id) if refusal.code == "basket_unknown_there" else None
            if mine is None:
                raise
            # It never came there: it is this register's again.
            return mine
        if basket.id != wanted.id or basket.handed_over <= known:
            raise LineTalksRubbish("peer_rubbish", peer=address)
        return basket

    def _answer(self, by: str, question: Message) -> Message:
        asked = str(question.get("ask", ""))
        if asked == "list":
            return self._list(by, [BasketId(str(each)) for each in question["about"]])
        if asked == "keep":
            return self._giving.take(by, question)
        basket = BasketId(str(question.get("basket", "")))
        if asked == "look":
            whole = self._own.whole(basket, by)
            if whole is None:
                raise Refusal("basket_unknown_there")
            return {"basket": whole.document()}
        if asked == "pass":
            with self._lock:
                if basket in self._asked_for:
                    raise Refusal("basket_in_hand_there")
            known = min(max(0, int(question["known"])), MOST_HANDED_OVER)
            return {"basket": self._own.pass_to(basket, by, known=known).document()}
        raise Refusal("question_unknown")

    def _list(self, by: str, about: Sequence[BasketId]) -> Message:
        shown = [each.head for each in self._own.listed() if each.passed_to in {"", by}]
        in_hand = frozenset(self._own.in_hand()).intersection(about)
        return Said(shown[:MOST_HEADS], in_hand, self._own.ended(about[:MOST_ABOUT])).document()

    def _listen(self) -> None:
        finding = None if self._find is None else self._find(self._speaker, self._host, self.port)
        while not self._stopped.is_set():
            answering = {device for address in self._addresses if (device := self._heard_at(address))}
            if finding is not None:
                for address in self._to_ask(finding.addresses(), answering):
                    answering.add(self._heard_at(address))
            self._told(LanState(sorted(answering - {""}), "off" if finding is None else finding.state))
            self._heard.keep()
            self._stopped.wait(self._every_s)
        if finding is not None:
            finding.close()

    def _to_ask(self, found: Mapping[str, str], answering: Collection[str]) -> list[str]:
        """Choose whom to ask of those that were found: who has answered before, and a few of the others in turn.

        Anybody may say that there is a register; each that does not answer costs a whole exchange.
        """
        new = {device: address for device, address in found.items() if device not in answering}
        known = [address for device, address in new.items() if self._heard.address_of(DeviceId(device)) == address]
        others = [address for address in new.values() if address not in known]
        turn = self._turn % len(others) if others else 0
        self._turn += MOST_UNPROVEN
        return [*known, *(others[turn:] + others[:turn])[:MOST_UNPROVEN]]

    def _heard_at(self, address: str) -> str:
        """Hear a neighbour and tell who it is; empty where nobody of ours answers.

        One that is off or answers rubbish is asked again in a while; what it said last stays.
        """
        if self._stopped.is_set():
            return ""
        with suppress(GranaryError, KeyError, TypeError, ValueError):
            return self._hear(address)
        return ""

    def _hear(self, address: str) -> str:
        own = [*self._own.in_hand(), *(each.id for each in self._own.listed())]
        about = list(dict.fromkeys([*own, *self._heard.baskets()]))[:MOST_ABOUT]
        answer = ask(address, self._speaker, {"ask": "list", "about": about})
        said, device = Said.read(answer.said), DeviceId(answer.by)
        if self._stopped.is_set() or device == self._device:
            return ""
        self._mind(said.ended, own, device)
        for basket in self._heard.note(device, address, said)[:MOST_LOOKS]:
            with suppress(Refusal):
                self._look(address, device, basket)
        with suppress(GranaryError, KeyError, TypeError, ValueError):
            self._giving.give(address, device)
        return device

    def _mind(self, ended: Ended, own: Sequence[BasketId], device: DeviceId) -> None:
        """Let go of what came to its end elsewhere, and tell of one that is open here all the same."""
        mine = frozenset(own)
        self._own.forget(Ended(ended.sold & mine, {each: at for each, at in ended.thrown.items() if each in mine}))
        for basket in ended.sold.intersection(self._own.in_hand()):
            self._sold_elsewhere(basket, device)

    def _look(self, address: str, device: DeviceId, basket: BasketId) -> None:
        answer: Any = ask(address, self._speaker, {"ask": "look", "basket": basket}, whom=device).said
        self._heard.look(device, SuspendedBasket.from_document(answer["basket"]))
