"""A receipt beside something: as text or as a picture, printed again by a key."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.receipt import Receipt
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.widgets.action_button import ActionButton
from pos_app.ui.widgets.paper import Paper


class ReceiptVerbs(Protocol):
    """What is asked of the presenter."""

    def reprint(self, number: str) -> None: ...


class ReceiptPanel(QWidget):
    """Paper and its two buttons. Renderings are made on the errand thread; one that comes late is not shown."""

    def __init__(self, desk: Desk, verbs: ReceiptVerbs) -> None:
        super().__init__()
        self._desk = desk
        self._verbs = verbs
        self._receipt: Receipt | None = None
        self._as_picture = False
        self.paper = Paper(desk.theme)
        self.print = ActionButton(desk, "receipt.print", self._reprint, height=64)
        self.print.set_icon("printer")
        self.picture = ActionButton(desk, "receipt.picture", self._turn, height=64)
        self.picture.set_icon("receipt")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.print)
        buttons.addWidget(self.picture)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.paper, 1)
        column.addLayout(buttons)

    def runs(self) -> dict[str, Callable[[], object]]:
        """Give the actions of the panel, for the layer of its page."""
        return {"receipt.print": self.print.click, "receipt.picture": self.picture.click}

    def show_receipt(self, receipt: Receipt | None) -> None:
        """Show a receipt; None shows blank paper."""
        self._receipt = receipt
        self.print.setEnabled(receipt is not None)
        self.picture.setEnabled(receipt is not None)
        if receipt is None:
            self.paper.show_lines(())
        else:
            self._render(receipt)

    def _render(self, receipt: Receipt) -> None:
        renderings = self._desk.register.renderings
        if self._as_picture:
            self._desk.errands.run(
                lambda: renderings.picture(receipt), lambda png: self._still(receipt, self.paper.show_picture, png)
            )
        else:
            self._desk.errands.run(
                lambda: renderings.text(receipt), lambda lines: self._still(receipt, self.paper.show_lines, lines)
            )

    def _still(self, receipt: Receipt, show: Callable[..., None], rendering: object) -> None:
        if receipt is self._receipt:
            show(rendering)

    def _turn(self) -> None:
        self._as_picture = not self._as_picture
        if self._receipt is not None:
            self._render(self._receipt)

    def _reprint(self) -> None:
        if self._receipt is not None:
            self._verbs.reprint(self._receipt.number)
