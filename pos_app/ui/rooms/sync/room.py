"""The sync room: its pages, and which of them is shown."""

from collections.abc import Sequence

from PySide6.QtWidgets import QStackedLayout

from pos_app.domain.exceptions import StoreException
from pos_app.services.changes import Changes, Kind
from pos_app.services.reuniting import Parted
from pos_app.ui.rooms.room import Room
from pos_app.ui.rooms.sync.diagnostics_page import DiagnosticsPage
from pos_app.ui.rooms.sync.exceptions_page import ExceptionsPage
from pos_app.ui.rooms.sync.overview import Overview, Ways
from pos_app.ui.rooms.sync.parted_page import PartedPage
from pos_app.ui.rooms.sync.readiness_page import ReadinessPage
from pos_app.ui.runtime.actions import Layer
from pos_app.ui.runtime.desk import Desk


class SyncRoom(Room):
    """The room."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._parted: Parted | None = None
        self._layer: Layer | None = None
        self._entered = False
        self._found: Sequence[StoreException] = ()
        ways = Ways(self._ask, self._open_readiness, self._watch, self._open_diagnostics)
        self.overview = Overview(desk, ways)
        self.readiness = ReadinessPage(desk, self.open_overview)
        self.exceptions = ExceptionsPage(desk, self.open_overview)
        self.parted = PartedPage(desk, self._gone_on, self.open_overview)
        self.diagnostics = DiagnosticsPage(desk, self.open_overview)
        self._stack = QStackedLayout(self)
        for page in (self.overview, self.readiness, self.parted, self.exceptions, self.diagnostics):
            self._stack.addWidget(page)
        desk.on_changes.append(self._on_changes)
        self._look()

    def enter(self) -> None:
        """The room is shown: its keys work."""
        self._entered = True
        self.open_overview()
        self._look()

    def leave(self) -> None:
        """Another room is shown."""
        self._entered = False
        self._open_keys(None)

    def open_overview(self) -> None:
        """Show how things stand."""
        self._stack.setCurrentWidget(self.overview)
        self._open_keys(self.overview.keys)

    def _open_readiness(self) -> None:
        """Show what works now."""
        self._stack.setCurrentWidget(self.readiness)
        self._open_keys(self.readiness.layer)

    def _open_diagnostics(self) -> None:
        """Show where a bundle can go."""
        self.diagnostics.begin()
        self._stack.setCurrentWidget(self.diagnostics)
        self._open_keys(self.diagnostics.layer)

    def _ask(self) -> None:
        """Tell what has parted, and ask a manager."""
        if self._parted is not None:
            self.parted.begin(self._parted)
            self._stack.setCurrentWidget(self.parted)
            self._open_keys(self.parted.layer)

    def _gone_on(self) -> None:
        self._desk.messages.note("note.gone_on")
        self._show_parted(None)
        self.open_overview()

    def _watch(self) -> None:
        """Show the exceptions."""
        self.exceptions.show_exceptions(self._found)
        self._stack.setCurrentWidget(self.exceptions)
        self._open_keys(self.exceptions.layer)

    def _on_changes(self, kinds: Changes) -> None:
        if kinds & {Kind.CHAIN, Kind.EXCEPTION}:
            self._look()

    def _look(self) -> None:
        """Ask whether the chains have parted, and what is wrong. It waits behind what the counter sees to first."""
        counter = self._desk.counter
        if counter is not None:
            self._desk.tasks.run(counter.reuniting.parted, self._show_parted)
            self._desk.tasks.run(counter.watching.exceptions, self._show_exceptions)

    def _show_exceptions(self, found: Sequence[StoreException]) -> None:
        if found != self._found and self._stack.currentWidget() is self.exceptions:
            self.exceptions.show_exceptions(found)
        self._found = found
        self.overview.show_exceptions(sum(each.open for each in found))

    def _show_parted(self, parted: Parted | None) -> None:
        self._parted = parted
        self.overview.show_parted(parted=parted is not None)
        if self._entered and self._stack.currentWidget() is self.overview:
            self._open_keys(self.overview.keys)

    def _open_keys(self, layer: Layer | None) -> None:
        if self._layer is not None:
            self._desk.actions.close(self._layer)
        self._layer = layer if self._entered else None
        if self._layer is not None:
            self._desk.actions.open(self._layer)
