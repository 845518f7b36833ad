"""Points and coupons are spent with a line by a hold: whole registers of two stores and the real headquarters."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact, read_fact
from pos_app.domain.ids import OperatorId
from tests.integration.hq.till import small_chain, until_copies_went
from tests.support.real_hq import RealHq
from tests.support.whole_register import WholeRegister, enrolled

RICE_CODE, PHONE, CASHIER = "6999999000112", "13800001137", OperatorId("1001")
RULES: dict[str, Any] = {
    # nothing is earned, so that what is left is what was not spent
    "points": {"earn_per": 1_000_000, "worth": {"points": 1, "amount": 1}, "lease": {"most": 200}},
    "coupon_templates": [{"id": "T1", "kind": "cash", "off": 500}, {"id": "T2", "kind": "cash", "off": 900}],
    "coupons": [{"id": "C1", "template": "T1", "member": "M1"}, {"id": "C2", "template": "T2"}],
}


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    chain = small_chain()
    chain["members"][0]["points"] = 500
    hq.administrator("POST", "/v1/import", json=chain | RULES)
    yield hq
    hq.stop()


@pytest.fixture
def new_register(hq: RealHq, tmp_path: Path) -> Iterator[Callable[[str], WholeRegister]]:
    """Enrol registers whose clocks are headquarters'."""
    made: list[WholeRegister] = []

    def make(store: str) -> WholeRegister:
        made.append(enrolled(hq, tmp_path / f"register-{len(made)}", store))
        made[-1].clock.at = datetime.now(UTC)
        return made[-1]

    yield make
    for register in made:
        register.stop()


@pytest.fixture
def here(new_register: Callable[[str], WholeRegister]) -> WholeRegister:
    return new_register("S001")


@pytest.fixture
def there(new_register: Callable[[str], WholeRegister]) -> WholeRegister:
    return new_register("S002")


def begin(register: WholeRegister, *, points: int = 0, coupon: str = "") -> None:
    """Ring up a bag of rice for the member."""
    selling = register.opened.selling
    selling.scan(PHONE)
    selling.scan(RICE_CODE)
    if coupon:
        selling.present(coupon)
    if points:
        selling.redeem_points(points)


def pay(register: WholeRegister) -> dict[str, Any]:
    """Pay; give what the sale says."""
    selling = register.opened.selling
    return selling.complete_with_cash(selling.view().quote.payable, CASHIER).sale.body()


def refused(verb: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        verb()
    return refusal.value.code


def held(hq: RealHq) -> list[tuple[str, str, int]]:
    rows = hq.administrator("GET", "/v1/holds")["rows"]
    return sorted((row["device"], row["key"], row["amount"]) for row in rows)


def facts(hq: RealHq, register: WholeRegister, kind: str) -> list[Fact]:
    read = [read_fact(canonical) for canonical in hq.facts_of(register.opened.journal.device)]
    return [fact for fact in read if fact.kind == kind]


def healed(hq: RealHq, *registers: WholeRegister) -> int:
    """Mend every line, let all that waits go; nothing is held and nothing is wrong. Give the member's points."""
    for register in registers:
        register.line.mend()
        register.sync()
    until_copies_went(hq)
    assert held(hq) == []
    assert hq.administrator("GET", "/v1/reports/exceptions")["rows"] == []
    assert hq.administrator("GET", "/v1/reports/ledgers")["rows"] == []
    return int(hq.administrator("GET", "/v1/reports/rights?member=M1")["rows"][0]["stands"])


def test_what_one_store_holds_another_cannot_spend_and_the_sale_ends_the_hold(
    hq: RealHq, here: WholeRegister, there: WholeRegister
) -> None:
    begin(here, points=400, coupon="C1")
    assert held(hq) == [("S001-R1", "C1", 1), ("S001-R1", "M1", 400)]
    begin(there)

    assert refused(lambda: there.opened.selling.redeem_points(101)) == "points_not_free"
    assert refused(lambda: there.opened.selling.present("C1")) == "coupon_held"
    there.opened.selling.redeem_points(100)

    body = pay(here)
    assert [hold["amount"] for hold in body["holds"]] == [1, 400]
    pay(there)
    assert healed(hq, here, there) == 0


def test_the_own_lease_goes_first_and_only_the_rest_is_asked_for(hq: RealHq, here: WholeRegister) -> None:
    hq.administrator("POST", "/v1/leases/round")
    until_copies_went(hq)
    here.sync()

    begin(here, points=150)
    assert held(hq) == []
    here.opened.selling.redeem_points(450)
    assert held(hq) == [("S001-R1", "M1", 250)]

    body = pay(here)
    assert ([part["amount"] for part in body["leases"]], [hold["amount"] for hold in body["holds"]]) == ([200], [250])
    assert healed(hq, here) == 50


def test_a_hold_stays_the_baskets_with_no_line_and_across_a_restart(hq: RealHq, here: WholeRegister) -> None:
    begin(here, points=300, coupon="C1")
    here.line.cut()
    here.restart()

    view = here.opened.selling.renew()
    assert (view.quote.points_used, [each.reason for each in view.quote.coupons]) == (300, [None])
    assert [hold["amount"] for hold in pay(here)["holds"]] == [1, 300]
    assert healed(hq, here) == 200


@pytest.mark.parametrize("way", ["clear", "suspend", "remove", "take the member off", "withdraw"])
def test_a_basket_that_does_not_spend_after_all_lets_go(hq: RealHq, here: WholeRegister, way: str) -> None:
    begin(here, points=300, coupon="C1")
    selling = here.opened.selling
    ways: dict[str, Callable[[], object]] = {
        "clear": selling.clear,
        "suspend": lambda: selling.suspend(CASHIER),
        "remove": lambda: selling.remove(1),
        "take the member off": lambda: selling.set_member(None),
        "withdraw": lambda: (selling.withdraw(selling.view().basket.coupons[0].id), selling.redeem_points(0)),
    }
    ways[way]()
    assert selling.view().basket.holds == ()
    assert len(held(hq)) == 2
    here.sync()

    assert held(hq) == []
    named = [hold for fact in facts(hq, here, "hold_released") for hold in fact.body["holds"]]
    assert len(named) == 2
    assert healed(hq, here) == 500


def test_a_suspended_basket_asks_anew_before_it_is_paid(hq: RealHq, here: WholeRegister, there: WholeRegister) -> None:
    begin(here, points=300, coupon="C1")
    basket = here.opened.selling.view().basket.id
    here.opened.selling.suspend(CASHIER)
    here.sync()
    here.opened.selling.recall(basket)
    assert held(hq) == []

    body = pay(here)

    assert (body["points_used"], [hold["amount"] for hold in body["holds"]]) == (300, [300, 1])
    assert healed(hq, here, there) == 200


def test_what_was_spent_elsewhere_meanwhile_is_not_taken_from_a_recalled_basket(
    hq: RealHq, here: WholeRegister, there: WholeRegister
) -> None:
    begin(here, points=300, coupon="C1")
    selling = here.opened.selling
    told = selling.view().quote.payable
    basket = selling.view().basket.id
    selling.suspend(CASHIER)
    here.sync()
    begin(there, points=500, coupon="C1")
    pay(there)
    there.push_all()
    selling.recall(basket)

    assert refused(lambda: selling.complete_with_cash(told, CASHIER, told=told)) == "price_changed"
    body = pay(here)

    assert (body["points_used"], body["coupons"]) == (0, [])
    assert healed(hq, here, there) == 0


def test_the_basket_before_lets_go_before_the_next_one_asks(hq: RealHq, here: WholeRegister) -> None:
    begin(here, points=500, coupon="C1")
    here.opened.selling.clear()

    begin(here, points=500, coupon="C1")

    pay(here)
    assert healed(hq, here) == 0


class AnswersLost(httpx.BaseTransport):
    """A line on which questions for holds arrive, and their answers do not."""

    def __init__(self, beyond: httpx.BaseTransport) -> None:
        self.beyond = beyond

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.beyond.handle_request(request)
        if request.url.path == "/v1/holds":
            raise httpx.ReadTimeout("lost", request=request)
        return response


class NeverAsked(httpx.BaseTransport):
    """A line on which questions for holds are kept, to arrive later."""

    def __init__(self, beyond: httpx.BaseTransport) -> None:
        self.beyond = beyond
        self.kept: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/holds":
            request.read()
            self.kept.append(request)
            raise httpx.ConnectTimeout("late", request=request)
        return self.beyond.handle_request(request)


def over(register: WholeRegister, line: type[Any]) -> Any:  # noqa: ANN401 — either of the two above
    """Put a line of another kind between a register and headquarters."""
    switch = register.line
    between = line(switch._beyond)
    switch._beyond = between
    return between


def test_after_a_lost_answer_the_offline_rule_decides_and_the_sales_fact_ends_the_hold(
    hq: RealHq, here: WholeRegister
) -> None:
    hq.administrator("POST", "/v1/leases/round")
    until_copies_went(hq)
    here.sync()
    over(here, AnswersLost)
    begin(here)

    with pytest.raises(Refusal) as refusal:
        here.opened.selling.redeem_points(300)
    assert (refusal.value.code, refusal.value.details["balance"]) == ("points_offline", 200)
    assert held(hq) == [("S001-R1", "M1", 100)]
    here.opened.selling.redeem_points(200)
    body = pay(here)

    assert [part["amount"] for part in body["leases"]] == [200]
    assert healed(hq, here) == 300


def test_a_question_that_arrives_behind_its_fact_is_refused(hq: RealHq, here: WholeRegister) -> None:
    line = over(here, NeverAsked)
    begin(here)
    assert refused(lambda: here.opened.selling.redeem_points(300)) == "points_offline"
    body = pay(here)
    assert [hold["amount"] for hold in body["holds"]] == [0]
    here.push_all()

    (late,) = line.kept
    answer = hq.handle_request(late)

    assert (answer.status_code, b"hold_ended" in answer.read()) == (409, True)
    assert healed(hq, here) == 500


def test_a_register_that_was_killed_while_it_asked_still_names_the_hold(
    hq: RealHq, here: WholeRegister, tmp_path: Path
) -> None:
    disk = tmp_path / "as-it-was"

    class KilledInBetween(httpx.BaseTransport):
        def __init__(self, beyond: httpx.BaseTransport) -> None:
            self.beyond = beyond

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = self.beyond.handle_request(request)
            if request.url.path == "/v1/holds":
                shutil.copytree(here.folder.path, disk)
            return response

    begin(here)
    over(here, KilledInBetween)
    here.opened.selling.redeem_points(300)
    here.stop()
    here.put_back(disk)
    here.start()

    assert held(hq) == [("S001-R1", "M1", 300)]
    here.opened.selling.clear()
    assert healed(hq, here) == 500


@pytest.mark.parametrize("trouble", ["device_frozen", "hq_failed"])
def test_headquarters_that_does_not_answer_the_question_is_as_no_line(
    here: WholeRegister, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    def ask(*_: object) -> None:
        raise Refusal(trouble)

    begin(here)
    monkeypatch.setattr(here.engine, "ask_hold", ask)
    assert refused(lambda: here.opened.selling.redeem_points(300)) == "points_offline"
