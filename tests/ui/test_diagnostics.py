"""The diagnostics bundle at the counter: choose a place, press a key, read where it is."""

from pos_app.domain.errors import Refusal
from pos_app.ui.rooms.sync.diagnostics_page import DiagnosticsPage
from tests.support.hands import Hands
from tests.support.till import HandRegister


def open_page(till: Hands) -> DiagnosticsPage:
    till.press("Alt+8")
    till.press_shown(till.application.desk.texts.tr("action.sync.diagnostics"))
    return till.window.findChildren(DiagnosticsPage)[0]


def test_it_is_written_where_the_person_chose_and_they_read_where_it_is(till: Hands, register: HandRegister) -> None:
    page = open_page(till)
    page.rows.rows_model.replace(["/media/stick", "/media/disk"])
    till.press("↓")
    till.press("Enter")

    assert register.asked[-1] == f"diagnostics {page.folder.text()}"
    assert f"{page.folder.text()}/granary-S001-R1" in page.said.words
    assert page.write.isEnabled()


def test_any_other_folder_can_be_typed(till: Hands, register: HandRegister) -> None:
    page = open_page(till)
    till.click(page.folder)
    page.folder.selectAll()
    till.type("/srv/help")
    till.press("Enter")

    assert register.asked[-1] == "diagnostics /srv/help"


def test_a_folder_that_is_none_is_told_beside_it_and_stays(till: Hands, register: HandRegister) -> None:
    register.fails["diagnostics"] = Refusal("diagnostics_folder", folder="/media/stick")
    page = open_page(till)
    page.folder.setText("/media/stick")
    till.press("Enter")

    assert "/media/stick" in page.said.words
    assert page.folder.text() == "/media/stick"
    till.press("Esc")
    assert not page.isVisible()
