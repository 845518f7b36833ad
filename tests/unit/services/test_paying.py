"""Paying with anything but cash alone: what is written down before a provider is asked, and what is left of it."""

from dataclasses import dataclass, field

import pytest

from pos_app.domain.codes import PaymentCode, decode
from pos_app.domain.errors import DiskFull, Refusal
from pos_app.domain.facts import Fact
from pos_app.domain.ids import OperatorId, TenderId
from pos_app.domain.money import Fen
from pos_app.domain.payments import Asking, Outcome, Patience, Refund
from pos_app.services.paying import MOST_TENDERS, Paying, PayingParts, Taken
from pos_app.services.selling import Selling
from tests.support.payments import ALIPAY_CODE, PAID, WECHAT_CODE, ScriptedProvider
from tests.support.ports import CountedIds
from tests.support.till import HandRegister

RICE, DUE = "6999999000129", Fen(6590)
CASHIER = OperatorId("1001")


def payment_code(text: str) -> PaymentCode:
    code = decode(text)
    assert isinstance(code, PaymentCode)
    return code


WECHAT, ALIPAY = payment_code(WECHAT_CODE), payment_code(ALIPAY_CODE)


@dataclass(slots=True)
class Till:
    """The services at one register; `again` is the register after its power was cut."""

    register: HandRegister = field(default_factory=HandRegister)
    provider: ScriptedProvider = field(default_factory=ScriptedProvider)
    selling: Selling = field(init=False)
    paying: Paying = field(init=False)

    def __post_init__(self) -> None:
        self.register.providers = {"wechat": self.provider, "alipay": self.provider}
        self.again()

    def again(self) -> None:
        counter = self.register.open()
        assert counter is not None
        self.selling, self.paying = counter.selling, counter.paying

    def facts(self, kind: str) -> list[Fact]:
        return [each for each in self.register.journal.facts if each.kind == kind]

    def pays_by_code(self, amount: Fen | None = None, *, code: PaymentCode = WECHAT) -> Taken:
        asked = self.paying.ask(code, amount, CASHIER, told=DUE)
        return self.paying.heard(asked, self.paying.pay(asked, code), CASHIER)


@pytest.fixture
def till() -> Till:
    till = Till()
    till.selling.scan(RICE)
    return till


def test_the_id_is_written_down_before_the_provider_is_asked(till: Till) -> None:
    asked = till.paying.ask(WECHAT, None, CASHIER, told=DUE)

    (fact,) = till.facts("payment_asked")
    assert fact.body == {"payment": asked.id, "provider": "wechat", "amount": DUE, "basket": asked.basket}
    assert till.provider.asked == []
    assert [each.state for each in till.register.journal.taken_tenders()] == ["asked"]
    assert len(asked.id) == 32
    assert WECHAT_CODE not in str(till.register.journal.facts) + str(till.register.journal.tenders)


def test_a_payment_of_all_that_is_due_completes_the_sale_which_names_it(till: Till) -> None:
    done = till.pays_by_code().completed

    assert done is not None
    (tender,) = till.facts("sale")[0].body["tenders"]
    (payment,) = till.provider.ids
    assert tender == {
        "kind": "wechat",
        "amount": DUE,
        "received": DUE,
        "change": 0,
        "reference": PAID.transaction,
        "payment": payment,
    }
    assert till.facts("payment_settled") == []
    assert till.register.journal.taken_tenders() == []
    assert done.receipt.tenders == (("wechat", DUE, DUE, 0),)


def test_several_tenders_in_any_order_make_one_sale(till: Till) -> None:
    assert till.pays_by_code(Fen(3000)).completed is None
    assert till.paying.take_card(Fen(1000), "6688", CASHIER, told=DUE).completed is None
    assert till.paying.take_cash(Fen(500), CASHIER, told=DUE).completed is None
    assert till.pays_by_code(Fen(90), code=ALIPAY).completed is None
    done = till.paying.take_cash(Fen(5000), CASHIER, told=DUE).completed

    assert done is not None
    tenders = [(each["kind"], each["amount"], each["change"]) for each in till.facts("sale")[0].body["tenders"]]
    kinds = [("wechat", 3000, 0), ("card", 1000, 0), ("cash", 500, 0), ("alipay", 90, 0), ("cash", 2000, 3000)]
    assert tenders == kinds
    assert [each.body["outcome"] for each in till.facts("payment_settled")] == ["paid", "paid"]


@pytest.mark.parametrize("answer", ["refused", "reversed"])
def test_what_came_to_nothing_leaves_its_facts_and_the_basket(till: Till, answer: str) -> None:
    till.provider.pays[0] = Outcome("refused" if answer == "refused" else "reversed", "balance")
    taken = till.pays_by_code()

    assert taken == Taken(())
    (settled,) = till.facts("payment_settled")
    assert (settled.body["outcome"], settled.body["reason"]) == (answer, "balance")
    assert till.register.journal.taken_tenders() == []
    assert till.selling.view().quote.payable == DUE


@pytest.mark.parametrize("answer", [PAID, Outcome("refused", "balance"), Outcome("reversed", "by_cashier")])
def test_the_last_word_is_recorded_where_the_basket_cannot_be_priced(
    till: Till, monkeypatch: pytest.MonkeyPatch, answer: Outcome
) -> None:
    asked = till.paying.ask(WECHAT, None, CASHIER, told=DUE)

    def refuses() -> None:
        raise Refusal("price_missing", sku="R5")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(till.selling, "renew", refuses)
        taken = till.paying.heard(asked, answer, CASHIER)

    (settled,) = till.facts("payment_settled")
    assert (settled.body["outcome"], taken.completed) == (answer.answer, None)
    assert [each.state for each in till.register.journal.taken_tenders()] == (["paid"] if answer is PAID else [])
    if answer is PAID:
        assert till.paying.complete(CASHIER, told=DUE).completed is not None


def test_no_other_money_completes_a_sale_while_a_payment_hangs_in_the_air(till: Till) -> None:
    asked = till.paying.ask(WECHAT, None, CASHIER, told=DUE)

    assert till.paying.take_cash(DUE, CASHIER, told=DUE).completed is None
    with pytest.raises(Refusal, match="payment_open"):
        till.paying.ask(WECHAT, None, CASHIER, told=DUE)
    assert till.paying.take_back(asked).tenders[0].kind == "cash"
    assert till.paying.complete(CASHIER, told=DUE).completed is not None
    # the sale is there; what was asked is still to be reversed
    assert [each.state for each in till.paying.take_up()] == ["reversing"]


def test_a_payment_whose_sale_is_complete_is_not_taken_back(till: Till) -> None:
    asked = till.paying.ask(WECHAT, None, CASHIER, told=DUE)
    till.paying.heard(asked, till.paying.pay(asked, WECHAT), CASHIER)

    with pytest.raises(Refusal, match="payment_over"):
        till.paying.take_back(asked)
    assert till.register.journal.taken_tenders() == []


def test_a_basket_that_was_paid_for_is_neither_cleared_nor_suspended(till: Till) -> None:
    till.pays_by_code(Fen(1000))

    for goes in (till.selling.clear, lambda: till.selling.remove(1), lambda: till.selling.suspend(CASHIER)):
        with pytest.raises(Refusal, match="tenders_taken") as refused:
            goes()
        assert refused.value.details == {"paid": 1000}
    (tender,) = till.paying.taken().tenders
    assert till.paying.take_back(tender).tenders == ()
    till.selling.clear()


def test_no_sale_is_completed_past_a_payment_that_it_does_not_name(till: Till) -> None:
    till.pays_by_code(Fen(1000))

    with pytest.raises(Refusal, match="tenders_taken"):
        till.selling.complete_with_cash(DUE, CASHIER)

    assert [each.amount for each in till.paying.taken().tenders] == [1000]
    assert till.facts("sale") == []


@pytest.mark.parametrize("amount", [0, -1, 6591])
def test_no_change_is_given_of_a_card_or_a_payment(till: Till, amount: int) -> None:
    with pytest.raises(Refusal, match="tender_amount"):
        till.paying.take_card(Fen(amount), "6688", CASHIER, told=DUE)
    with pytest.raises(Refusal, match="tender_amount"):
        till.paying.ask(WECHAT, Fen(amount), CASHIER, told=DUE)
    assert till.register.journal.facts == []


@pytest.mark.parametrize("reference", ["", "123", "12 34", "6688!", "卡号六八", "1" * 21])
def test_a_card_is_recorded_by_something_that_finds_it_again(till: Till, reference: str) -> None:
    with pytest.raises(Refusal, match="card_reference"):
        till.paying.take_card(DUE, reference, CASHIER, told=DUE)
    done = till.paying.take_card(DUE, " 6688 ", CASHIER, told=DUE).completed
    assert done is not None
    assert till.facts("sale")[0].body["tenders"][0]["reference"] == "6688"


def test_every_tender_is_refused_where_the_customer_was_told_another_amount(till: Till) -> None:
    for take in (
        lambda: till.paying.take_cash(DUE, CASHIER, told=Fen(1)),
        lambda: till.paying.take_card(Fen(1), "6688", CASHIER, told=Fen(1)),
        lambda: till.paying.ask(WECHAT, None, CASHIER, told=Fen(1)),
        lambda: till.paying.complete(CASHIER, told=Fen(1)),
    ):
        with pytest.raises(Refusal, match="price_changed"):
            take()
    with pytest.raises(Refusal, match="cash_none"):
        till.paying.take_cash(Fen(0), CASHIER, told=DUE)
    with pytest.raises(Refusal, match="money_range"):
        till.paying.take_cash(Fen(10**13), CASHIER, told=DUE)
    with pytest.raises(Refusal, match="not_paid"):
        till.paying.complete(CASHIER, told=DUE)


def test_goods_added_after_a_part_was_paid_raise_what_remains(till: Till) -> None:
    till.pays_by_code(Fen(6000))
    payable = till.selling.scan(RICE).quote.payable
    done = till.paying.take_cash(Fen(payable - 6000), CASHIER, told=payable).completed

    assert done is not None
    assert [each["amount"] for each in till.facts("sale")[0].body["tenders"]] == [6000, payable - 6000]


def test_more_tenders_than_anybody_has_are_refused(till: Till) -> None:
    for _ in range(MOST_TENDERS):
        till.paying.take_cash(Fen(1), CASHIER, told=DUE)
    with pytest.raises(Refusal, match="tenders_full"):
        till.paying.take_cash(Fen(1), CASHIER, told=DUE)


def test_without_a_provider_it_says_so_and_writes_nothing(till: Till) -> None:
    register = till.register
    paying = Paying(PayingParts(register.journal, register.clock, CountedIds(), register.tray), till.selling)

    with pytest.raises(Refusal, match="payment_none"):
        paying.ask(WECHAT, None, CASHIER, told=DUE)
    with pytest.raises(Refusal, match="payment_none"):
        paying.refund("wechat", _refund())
    assert till.register.journal.facts == []


def test_a_disk_that_is_full_asks_no_provider(till: Till) -> None:
    till.register.journal.full = True
    with pytest.raises(DiskFull):
        till.paying.ask(WECHAT, None, CASHIER, told=DUE)
    assert till.provider.asked == []


def test_after_a_power_cut_the_payment_is_taken_up_and_pays_the_basket(till: Till) -> None:
    till.paying.ask(WECHAT, None, CASHIER, told=DUE)
    till.again()

    (left,) = till.paying.take_up()
    assert (left.state, left.amount) == ("asked", DUE)
    assert till.paying.heard(left, till.paying.query(left), left.operator).completed is not None
    assert len(till.facts("sale")) == 1


def test_a_payment_whose_basket_is_gone_is_to_be_reversed(till: Till) -> None:
    till.pays_by_code(Fen(1000))
    till.register.journal.baskets.clear()
    till.again()

    (left,) = till.paying.take_up()
    assert (left.state, left.amount) == ("reversing", 1000)
    assert [each.state for each in till.register.journal.taken_tenders()] == ["reversing"]


def test_a_payment_of_a_provider_that_is_gone_stays_unknown(till: Till) -> None:
    asked = till.paying.ask(WECHAT, None, CASHIER, told=DUE)
    register = till.register
    paying = Paying(PayingParts(register.journal, register.clock, CountedIds(), register.tray), till.selling)

    expected = Outcome("unknown", "not_set_up")
    assert [paying.pay(asked, WECHAT), paying.query(asked), paying.reverse(asked)] == [expected] * 3


def test_a_refund_goes_to_the_provider_that_was_paid(till: Till) -> None:
    assert till.paying.refund("wechat", _refund()).answer == "reversed"
    assert till.provider.asked == ["refund 100"]


def test_how_long_a_provider_is_asked_is_counted_by_what_it_answers() -> None:
    asking = Asking(Patience(password_ms=(20, 30), unknown_ms=(1, 2), absent=2))
    waiting, unknown, absent = Outcome("waiting"), Outcome("unknown"), Outcome("absent")

    assert [asking.next_pause_ms(each) for each in (waiting, waiting, waiting)] == [20, 30, None]
    asking.begin_anew()
    assert [asking.next_pause_ms(each) for each in (unknown, waiting, unknown, unknown)] == [1, 20, 1, 2]
    assert asking.next_pause_ms(unknown) is None
    asking.begin_anew()
    assert [(asking.next_pause_ms(absent), asking.never_arrived) for _ in range(2)] == [(1, False), (2, True)]


def _refund() -> Refund:
    return Refund("R1", TenderId("0" * 32), DUE, Fen(100))
