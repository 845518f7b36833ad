"""A receipt on the screen, at every length: it comes to rest, with a scroll bar or without."""

from pytestqt.qtbot import QtBot

from pos_app.ui.runtime.theme import Theme
from pos_app.ui.widgets.paper import Paper


def test_no_length_makes_the_paper_fit_itself_without_end(qtbot: QtBot) -> None:
    """One that just fits took the bar away, grew by its width, and just did not fit, for ever: the counter stood."""
    paper = Paper(Theme("light"))
    qtbot.addWidget(paper)
    paper.resize(368, 560)
    paper.show()
    line = "合计 3 件" + " " * 30 + "137.70"
    for lines in range(1, 60):
        paper.show_lines([line] * lines)
        fitted = 0
        fit = paper._fit

        def count(fit: object = fit) -> None:
            nonlocal fitted
            fitted += 1
            assert fitted < 10, "it is fitted again and again"
            fit()  # type: ignore[operator] # it is the paper's own

        paper._fit = count  # type: ignore[method-assign] # counted
        qtbot.wait(1)
        paper._fit = fit  # type: ignore[method-assign] # and given back
