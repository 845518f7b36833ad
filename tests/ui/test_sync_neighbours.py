"""The sync room says which registers of the store answer, and where they are not found by themselves."""

import pytest

from pos_app.ui.ports import LanStatus
from tests.support.hands import Hands
from tests.support.till import HandRegister
from tests.ui.test_parted import room


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (None, "未启用"),
        (LanStatus(), "暂无应答"),
        (LanStatus(("S001-R2", "S001-R3"), "works"), "S001-R2, S001-R3"),
        (LanStatus(("S001-R2",), "silent"), "S001-R2 · 仅用已填地址"),
        (LanStatus((), "silent"), "暂无应答 · 仅用已填地址"),
    ],
)
def test_it_says_who_answers_and_whether_others_are_found(
    till: Hands, register: HandRegister, told: LanStatus | None, said: str
) -> None:
    till.press("Alt+8")
    if told is not None:
        register.tell(told)
    till.rest()

    assert room(till).overview.neighbours.words == said
