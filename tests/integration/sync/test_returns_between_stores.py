"""What one store sold comes back in another: whole registers on real files, the real headquarters, the same figures
whichever of the two facts comes first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pos_app.bootstrap.line import open_line
from pos_app.domain.errors import Refusal
from pos_app.domain.ids import CouponId, MemberId, OperatorId
from pos_app.domain.ledger import coupon_key, points_key, use_key
from pos_app.domain.operators import Operator
from pos_app.domain.returned import KnownSale, refunding
from pos_app.services.returning import Asked, CompletedReturn
from sync.client.sold import ask_sold
from tests.integration.hq.returning import RULES
from tests.integration.hq.till import OIL, RICE, small_chain, until_copies_went
from tests.support.real_hq import Borrowed, RealHq
from tests.support.whole_register import WholeRegister, enrolled

RICE_CODE, OIL_CODE, PHONE = "6999999000112", "6999999000129", "13800001137"
CASHIER = Operator(OperatorId("1001"), "林晓雯", "cashier", "")
POINTS, USES, COUPON = points_key(MemberId("M1")), use_key("P2", MemberId("M1")), coupon_key(CouponId("C1"))


@dataclass
class Two:
    """A register of each store."""

    hq: RealHq
    seller: WholeRegister
    taker: WholeRegister

    def sync(self) -> None:
        for one in (self.seller, self.taker):
            one.sync()
        until_copies_went(self.hq)
        for one in (self.seller, self.taker):
            one.sync()

    def sell(self) -> str:
        """Two bags of rice and an oil to the member, with a coupon and 100 points: all that can be stacked."""
        selling = self.seller.opened.selling
        for code in (PHONE, RICE_CODE, RICE_CODE, OIL_CODE, "C1"):
            selling.scan(code)
        due = selling.redeem_points(100).quote.payable
        return str(selling.complete_with_cash(due, CASHIER.id).sale.receipt)

    def ask(self, receipt: str) -> KnownSale:
        """Let the taker ask headquarters."""
        identity = self.taker.folder.identity()
        assert identity is not None
        line = open_line(self.taker.folder, identity, Borrowed(self.hq))
        try:
            return ask_sold(line, receipt)
        finally:
            line.close()

    def give_back(self, sale: KnownSale, quantities: dict[int, int]) -> CompletedReturn:
        returning = self.taker.opened.returning
        told = refunding(returning.known_here(sale), quantities).amount
        return returning.give_back(Asked(sale, quantities, "unwanted", told), CASHIER)

    def seen(self) -> list[tuple[int | None, ...]]:
        """Read what each register sees of points, uses and the coupon."""
        return [tuple(one.seen(key) for key in (POINTS, USES, COUPON)) for one in (self.seller, self.taker)]

    def on_hand(self) -> list[int]:
        return [one.on_hand(sku) or 0 for one in (self.seller, self.taker) for sku in (RICE, OIL)]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain() | RULES)
    made = Two(hq, enrolled(hq, tmp_path / "seller", "S001"), enrolled(hq, tmp_path / "taker", "S002"))
    made.sync()
    yield made
    for one in (made.seller, made.taker):
        one.stop()
    hq.stop()


def returned_before_the_sale_is_at_headquarters(two: Two, receipt: str) -> None:
    with pytest.raises(Refusal, match="receipt_unknown"):
        two.ask(receipt)
    sale = two.seller.opened.returning.find(receipt)  # as if its register had been asked
    two.give_back(sale, {1: 1000})
    two.give_back(sale, {1: 1000, 2: 1000})
    two.taker.sync()
    two.seller.sync()


def returned_after(two: Two, receipt: str) -> None:
    two.sync()
    two.give_back(two.ask(receipt), {1: 1000})
    two.taker.sync()
    two.give_back(two.ask(receipt), {1: 1000, 2: 1000})


@pytest.mark.parametrize("how", [returned_before_the_sale_is_at_headquarters, returned_after])
def test_a_sale_stacked_high_comes_back_in_another_store(two: Two, how: Callable[[Two, str], None]) -> None:
    before, stock = two.seen(), two.on_hand()
    receipt = two.sell()
    body = two.seller.opened.returning.find(receipt).body
    assert (body["points_used"], len(body["coupons"]), body["uses"]) == (100, 1, {"P2": 1})

    how(two, receipt)
    two.sync()

    given = [fact.body["amount"] for fact in two.taker.opened.journal.returns_of(receipt)]
    assert sum(given) == body["payable"]
    assert two.seen() == before
    assert two.on_hand() == [stock[0] - 2000, stock[1] - 1000, stock[2] + 2000, stock[3] + 1000]
    assert all(one.opened.replica.coupon("C1") is not None for one in (two.seller, two.taker))
    assert two.hq.administrator("GET", "/v1/reports/ledgers") == {"rows": []}
    waiting = [row["code"] for row in two.hq.administrator("GET", "/v1/exceptions")["rows"]]
    assert waiting == []
    with pytest.raises(Refusal, match="refund_quantity"):
        two.give_back(two.ask(receipt), {1: 1000})
    two.hq.administrator("POST", "/v1/import", json=RULES)
    two.sync()
    assert two.seen() == before  # what was imported again says no less
    for one in (two.taker, two.seller):
        one.opened.selling.scan(RICE_CODE)
        answer = one.opened.selling.scan("C1").quote.coupons[0]
        assert answer.reason is None
        one.opened.selling.clear()
        one.push_all()  # the next one may have it: the basket let go


def test_what_the_other_store_gave_back_is_refused_at_home_once_headquarters_told_it(two: Two) -> None:
    receipt = two.sell()
    two.sync()
    two.give_back(two.ask(receipt), {1: 2000})
    two.sync()

    home = two.seller.opened.returning
    known = home.known_here(two.ask(receipt))

    assert known.left() == {1: 0, 2: 1000}
    with pytest.raises(Refusal, match="refund_quantity"):
        home.give_back(Asked(known, {1: 1000}, "unwanted", refunding(home.find(receipt), {1: 1000}).amount), CASHIER)
