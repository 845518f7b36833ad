"""The status is honest: never online while nothing is sent or heard."""

from datetime import UTC, datetime, timedelta

import pytest

from pos_app.domain.errors import GranaryError, LineDown, Refusal
from pos_app.domain.holds import Hold
from sync.client.health import STALE_S, Direction, Health
from sync.client.report import (
    Changed,
    Command,
    HoldAnswer,
    Status,
    read_command,
    read_event,
    write_command,
    write_event,
)
from tests.support.branch import Branch
from tests.support.mishaps import answered

NOON = datetime(2026, 6, 18, 12, tzinfo=UTC)


def test_a_register_that_was_just_started_does_not_claim_a_line(branch: Branch) -> None:
    status = branch.engine.status()

    assert (status.online, status.waiting, status.trouble, status.offset_ms) == (False, 0, None, None)
    assert (status.prices_as_of, status.heard_at) == (None, None)


def test_after_a_pull_it_is_online_and_knows_how_fresh_it_is(branch: Branch) -> None:
    branch.hq.ahead = timedelta(minutes=3)

    branch.engine.pull_once()

    status = branch.engine.status()
    assert status.online
    assert status.cursor == "chain:0,store:S001:0"
    assert status.offset_ms == pytest.approx(180_000, abs=2000)
    assert status.prices_as_of is not None
    assert status.prices_as_of > (datetime.now(UTC) + timedelta(minutes=2)).isoformat()


def test_hearing_without_being_able_to_send_is_not_online(branch: Branch) -> None:
    branch.journal.ring(1)
    branch.engine.pull_once()
    assert not branch.engine.status().online

    branch.mishaps.expect(answered(500, b"broken"))
    with pytest.raises(LineDown):
        branch.engine.push_once()
    branch.engine.pull_once()
    status = branch.engine.status()
    assert (status.online, status.trouble, status.waiting) == (False, "hq_failed", 1)

    branch.push_all()
    assert branch.engine.status().online


def test_having_nothing_to_send_proves_nothing(branch: Branch) -> None:
    branch.engine.push_once()

    assert not branch.engine.status().online


def test_a_cut_line_is_told_and_its_beginning_kept(branch: Branch) -> None:
    branch.engine.pull_once()
    online_since = branch.engine.status().since
    branch.line.cut()
    for _ in range(2):
        with pytest.raises(LineDown):
            branch.engine.pull_once()

    cut = branch.engine.status()
    assert (cut.online, cut.trouble) == (False, "line_unreachable")
    assert cut.trouble_at is not None
    assert cut.since > online_since
    assert cut.prices_as_of is not None
    assert branch.engine.status().since == cut.since

    branch.line.mend()
    branch.engine.pull_once()
    assert branch.engine.status().online


def test_how_fresh_the_prices_are_is_known_after_a_restart_with_no_line(branch: Branch) -> None:
    branch.engine.pull_once()
    as_of = branch.engine.status().prices_as_of
    branch.line.cut()

    again = Branch(branch.spool, replica=branch.replica)

    assert again.engine.status().prices_as_of == as_of


def test_a_wrong_clock_signs_again_at_the_time_that_the_refusal_told(branch: Branch) -> None:
    branch.hq.ahead = timedelta(hours=5)

    branch.engine.pull_once()

    assert len(branch.hq.asked) == 3  # refused, the snapshot, the changes behind it
    assert branch.engine.status().offset_ms == pytest.approx(5 * 3_600_000, abs=2000)


def test_silence_turns_online_off() -> None:
    health = Health(NOON)
    health.went_well(Direction.PULL, NOON, 10.0)

    assert health.judge(waiting=0, now=NOON, steady_s=11.0) == (True, NOON)
    later = NOON + timedelta(seconds=STALE_S + 1)
    assert health.judge(waiting=0, now=later, steady_s=10.0 + STALE_S + 1) == (False, later)


def test_the_worst_trouble_is_named_first() -> None:
    health = Health(NOON)
    health.jumped(5000, NOON, 0.0)
    assert _code(health) == "clock_jumped"
    health.failed(Direction.PUSH, LineDown("line_timeout"), NOON)
    assert _code(health) == "line_timeout"
    health.failed(Direction.PULL, Refusal("device_revoked"), NOON)
    assert _code(health) == "device_revoked"


def test_an_old_jump_is_no_longer_shown() -> None:
    health = Health(NOON)
    health.jumped(5000, NOON, 0.0)

    assert health.trouble(3600.0) is None


def test_what_is_told_crosses_the_pipe_unchanged() -> None:
    status = Status(
        online=False,
        since=NOON.isoformat(),
        waiting=3,
        acked=(1, 20),
        cursor="chain:1",
        trouble="fork",
        trouble_details={"seq": 4},
    )
    changed = Changed(frozenset({"price", "stock"}), 2)

    assert read_event(write_event(status)) == status
    assert read_event(write_event(changed)) == changed
    refused = HoldAnswer("H1", "points_not_free", refused=True, details={"free": 200})
    for answer in (HoldAnswer("H1"), refused):
        assert read_event(write_event(answer)) == answer
    asked = Command("hold", Hold("H1", "points", "M1", 300).document(), "B1")
    for command in (Command("push"), asked):
        assert read_command(write_command(command)) == command


@pytest.mark.parametrize("line", [b"", b"null", b"[]", b'{"event":"status"}', b'{"event":"dance"}', b'{"online":1}'])
def test_what_is_no_event_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — whichever of json's and ours it is
        read_event(line)


@pytest.mark.parametrize("line", [b"", b"null", b'{"do":1}', b'{"do":"push","more":1}', b"push"])
def test_what_is_no_command_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — as above
        read_command(line)


def test_a_strange_detail_does_not_break_the_status_line() -> None:
    error = GranaryError("odd", path=object(), raw=b"\xff")
    health = Health(NOON)
    health.failed(Direction.PULL, error, NOON)
    trouble = health.trouble(0.0)
    assert trouble is not None

    line = write_event(
        Status(online=False, since="", waiting=0, acked=(0, 0), cursor="", trouble_details=trouble.details)
    )

    assert isinstance(read_event(line), Status)


def _code(health: Health) -> str | None:
    trouble = health.trouble(1.0)
    return trouble.code if trouble else None
