"""Finding out where this register's chain and headquarters' have parted, and fetching what is there and not here.

That is so after a disk was restored (headquarters has more), and when headquarters refuses a fork. Knows nothing of how
the register goes on: the counter does that, by what is noted in the replica.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from threading import Lock
from typing import Final

import msgspec

from pos_app.domain.branches import Parting
from pos_app.domain.errors import LineTalksRubbish
from pos_app.domain.facts import START, ChainHead, Position
from sync.client.sharing import SharedSink, SharedSource
from sync.client.signing import Identity
from sync.client.transport import HqLine, Question
from sync.protocol.stream import Acknowledged, StoredFact
from sync.protocol.wire import ChainPage

FIRST_STEP: Final = 8
"""So many facts back, then so many times more, until a fact is found that both have."""
MAX_PAGES: Final = 100_000


class PartingLook:
    """Looks at both chains."""

    def __init__(
        self,
        line: HqLine,
        identity: Identity,
        source: SharedSource,
        sink: SharedSink,
        *,
        looking: AbstractContextManager[object] | None = None,
    ) -> None:
        """Compare the journal with headquarters, note in the replica, one at a time: ``looking`` is the lock."""
        self._line = line
        self._path = f"/v1/devices/{identity.device}/facts"
        self._source = source
        self._sink = sink
        self._looking = looking or Lock()

    def once(self) -> Parting | None:
        """Look, and note what is found; None when headquarters has nothing that is not here, and waits for nobody.

        Raises as `HqLine.ask` does; then nothing is noted.
        """
        with self._looking:
            common = self._common_guess()
            page = self._page(common)
            lost: list[StoredFact] = []
            for fact in self._behind(page, common):
                if not lost and self._source.hash_at(fact.position) == fact.hash:
                    common = fact.position
                else:
                    lost.append(fact)
            head = ChainHead(Position(page.head_epoch, page.head_seq), page.head_hash)
            if not (lost or page.frozen):
                return None
            own = self._source.head().position
            parting = Parting(common, head, page.frozen)
            # What headquarters refuses is not acknowledged; with nothing of that kind it has all, and more.
            acked = head.position if own == common and not page.frozen else common
            self._sink.keep_parting(parting, lost, Acknowledged(acked, page.incarnation))
            return parting

    def _common_guess(self) -> Position:
        """Find a place at which both have the same fact, not far before the last such."""
        place = min(self._sink.acknowledged(), self._source.head().position)
        step = FIRST_STEP
        while place > START:
            before = Position(place.epoch, place.seq - 1)
            first = next(iter(self._page(before).facts), None)
            known = self._source.hash_at(place)
            if first is not None and (first.epoch, first.seq) == (place.epoch, place.seq) and first.hash == known:
                return place
            place = self._source.back_from(place, step)
            step *= FIRST_STEP
        return START

    def _behind(self, page: ChainPage, after: Position) -> Iterator[StoredFact]:
        """Give headquarters' facts behind a place, of which ``page`` is the first piece."""
        for _ in range(MAX_PAGES):
            for each in page.facts:
                after = Position(each.epoch, each.seq)
                yield StoredFact(after, each.canonical, each.hash)
            if not page.facts or after >= Position(page.head_epoch, page.head_seq):
                return
            page = self._page(after)
        raise LineTalksRubbish("answer_too_long", limit=MAX_PAGES)

    def _page(self, after: Position) -> ChainPage:
        answer = self._line.ask(Question("GET", self._path, query={"after": f"{after.epoch}:{after.seq}"}))
        try:
            page = msgspec.json.decode(answer.body, type=ChainPage)
        except msgspec.MsgspecError as error:
            raise LineTalksRubbish("answer_malformed", reason=str(error)[:200]) from error
        if any(Position(each.epoch, each.seq) <= after for each in page.facts) or not page.incarnation:
            raise LineTalksRubbish("answer_out_of_step", asked=f"{after.epoch}:{after.seq}")
        self._line.clock.heard(page.time, asked_s=answer.asked_s, answered_s=answer.answered_s)
        return page
