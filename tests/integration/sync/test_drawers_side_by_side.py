"""Two registers of a store ask headquarters what their drawers hold; another store's register sees none of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pos_app.bootstrap.line import open_line
from pos_app.domain.drawers import StoreDrawer
from pos_app.domain.errors import LineDown
from pos_app.domain.ids import OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from sync.client.drawers import ask_drawers
from tests.integration.hq.till import small_chain
from tests.support.drawer import counted
from tests.support.real_hq import Borrowed, RealHq
from tests.support.whole_register import WholeRegister, enrolled

CASHIER = Operator(OperatorId("1001"), "林晓雯", "cashier", "")
RICE_CODE, RICE_FEN, FLOAT = "6999999000112", 6900, 50_000


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[RealHq]:
    hq = RealHq(tmp_path / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain())
    yield hq
    hq.stop()


@pytest.fixture
def registers(hq: RealHq, tmp_path: Path) -> Iterator[list[WholeRegister]]:
    """Two of one store, and one of another."""
    made = [enrolled(hq, tmp_path / f"register-{at}", store) for at, store in enumerate(("S001", "S001", "S002"))]
    today = hq.administrator("GET", "/healthz")["time"][:10]
    for register in made:
        register.clock.at = register.clock.at.fromisoformat(f"{today}T02:00:00+00:00")
    yield made
    for register in made:
        register.stop()


def ask(hq: RealHq, register: WholeRegister) -> Sequence[StoreDrawer]:
    identity = register.folder.identity()
    assert identity is not None
    line = open_line(register.folder, identity, Borrowed(hq))
    try:
        return ask_drawers(line)
    finally:
        line.close()


def test_a_register_sees_the_drawers_of_its_store_as_far_as_they_were_sent(
    hq: RealHq, registers: list[WholeRegister]
) -> None:
    first, second, elsewhere = registers
    for register in registers:
        register.opened.shifts.open(CASHIER, Fen(FLOAT))
        register.sell(RICE_CODE)
    first.opened.shifts.count(CASHIER, counted(FLOAT))
    first.opened.shifts.close(CASHIER, "少收")
    first.push_all()
    second.push_all()
    second.sell(RICE_CODE)

    told = {each.device: each for each in ask(hq, second)}

    assert set(told) == {"S001-R1", "S001-R2"}
    closed, behind = told["S001-R1"], told["S001-R2"]
    assert (closed.holds, closed.counted, closed.difference) == (FLOAT + RICE_FEN, FLOAT, -RICE_FEN)
    assert closed.closed_at
    assert (behind.holds, behind.counted, behind.closed_at) == (FLOAT + RICE_FEN, None, "")
    assert all(each.as_of for each in told.values())
    assert ask(hq, elsewhere) == []
    elsewhere.push_all()
    assert [each.device for each in ask(hq, elsewhere)] == ["S002-R1"]


def test_without_a_line_nothing_is_told(hq: RealHq, registers: list[WholeRegister]) -> None:
    hq.stop()
    with pytest.raises(LineDown):
        ask(hq, registers[0])
    hq.start()
