"""Rulebooks that are kept: of too many, the one that nobody asked for the longest goes; what is the same stays."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from pos_app.domain.ids import Sku
from pos_app.domain.pricing.compiled import compiled
from sync.hq.quotes import rulebooks
from sync.hq.quotes.rulebooks import MOST_KEPT, Rulebooks, _find, _keep
from sync.hq.quotes.versions import Cursor, Goods, Terms


def test_what_is_asked_for_stays_and_what_nobody_asks_for_goes() -> None:
    kept: dict[tuple[tuple[str, int], ...], int] = {}
    for rev in range(MOST_KEPT):
        _keep(kept, (("chain", rev),), rev)

    assert _find(kept, (("chain", 0),)) == 0
    _keep(kept, (("chain", MOST_KEPT),), MOST_KEPT)

    assert _find(kept, (("chain", 0),)) == 0
    assert _find(kept, (("chain", 1),)) is None
    assert len(kept) == MOST_KEPT


@pytest.fixture
def ruled_by_hundreds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have prices change at every revision, promotions at every hundredth."""

    async def settled(_reader: object, cursor: Cursor, topics: Iterable[str] = ()) -> Cursor:
        return {scope: rev // 100 * 100 if topics else rev for scope, rev in cursor.items()}

    async def read_terms(*_: object) -> Terms:
        return Terms()

    async def read_goods(*_: object) -> Goods:
        return Goods()

    for name, reading in (("settled", settled), ("read_terms", read_terms), ("read_goods", read_goods)):
        monkeypatch.setattr(rulebooks, name, reading)


@pytest.mark.usefixtures("ruled_by_hundreds")
def test_rules_are_not_compiled_again_where_only_a_price_changed() -> None:
    books: Any = Rulebooks()

    async def ask() -> None:
        goods = [Sku("A")]
        first = await books.at(None, {"chain": 101}, goods)
        known = compiled(first)

        repriced = await books.at(None, {"chain": 102}, goods)
        assert repriced is not first
        assert compiled(repriced) is known

        assert compiled(await books.at(None, {"chain": 201}, goods)) is not known

    try:
        asyncio.run(ask())
    finally:
        books.close()
