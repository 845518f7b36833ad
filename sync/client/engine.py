"""The store's sync engine as a whole: one push, one pull, and what the line is like.

No thread, no schedule and no waiting of its own (but a held question): `agent` drives it in a process beside the
register, `granary replay` drives many in one process, tests drive it step by step.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from pos_app.domain.errors import GranaryError, LineTalksRubbish, Refusal
from pos_app.domain.facts import Position
from pos_app.domain.holds import Hold
from sync.client.comparing import Compared, Comparison, Overtaken
from sync.client.health import FORKED, JOURNAL_BEHIND, Direction, Health, no_progress
from sync.client.holding import FREED_BY_FACTS, ask_for_hold
from sync.client.memory import Memory
from sync.client.parting import PartingLook
from sync.client.ports import FactSource, GivenFacts, ReplicaSink
from sync.client.pull import Pull, SnapshotNeeded
from sync.client.push import Push, Pushed
from sync.client.relay import Relay
from sync.client.report import EVERYTHING, OWN_CHAIN, Changed, Status
from sync.client.sharing import SharedSink, SharedSource
from sync.client.signing import Identity
from sync.client.snapshot import SnapshotFetch
from sync.client.transport import HqLine
from sync.protocol.wire import cursor_text

COMPARE_EVERY = timedelta(hours=24)
COMPARE_TRIES = 5
"""A replica into which something comes all the time is compared at the next turn."""
BREATH_S = 0.01
"""Between two chunks of a large pull, so that the counter gets its turn on a small machine."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one pull came to."""

    topics: frozenset[str]
    documents: int
    snapshot: bool


@dataclass(frozen=True, slots=True)
class Wiring:
    """What an engine stands on. ``spool`` is a folder for what may be lost."""

    line: HqLine
    identity: Identity
    source: FactSource
    sink: ReplicaSink
    spool: Path
    peers: GivenFacts | None = None
    """What other registers of the store gave to be brought; None: there are none."""


@dataclass(slots=True)
class _Exchange:
    """Whether anything went over the line: having nothing to send proves nothing."""

    happened: bool = True


class SyncEngine:
    """Push, pull, status. Push and pull may run on two threads; a hand's pull on a third."""

    def __init__(
        self,
        wiring: Wiring,
        *,
        changed: Callable[[Changed], None] = lambda _: None,
        breathe: Callable[[float], None] = time.sleep,
        make_lock: Callable[[], AbstractContextManager[object]] = Lock,
    ) -> None:
        """Stand ready. ``changed`` hears, on the pulling thread, what readers of the replica now see differently.

        ``make_lock`` makes the locks that are held over the network: who has no threads hands in others.
        """
        self._line = wiring.line
        self._clock = wiring.line.clock
        self._source = SharedSource(wiring.source)
        self._sink = SharedSink(wiring.sink)
        self._push = Push(wiring.line, wiring.identity, self._source, self._sink)
        self._pull = Pull(wiring.line, self._sink)
        self._parting = PartingLook(wiring.line, wiring.identity, self._source, self._sink, looking=make_lock())
        self._snapshot = SnapshotFetch(wiring.line, self._sink, wiring.spool)
        self._comparison = Comparison(wiring.line, wiring.identity, self._sink)
        self._relay = None if wiring.peers is None else Relay(wiring.line, wiring.peers, wiring.spool / "relayed.json")
        self._memory = Memory(wiring.spool / "pulled.json")
        self._compared = Memory(wiring.spool / "compared.json")
        self._health = Health(self._clock.now())
        self._changed = changed
        self._breathe = breathe
        self._fetching = make_lock()
        self._generation = 0
        self._busy = 0

    def push_once(self) -> Pushed:
        """Send one batch; ask again while ``more``. Raises ``LineDown``, ``LineTalksRubbish`` or ``Refusal``."""
        with self._noting(Direction.PUSH) as exchange:
            try:
                pushed = self._push.once()
            except Refusal as refusal:
                if refusal.code in FORKED:
                    # What headquarters refused is what is told, whether or not more can be found out now.
                    with suppress(GranaryError):
                        self._look_for_parting()
                raise
            exchange.happened = pushed.sent > 0
            self._see_parting(pushed.acked)
            if self._push.ahead():
                head, acked = self._source.head().position, self._sink.acknowledged()
                raise Refusal(JOURNAL_BEHIND, head=[head.epoch, head.seq], acked=[acked.epoch, acked.seq])
            if pushed.stalled:
                raise no_progress((pushed.acked.epoch, pushed.acked.seq))
            return pushed

    def relay_once(self) -> bool:
        """Bring a batch of what another register gave; tell whether there was one. Raises as `push_once` does."""
        if self._relay is None:
            return False
        with self._noting(Direction.PUSH) as exchange:
            exchange.happened = self._relay.once()
            return exchange.happened

    def pull_once(self, wait_s: int = 0) -> Pulled:
        """Apply all that headquarters has, held up to ``wait_s`` for something new; a snapshot where one is needed.

        Raises ``LineDown``, ``LineTalksRubbish`` or ``Refusal``; what was applied before stays and was told.
        """
        with self._noting(Direction.PULL):
            return self._follow_to_the_end(wait_s)

    def ask_hold(self, hold: Hold, basket: str) -> None:
        """Have a right held for a basket. Raises ``LineDown``, ``LineTalksRubbish`` or ``Refusal``.

        What refuses it may wait here: then the facts go first, and it is asked once more.
        """
        try:
            ask_for_hold(self._line, hold, basket)
        except Refusal as refusal:
            if refusal.code not in FREED_BY_FACTS or not self._push.waiting():
                raise
        else:
            return
        self.push_once()
        ask_for_hold(self._line, hold, basket)

    def fetch_again(self) -> Pulled:
        """Take a whole new replica, whatever the old one is like; raises as `pull_once` does."""
        with self._noting(Direction.PULL):
            self._install(None)
        return self.pull_once()

    def compare(self) -> Compared:
        """Compare the replica with headquarters, and mend what differs.

        Raises as `pull_once` does, or ``LineTalksRubbish("compare_overtaken")`` when no moment was found for it.
        """
        with self._noting(Direction.PULL), self._being_busy():
            for _ in range(COMPARE_TRIES):
                self._follow_to_the_end()
                try:
                    compared = self._comparison.once()
                except Overtaken:
                    continue
                if compared.topics:
                    self._changed(Changed(compared.topics, self._generation))
                self._compared.keep(compared.time, compared.mended)
                return compared
            raise LineTalksRubbish("compare_overtaken", tries=COMPARE_TRIES)

    def comparison_due(self) -> bool:
        """Tell whether the last comparison, or the last whole replica, is old."""
        last = self._compared.time
        return last is None or self._clock.now() - datetime.fromisoformat(last) > COMPARE_EVERY

    def status(self) -> Status:
        """Tell how things stand. Cheap: two reads of small files."""
        now, steady_s = self._clock.now(), self._clock.steady_s()
        if (jump_ms := self._clock.take_jump_ms()) is not None:
            self._health.jumped(jump_ms, now, steady_s)
        waiting, acked, standing = self._push.waiting(), self._sink.acknowledged(), self._sink.standing()
        online, since = self._health.judge(waiting=waiting, now=now, steady_s=steady_s)
        trouble = self._health.trouble(steady_s)
        heard = self._health.heard_at
        return Status(
            online=online,
            since=since.isoformat(),
            waiting=waiting,
            acked=(acked.epoch, acked.seq),
            cursor=cursor_text(standing.cursor),
            prices_as_of=self._memory.time if standing.cursor else None,
            heard_at=heard.isoformat() if heard else None,
            compared_at=self._compared.time if standing.cursor else None,
            mended=self._compared.count,
            busy=self._busy > 0,
            offset_ms=self._clock.offset_ms if self._clock.measured else None,
            trouble=trouble.code if trouble else None,
            trouble_at=trouble.at.isoformat() if trouble else None,
            trouble_details=trouble.details if trouble else {},
        )

    def broke(self, direction: Direction, error: GranaryError) -> None:
        """Note a failure that is our own, so that the status does not claim health."""
        self._health.failed(direction, error, self._clock.now())

    def _follow_to_the_end(self, wait_s: int = 0) -> Pulled:
        try:
            return self._follow(wait_s, snapshot=False)
        except SnapshotNeeded as needed:
            self._install(needed)
        try:
            return self._follow(0, snapshot=True)
        except SnapshotNeeded as again:
            raise LineTalksRubbish("answer_out_of_step", what="snapshot", reason=again.reason) from again

    def _follow(self, wait_s: int, *, snapshot: bool) -> Pulled:
        topics: frozenset[str] = frozenset()
        documents = 0
        try:
            for applied in self._pull.chunks(wait_s):
                topics |= applied.topics
                self._see_parting(applied.head)
                documents += applied.documents
                if applied.more:
                    self._breathe(BREATH_S)
                else:
                    self._memory.keep(applied.time)
            return Pulled(topics, documents, snapshot)
        finally:
            if topics:
                self._changed(Changed(topics, self._generation))

    def _see_parting(self, at_hq: Position) -> None:
        """Look where the chains part if headquarters has more; forget a parting behind which the register went on."""
        if at_hq > self._source.head().position:
            self._look_for_parting()
            return
        parting = self._sink.parting()
        if parting is not None and at_hq.epoch > parting.head.position.epoch:
            self._sink.drop_parting()
            self._tell_chain()

    def _look_for_parting(self) -> None:
        if self._parting.once() is not None:
            self._tell_chain()

    def _tell_chain(self) -> None:
        self._changed(Changed(frozenset({OWN_CHAIN}), self._generation))

    def _install(self, needed: SnapshotNeeded | None) -> None:
        before = self._sink.standing()
        with self._fetching, self._being_busy():
            if needed is not None and self._sink.standing() != before:
                return  # somebody else has just done it
            self._snapshot.once()
            self._generation += 1
            # A whole new replica is as good as compared.
            self._compared.keep(self._clock.now().isoformat(), 0)
        self._changed(Changed(frozenset({EVERYTHING}), self._generation))

    @contextmanager
    def _being_busy(self) -> Iterator[None]:
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1

    @contextmanager
    def _noting(self, direction: Direction) -> Iterator[_Exchange]:
        exchange = _Exchange()
        try:
            yield exchange
        except GranaryError as error:
            self._health.failed(direction, error, self._clock.now())
            raise
        if exchange.happened:
            self._health.went_well(direction, self._clock.now(), self._clock.steady_s())
        else:
            self._health.idle(direction)
