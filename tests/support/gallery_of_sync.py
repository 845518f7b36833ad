"""The sync room's scenes: nothing held yet, all of it fresh, a line that has been away for hours."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pos_app.domain.errors import Refusal
from pos_app.services.changes import Kind
from pos_app.ui.ports import Changed, LineStatus, Trouble
from pos_app.ui.rooms.sync.room import SyncRoom
from tests.support.till import OPENING, HandRegister

if TYPE_CHECKING:
    from tests.support.gallery import Stage


def empty_register() -> HandRegister:
    """A register whose first replica has not come yet."""
    register = HandRegister()
    register.replica.as_of = None
    register.line = LineStatus(since=OPENING, trouble=Trouble("line_down", OPENING))
    return register


def empty_scenes(stage: "Stage") -> Iterator[str]:
    """What is said where nothing is known."""
    stage.sign_in()
    stage.window.open_room("sync")
    stage.settle()
    yield "sync-empty"
    _room(stage).overview.readiness.click()
    yield "sync-empty-readiness"


def sync_scenes(stage: "Stage") -> Iterator[str]:
    """A good day; then no line, for a while and for long."""
    stage.sign_in()
    stage.window.open_room("sync")
    stage.settle()
    room = _room(stage)
    room.overview.readiness.click()
    yield "sync-readiness"
    register = stage.register
    for hours, name in ((3, "stale"), (50, "old")):
        register.clock.at = OPENING + timedelta(hours=hours)
        register.tell(replace(register.line, online=False, since=OPENING, waiting=17))
        register.tell(Changed(frozenset({Kind.LINE})))
        stage.settle()
        yield f"sync-{name}-readiness"
        room.open_overview()
        yield f"sync-{name}"
        room.overview.readiness.click()


def diagnostics_scenes(stage: "Stage") -> Iterator[str]:
    """The bundle: where it goes, where it is, and a folder that is none."""
    stage.sign_in()
    stage.window.open_room("sync")
    stage.settle()
    room = _room(stage)
    room.overview.diagnostics.click()
    page = room.diagnostics
    page.rows.rows_model.replace(["/media/till/USB-32G", "/media/till/桌面", "/media/till/文档"])
    page.rows.choose(0)
    yield "sync-diagnostics"
    page.write.click()
    stage.settle()
    yield "sync-diagnostics-written"
    stage.register.fails["diagnostics"] = Refusal("diagnostics_folder", folder="/media/till/USB-32G")
    page.write.click()
    stage.settle()
    yield "sync-diagnostics-refused"


def _room(stage: "Stage") -> SyncRoom:
    return stage.window.findChildren(SyncRoom)[0]
