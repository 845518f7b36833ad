"""What every room stands on, in one hand: the register behind, workers, texts, theme, keys, messages, who is here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pos_app.domain.operators import Operator
from pos_app.domain.readiness import Readiness
from pos_app.services.changes import Changes
from pos_app.services.drawer_state import Holder
from pos_app.ui.ports import (
    Changed,
    Counter,
    Identity,
    LanStatus,
    LineStatus,
    Notice,
    PrinterStatus,
    Register,
    SoldElsewhere,
)
from pos_app.ui.runtime.actions import Actions
from pos_app.ui.runtime.messages import Messages
from pos_app.ui.runtime.preferences import PreferenceFile
from pos_app.ui.runtime.tasks import Tasks
from pos_app.ui.runtime.theme import Theme
from pos_app.ui.runtime.translations import Texts


@dataclass(slots=True)
class Desk:
    """The parts of the window that rooms share."""

    register: Register
    tasks: Tasks
    """The counter's thread."""
    errands: Tasks
    """What may take seconds: enrolment, pictures, the printer's test."""
    payments: Tasks
    """What waits for a payment provider, and for nothing else."""
    texts: Texts
    theme: Theme
    actions: Actions
    messages: Messages
    preferences: PreferenceFile
    identity: Identity
    """Which register this is, as of its opening: reading it may cost a file."""
    counter: Counter | None = None
    operator: Operator | None = None
    holder: Holder | None = None
    """Whose shift is open here, as last looked at; None before the register is open."""
    line: LineStatus = field(default_factory=LineStatus)
    printer: PrinterStatus = field(default_factory=PrinterStatus)
    lan: LanStatus | None = None
    """The store's own network; None where the register is on none."""
    ready: Readiness = ()
    """What works now, as last looked at; nothing before the register is open."""
    on_status: list[Callable[[], object]] = field(default_factory=list)
    """Called when ``line``, ``printer``, ``lan`` or ``holder`` is another."""
    on_ready: list[Callable[[], object]] = field(default_factory=list)
    """Called when ``ready`` is another."""
    on_changes: list[Callable[[Changes], object]] = field(default_factory=list)
    """Called with the kinds of thing that changed."""
    on_sold_elsewhere: list[Callable[[SoldElsewhere], object]] = field(default_factory=list)
    """Called when another register has sold what may be open here."""

    def open_counter(self) -> Counter:
        """Give the use cases; asking before the register is open is a bug."""
        if self.counter is None:
            raise AssertionError("the register is not open")
        return self.counter

    def hear(self, notice: Notice) -> None:
        """Take what the register tells."""
        if isinstance(notice, Changed):
            self.tell(notice.kinds)
            return
        if isinstance(notice, SoldElsewhere):
            for heard in self.on_sold_elsewhere:
                heard(notice)
            return
        if isinstance(notice, LineStatus):
            self.line = notice
        elif isinstance(notice, LanStatus):
            self.lan = notice
        else:
            self.printer = notice
        for listener in self.on_status:
            listener()

    def tell(self, kinds: Changes) -> None:
        """Say what kinds of thing changed."""
        for listener in self.on_changes:
            listener(kinds)

    def now(self) -> datetime:
        """Give the newest moment that the register spoke of, to tell today's times from older ones."""
        graded = (each.graded_at for each in self.ready)
        moments = (self.line.heard_at, self.line.since, self.line.prices_as_of, *graded)
        return max((moment for moment in moments if moment is not None), default=datetime.min.replace(tzinfo=UTC))
