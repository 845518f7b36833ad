"""The members room's scenes: nobody asked for, several who may be meant, one card, why one looks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pos_app.ui.rooms.members.room import MembersRoom
from tests.support.bought import bought
from tests.support.promoted import GOLD, GOLD_PHONE

if TYPE_CHECKING:
    from tests.support.gallery import Stage


def member_scenes(stage: "Stage") -> Iterator[str]:
    """Find, choose, look."""
    stage.register.replica.purchases[GOLD] = bought()
    stage.sign_in()
    stage.window.open_room("members")
    stage.settle()
    yield "members-empty"
    room = stage.window.findChildren(MembersRoom)[0]
    for typed, name in (("nobody", "members-nobody"), ("陈", "members-several"), (GOLD_PHONE, "members-card")):
        room.search.setText(typed)
        room.presenter.find(typed)
        stage.settle()
        yield name
    room.view.timeline.open_current()
    yield "members-receipt"
    room.close_panel()
    room.view.timeline.turn_channel()
    yield "members-channel"
    room.reveal.click()
    yield "members-reason"
    room.presenter.look_at("核对身份")
    stage.settle()
    yield "members-unmasked"
    stage.window.toast.hide()
    room.presenter.begin_registering()
    room.form.fields["name"].setText("林小满")
    room.form.confirm.click()
    stage.settle()
    yield "members-register"
    room.form.fields["phone"].setText("13912345678")
    room.form.turn_consent()
    room.form.confirm.click()
    stage.settle()
    yield "members-welcome"
    room.close_panel()
    stage.settle()
    yield "members-registered"
