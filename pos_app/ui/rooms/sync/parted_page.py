"""What a manager is told, and asked for, when this register's chain and headquarters' have parted.

Beside the words the pad; nothing is done before the PIN is right.
"""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from pos_app.services.reuniting import Parted
from pos_app.ui.runtime.desk import Desk
from pos_app.ui.runtime.money_text import amount_text, time_text
from pos_app.ui.widgets.approval_pad import ApprovalPad
from pos_app.ui.widgets.cards import Card
from pos_app.ui.widgets.displays import Ground
from pos_app.ui.widgets.paragraph import Paragraph

_PAD_WIDTH = 360


class PartedPage(Ground):
    """One case at a time."""

    def __init__(self, desk: Desk, done: Callable[[], object], closed: Callable[[], object]) -> None:
        super().__init__(desk.theme)
        self._desk = desk
        self._done = done
        self._parted: Parted | None = None
        self.card = Card(desk, "sync.parted")
        self.what, self.kept, self.to_do = (Paragraph(desk.theme) for _ in range(3))
        for part in (self.what, self.kept, self.to_do):
            self.card.column.addSpacing(8)
            self.card.column.addWidget(part)
        self.card.column.addStretch(1)
        self.pad = ApprovalPad(desk, self._approve, closed)
        self.pad.setFixedWidth(_PAD_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self.card, 1)
        row.addWidget(self.pad)
        self.layer = self.pad.layer
        desk.texts.on_change(self._tell)

    def begin(self, parted: Parted) -> None:
        """Tell a case."""
        self._parted = parted
        self.pad.begin()
        self._tell()

    def _approve(self, number: str, pin: str) -> None:
        reuniting = self._desk.open_counter().reuniting
        self._desk.tasks.run(lambda: reuniting.approve(number, pin), lambda _: self._done(), self.pad.refused)

    def _tell(self) -> None:
        parted, tr = self._parted, self._desk.texts.tr
        if parted is None:
            return
        today = self._desk.now()
        first, last = (time_text(at, today) for at in (parted.first_at, parted.last_at))
        self.what.set_words(tr("sync.parted_what", elsewhere=parted.elsewhere, facts=parted.facts), "ink")
        places = {"sales": parted.sales, "total": amount_text(parted.total), "first": first, "last": last}
        self.kept.set_words(tr("sync.parted_kept" if parted.facts else "sync.parted_none", **places), "ink")
        self.to_do.set_words(tr("sync.parted_do"), "ink")
