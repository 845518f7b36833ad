"""The store's drawers side by side: the own one by its own facts, others as headquarters has them, or not at all."""

from pos_app.domain.drawers import StoreDrawer
from pos_app.domain.errors import LineDown
from pos_app.domain.ids import DeviceId
from pos_app.domain.money import Fen
from pos_app.ui.rooms.shift.registers_page import RegistersPage
from tests.support.hands import Hands
from tests.support.ports import DEVICE
from tests.support.till import HandRegister

MANAGER, PIN = "1009", "9876"
OTHER = StoreDrawer(
    device=DeviceId("S001-R2"),
    number=7,
    business_date="2026-06-18",
    operator="1002",
    opened_at="2026-06-18T08:02:00+08:00",
    closed_at="",
    holds=Fen(123_450),
    counted=None,
    as_of="2026-06-18T02:40:00+00:00",
)


def page(till: Hands) -> RegistersPage:
    (found,) = till.window.findChildren(RegistersPage)
    return found


def look(till: Hands) -> list[list[str]]:
    """Open a shift, ask for the drawers with a manager's consent, and read what is listed."""
    till.application.desk.texts.switch("en")
    till.press("Alt+6")
    till.press("O")
    till.type("500")
    till.press("Enter")
    till.press("S")
    for each in (MANAGER, PIN):
        till.type(each)
        till.press("Enter")
    model = page(till).rows.rows_model
    return [[model.index(row, column).data() for column in range(5)] for row in range(model.rowCount())]


def test_the_others_stand_beside_the_own_one_with_their_moment(till: Hands, register: HandRegister) -> None:
    stale_self = StoreDrawer(DEVICE, 1, "2026-06-18", "1001", OTHER.opened_at, "", Fen(1), None, OTHER.as_of)
    register.drawers = [stale_self, OTHER]

    own, other = look(till)

    assert own[0] == "S001-R1  shift 0001  1001"
    assert own[1].endswith("this register, now")
    assert own[2:] == ["¥500.00", "–", "–"]
    assert other[0] == "S001-R2  shift 0007  1002"
    assert other[1] == "opened 06-18 08:02, not closed   as sent by 10:40"
    assert other[2:] == ["¥1,234.50", "–", "–"]


def test_with_no_line_it_says_that_it_knows_its_own_alone(till: Hands, register: HandRegister) -> None:
    register.fails["drawers"] = LineDown("drawers_unanswered", limit_s=1.5)

    listed = look(till)

    assert [row[0] for row in listed] == ["S001-R1  shift 0001  1001"]
    assert page(till).said.words == "This register alone: headquarters did not answer within 1.5 s"
    till.press("Esc")
    assert not page(till).isVisible()


def test_an_answer_that_comes_when_nobody_looks_any_more_opens_nothing(till: Hands, register: HandRegister) -> None:
    register.drawers = [OTHER]
    with till.unanswered():
        look(till)
        till.press("Esc")
    assert not page(till).isVisible()


def test_nobody_sees_the_drawers_without_a_managers_consent(till: Hands) -> None:
    till.press("Alt+6")
    till.press("S")
    till.type("1001")
    till.press("Enter")
    till.type("1234")
    till.press("Enter")
    assert not page(till).isVisible()
