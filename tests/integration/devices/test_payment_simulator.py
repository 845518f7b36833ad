"""Both adapters at the simulated providers: what each documented answer means, and that nobody is charged twice."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from pos_app.devices.payment.calling import PlainCaller
from pos_app.devices.payment.simulator.server import PaymentSimulator
from pos_app.domain.ids import TenderId
from pos_app.domain.money import Fen
from pos_app.domain.payments import Outcome, Refund
from pos_app.domain.tender import Provider
from pos_app.services.ports import PaymentProvider
from tests.support.payments import providers_at, providers_of

pytestmark = pytest.mark.loopback

OWN = TenderId("0198f2c0a1b27c3d8e4f5a6b7c8d9e0f")
OTHER = TenderId("0198f2c0a1b27c3d8e4f5a6b7c8d9e10")
AMOUNT = Fen(6590)


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[PaymentSimulator]:
    simulator = PaymentSimulator(tmp_path)
    yield simulator
    simulator.close()


@pytest.fixture(params=["wechat", "alipay"])
def name(request: pytest.FixtureRequest) -> Provider:
    return "wechat" if request.param == "wechat" else "alipay"


@pytest.fixture
def provider(simulator: PaymentSimulator, name: Provider) -> PaymentProvider:
    return providers_of(simulator)[name]


def code(name: Provider, customer: str) -> str:
    return ("1345678901234567" if name == "wechat" else "28765432109876") + customer


def states(simulator: PaymentSimulator) -> list[tuple[str, int]]:
    return [(each.state, each.amount) for each in simulator.ledger.trades()]


def test_a_customer_who_pays_is_charged_once_however_often_the_same_payment_is_asked(
    simulator: PaymentSimulator, provider: PaymentProvider, name: Provider
) -> None:
    first = provider.pay(OWN, AMOUNT, code(name, "01"))
    again = provider.pay(OWN, AMOUNT, code(name, "01"))

    assert first == again == Outcome("paid", transaction=f"SIM{OWN.upper()}")
    assert provider.query(OWN) == first
    assert (states(simulator), simulator.ledger.kept_fen()) == ([("charged", 6590)], 6590)


@pytest.mark.parametrize(
    ("customer", "outcome"),
    [
        ("90", Outcome("waiting", "password")),
        ("92", Outcome("refused", "balance")),
        ("93", Outcome("refused", "code_expired")),
        ("94", Outcome("unknown", "system")),
        ("95", Outcome("unknown", "no_answer")),
        ("96", Outcome("unknown", "no_answer")),
        ("97", Outcome("unknown", "system")),
    ],
)
def test_each_documented_answer_has_its_meaning(
    provider: PaymentProvider, name: Provider, customer: str, outcome: Outcome
) -> None:
    said = provider.pay(OWN, AMOUNT, code(name, customer))
    assert (said.answer, said.reason) == (outcome.answer, outcome.reason)


@pytest.mark.parametrize(
    ("customer", "then"),
    [
        ("90", ["waiting", "paid"]),
        ("91", ["waiting", "refused"]),
        ("94", ["paid"]),
        ("95", ["paid"]),
        ("96", ["absent"]),
        ("97", ["unknown", "unknown"]),
        ("98", ["waiting", "waiting", "waiting"]),
    ],
)
def test_queries_find_out_what_became_of_it(
    provider: PaymentProvider, name: Provider, customer: str, then: list[str]
) -> None:
    provider.pay(OWN, AMOUNT, code(name, customer))
    said = [provider.query(OWN).answer for _ in then]
    # Alipay has one word for a payment that was turned down and for one that was closed: nothing is charged either way
    assert [("refused" if each == "reversed" else each) for each in said] == then


@pytest.mark.parametrize("customer", ["01", "90", "94", "95", "96", "97", "98"])
def test_what_is_reversed_is_given_back_and_can_never_be_charged_again(
    simulator: PaymentSimulator, provider: PaymentProvider, name: Provider, customer: str
) -> None:
    provider.pay(OWN, AMOUNT, code(name, customer))
    assert provider.reverse(OWN).answer == "reversed"
    assert provider.reverse(OWN).answer == "reversed"

    late = provider.pay(OWN, AMOUNT, code(name, "01"))
    assert (late.answer, late.reason) == ("refused", "closed")
    assert simulator.ledger.kept_fen() == 0


def test_a_payment_code_is_good_for_one_payment(provider: PaymentProvider, name: Provider) -> None:
    assert provider.pay(OWN, AMOUNT, code(name, "01")).answer == "paid"
    assert provider.pay(OTHER, AMOUNT, code(name, "01")).answer == "refused"


def test_another_amount_under_the_same_number_is_not_believed_to_be_paid(
    provider: PaymentProvider, name: Provider
) -> None:
    assert provider.pay(OWN, AMOUNT, code(name, "01")).answer == "paid"
    assert provider.pay(OWN, Fen(1), code(name, "02")) == Outcome("unknown", "duplicate")


def test_refunds_come_out_of_one_payment_once_each_and_never_beyond_it(
    simulator: PaymentSimulator, provider: PaymentProvider, name: Provider
) -> None:
    provider.pay(OWN, AMOUNT, code(name, "01"))
    part = Refund("R1", OWN, AMOUNT, Fen(6000))

    assert [provider.refund(part).answer for _ in range(2)] == ["reversed", "reversed"]
    assert provider.refund(Refund("R2", OWN, AMOUNT, Fen(591))) == Outcome("refused", "refund_beyond")
    assert provider.refund(Refund("R3", OWN, AMOUNT, Fen(590))).answer == "reversed"
    assert simulator.ledger.kept_fen() == 0


def test_where_nobody_listens_nothing_was_sent_and_nothing_can_be_charged(name: Provider) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    provider = providers_at("127.0.0.1", port)[name]

    assert provider.pay(OWN, AMOUNT, code(name, "01")) == Outcome("refused", "unreachable")
    assert provider.query(OWN) == provider.reverse(OWN) == Outcome("unknown", "unreachable")


def test_an_answer_that_takes_too_long_is_unknown_though_it_was_charged(
    simulator: PaymentSimulator, name: Provider
) -> None:
    provider = providers_of(simulator, answer_s=0.3)[name]

    assert provider.pay(OWN, AMOUNT, code(name, "88")) == Outcome("unknown", "no_answer")
    assert states(simulator) == [("charged", 6590)]
    assert provider.query(OWN).answer == "paid"


@pytest.mark.parametrize("body", ["", "{", "[]", '{"payer": 7}', "method=alipay.trade.pay", "\x00" * 9])
@pytest.mark.parametrize("path", ["/v3/pay/transactions/codepay", "/gateway.do", "/v3/elsewhere"])
def test_a_request_that_cannot_be_read_is_refused_and_the_next_is_served(
    simulator: PaymentSimulator, provider: PaymentProvider, name: Provider, path: str, body: str
) -> None:
    answered = PlainCaller(simulator.host, simulator.port).call("POST", path, body)
    assert answered.status in {400, 404}
    assert provider.pay(OWN, AMOUNT, code(name, "01")).answer == "paid"


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\n\r\n<html>", b"rubbish", b"HTTP/1.1 200 OK\r\n\r\n[1]"])
def test_rubbish_for_an_answer_is_unknown(name: Provider, said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65536)
                line.sendall(said)

        stranger = Thread(target=speak)
        stranger.start()
        provider = providers_at(*server.getsockname())[name]
        assert provider.pay(OWN, AMOUNT, code(name, "01")) == Outcome("unknown", "no_answer")
        stranger.join()


def test_as_a_process_it_says_that_it_is_simulated_and_keeps_its_books(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pos_app", "payment-simulator", "--data", str(tmp_path)]
    for expected in ("paid", "paid"):
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            assert said["simulated"] is True
            provider = providers_at(said["host"], said["port"])["wechat"]
            assert provider.pay(OWN, AMOUNT, code("wechat", "01")).answer == expected
            process.communicate(timeout=30)
    simulator = PaymentSimulator(tmp_path)
    assert states(simulator) == [("charged", 6590)]
    simulator.close()
