"""Trying promotions on stored baskets: each is priced by the rules of its own time, and by those and the new ones.

The new ones hold on every day that is looked at: their dates are left out, their weekdays and hours are not. A limit
per member counts through the run, in the order of the sales.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from sqlalchemy import select, tuple_

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing.inputs import PricedBasket, Rulebook
from pos_app.domain.pricing.price import price
from pos_app.domain.pricing.promotions import Promotion
from sync.hq.db.database import AnySelect, Database, Reader
from sync.hq.db.schema import fact, sale
from sync.hq.dry_runs.findings import Findings
from sync.hq.quotes.rulebooks import Rulebooks
from sync.hq.quotes.sold import Sold, read_sold, stored_fact

AT_A_TIME: Final = 200
MOST_BOOKS: Final = 8
"""Sales come store by store: few revisions are looked at by turns."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which sales are looked at: business dates, inclusive; a store, or all; at most so many."""

    first: str
    last: str
    store: str = ""
    limit: int = 20_000


@dataclass(slots=True)
class Trial:
    """Promotions that are tried: set, or taken away."""

    promotions: Sequence[Promotion]
    gone: frozenset[str] = frozenset()
    findings: Findings = field(init=False)
    more: bool = False
    """There were more sales than were to be looked at."""
    _books: dict[int, tuple[Rulebook, Rulebook]] = field(default_factory=dict)
    _uses: dict[str, Counter[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Leave the dates out."""
        self.promotions = [replace(each, when=replace(each.when, starts=None, ends=None)) for each in self.promotions]
        self.findings = Findings(frozenset(each.id for each in self.promotions))

    def try_on(self, sold: Sold, rulebook: Rulebook) -> None:
        """Price a basket both ways and note what it comes to."""
        basket = sold.basket
        try:
            before = price(basket, rulebook)
            after = price(self._with_uses(basket), self._with_new(rulebook))
        except Refusal as refusal:
            self.findings.left_out[refusal.code] += 1
            return
        if basket.member is not None:
            mine = self._uses.setdefault(basket.member.id, Counter())
            mine.update({each.id: each.applications for each in after.promotions if each.id in self.findings.fresh})
        self.findings.add(basket.store, before, after)

    def _with_uses(self, basket: PricedBasket) -> PricedBasket:
        """Count as used what the member would have used so far."""
        member = basket.member
        if member is None or member.id not in self._uses:
            return basket
        return replace(basket, member=replace(member, used={**member.used, **self._uses[member.id]}))

    def _with_new(self, rulebook: Rulebook) -> Rulebook:
        """Put the new promotions into a rulebook, once; those of the same id, and those to be gone, go."""
        known = self._books.get(id(rulebook))
        if known is None:
            away = self.findings.fresh | self.gone
            kept = [each for each in rulebook.promotions if each.id not in away]
            known = rulebook, replace(rulebook, promotions=[*kept, *self.promotions])
            while len(self._books) >= MOST_BOOKS:
                del self._books[next(iter(self._books))]
            self._books[id(rulebook)] = known
        return known[1]


async def try_on_sales(database: Database, rulebooks: Rulebooks, trial: Trial, span: Span) -> AsyncIterator[None]:
    """Try on the sales of a span, by day and store; stops at every step to let others by."""
    after = ("", "", "")
    left = span.limit
    while left:
        async with database.read() as reader:
            rows = await reader.rows(_sales(span, after, min(AT_A_TIME, left)))
            for row in rows:
                await _try_on(reader, rulebooks, trial, bytes(row.canonical))
        if not rows:
            return
        left -= len(rows)
        after = (rows[-1].business_date, rows[-1].store, rows[-1].id)
        yield
    async with database.read() as reader:
        trial.more = bool(await reader.rows(_sales(span, after, 1)))


async def _try_on(reader: Reader, rulebooks: Rulebooks, trial: Trial, canonical: bytes) -> None:
    try:
        sold = read_sold(stored_fact(canonical))
    except Refusal as refusal:
        trial.findings.left_out[refusal.code] += 1
        return
    rulebook = await rulebooks.at(reader, sold.cursor, {line.sku for line in sold.basket.lines})
    await rulebooks.work(partial(trial.try_on, sold, rulebook))


def _sales(span: Span, after: tuple[str, str, str], limit: int) -> AnySelect:
    at = (fact.c.device == sale.c.device) & (fact.c.epoch == sale.c.epoch) & (fact.c.seq == sale.c.seq)
    place = (sale.c.business_date, sale.c.store, sale.c.id)
    return (
        select(*place, fact.c.canonical)
        .join(fact, at)
        .where(
            sale.c.business_date.between(span.first, span.last),
            tuple_(*place) > after,
            *([sale.c.store == span.store] if span.store else []),
        )
        .order_by(*place)
        .limit(limit)
    )
