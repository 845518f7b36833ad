"""What is painted, and what is left alone: a scan repaints its own rows, and painting costs Python no references."""

import inspect
import sys
from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from pos_app.ui.rooms.checkout.lines_view import ROW_HEIGHT
from pos_app.ui.rooms.checkout.ringing import LineRow
from pos_app.ui.widgets import painting
from pos_app.ui.widgets.rows import RowState
from tests.support.hands import Hands
from tests.support.till import HandRegister

REPAINTS = 200


class PaintWatch(QObject):
    """Sums up how high the painted part of a widget was."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__()
        self.heights: list[int] = []
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 — Qt's own name
        if isinstance(event, QPaintEvent):
            self.heights.append(event.rect().height())
        return False


@pytest.fixture
def codes(register: HandRegister) -> list[str]:
    return [product.barcodes[0].code for product in register.replica.products if product.barcodes]


def fill(till: Hands, codes: list[str]) -> None:
    for code in codes:
        till.window.scan(code)
    till.rest()


def painted(words: str, room: int, font: QFont, end: int = 0) -> QImage:
    picture = QImage(400, 30, QImage.Format.Format_RGB32)
    picture.fill(QColor("white"))
    painter = QPainter(picture)
    box = QRect(0, 0, room, 30)
    painting.text(painter, box, words, font=font, color=QColor("black"), align=painting.LEFT, end=end)
    painter.end()
    return picture


def test_two_pack_sizes_of_goods_with_a_long_name_do_not_look_alike(till: Hands) -> None:
    font = till.application.desk.theme.font("strong", bold=True)
    small, large = (f"穗和仓有机五常稻花香二号东北大米真空礼盒 {size}" for size in ("5kg", "10kg"))

    assert painted(small, 200, font) == painted(large, 200, font)
    assert painted(small, 200, font, painting.NAME_END) != painted(large, 200, font, painting.NAME_END)


def test_what_is_cut_stays_in_its_box_and_begins_as_it_does(till: Hands) -> None:
    font = till.application.desk.theme.font("strong", bold=True)
    words = "穗和仓有机五常稻花香二号东北大米真空礼盒 5kg"
    outside = QRect(200, 0, 200, 30)
    nothing = painted("", 200, font)

    assert painted(words, 200, font, painting.NAME_END).copy(outside) == nothing.copy(outside)
    assert painted(words, 40, font, painting.NAME_END) == painted(words, 40, font)


@pytest.mark.parametrize("lines", [2, 60])
def test_a_scan_paints_the_new_row_and_the_one_that_was_chosen_before(
    till: Hands, codes: list[str], lines: int
) -> None:
    fill(till, codes[:lines])
    watch = PaintWatch(till.window.checkout.basket.lines.viewport())

    till.scan(codes[lines])

    assert 0 < sum(watch.heights) <= 2 * ROW_HEIGHT


def test_a_second_piece_paints_its_row_alone(till: Hands, codes: list[str]) -> None:
    fill(till, codes[:3])
    watch = PaintWatch(till.window.checkout.basket.lines.viewport())

    till.scan(codes[2])

    assert sum(watch.heights) == ROW_HEIGHT


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_row_painted_ahead_is_the_row_as_it_is_painted(
    till: Hands, codes: list[str], theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(till, codes[:3])
    lines = till.window.checkout.basket.lines
    till.application.desk.theme.switch(theme)
    till.application.desk.texts.switch("en")
    till.until(lambda: lines.passed.stands_for(lines.rows_model.rows[2]))
    painted: list[int] = []
    paint_row = lines.paint_row

    def watched(painter: QPainter, rect: QRect, row: LineRow, state: RowState) -> None:
        painted.append(row.at)
        paint_row(painter, rect, row, state)

    monkeypatch.setattr(lines, "paint_row", watched)
    till.scan(codes[3])
    scanned, moved = list(painted), lines.viewport().grab().toImage()
    lines.passed.forget()

    assert scanned[:1] == [4]
    assert 3 not in scanned
    assert lines.viewport().grab().toImage() == moved


def test_a_row_painted_ahead_is_forgotten_with_its_colours_and_words(till: Hands, codes: list[str]) -> None:
    fill(till, codes[:3])
    desk, lines = till.application.desk, till.window.checkout.basket.lines
    for change in (partial(desk.theme.switch, "dark"), partial(desk.texts.switch, "en")):
        till.until(lambda: lines.passed.stands_for(lines.rows_model.rows[2]))
        change()
        assert not lines.passed.stands_for(lines.rows_model.rows[2])


def test_a_new_total_leaves_the_card_beneath_it_alone(till: Hands, codes: list[str]) -> None:
    fill(till, codes[:3])
    basket = till.window.checkout.basket
    figure, card, page = PaintWatch(basket.total), PaintWatch(basket.card), PaintWatch(basket)

    till.scan(codes[3])

    assert figure.heights
    assert (card.heights, page.heights) == ([], [])


def test_removing_a_line_paints_from_the_line_then_chosen_downwards(till: Hands, codes: list[str]) -> None:
    fill(till, codes[:5])
    lines = till.window.checkout.basket.lines
    lines.choose(3)
    till.rest()
    watch = PaintWatch(lines.viewport())

    till.press("-")

    assert len(lines.rows_model.rows) == 4
    assert max(watch.heights) <= lines.viewport().height() - 2 * ROW_HEIGHT


def test_the_bench_hears_of_every_painting(till: Hands, codes: list[str]) -> None:
    heard: list[str] = []
    till.window.checkout.basket.lines.painted = lambda: heard.append("painted")

    till.scan(codes[0])

    assert heard


def test_repainting_takes_no_reference_off_none(till: Hands, codes: list[str]) -> None:
    """PySide6 6.12.0 on Python 3.11 takes two a repaint, until the process dies."""
    fill(till, codes[:12])
    lines = till.window.checkout.basket.lines
    QApplication.processEvents()
    before = sys.getrefcount(None)

    for _ in range(REPAINTS):
        lines.viewport().repaint()
        till.window.rail.repaint()

    assert abs(sys.getrefcount(None) - before) < REPAINTS // 2


def our_functions(widget: QWidget) -> Iterator[tuple[str, object]]:
    for kind in type(widget).__mro__:
        if kind.__module__.startswith("pos_app."):
            for name, part in vars(kind).items():
                if inspect.isfunction(part):
                    yield f"{kind.__qualname__}.{name}", part


def test_a_day_at_the_till_takes_no_reference_off_what_qt_calls(
    till: Hands, codes: list[str], register: HandRegister
) -> None:
    """An override whose call goes wrong inside Qt may lose its function for good, and the process a minute later."""
    widgets = till.window.findChildren(QWidget)
    functions = dict(each for widget in widgets for each in our_functions(widget))

    for _ in range(3):
        fill(till, codes[:20])
        till.press("+")
        till.press("Enter")
        till.press("F12")
        till.window.welcome(register.replica.operators[0])
        till.press("Alt+8")
        till.press("Alt+1")

    held_by = len(("its class", "the dictionary here", "the loop", "the call that counts"))
    assert [name for name, part in functions.items() if sys.getrefcount(part) < held_by] == []


def test_a_text_too_long_for_its_place_ends_in_an_ellipsis(till: Hands) -> None:
    font = till.application.desk.theme.font("body")
    face = painting._face(font)

    shown = painting._fitting(face, "五常稻花香大米" * 10, 120)

    assert shown.endswith("…")
    assert painting.width_of(shown, font) <= 120
