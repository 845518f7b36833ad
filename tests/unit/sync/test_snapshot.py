"""A whole replica: resumed where the line broke, checked before it is installed."""

import json

import pytest

from pos_app.domain.errors import DiskFull, LineDown, LineTalksRubbish
from sync.client import snapshot
from tests.support.branch import Branch
from tests.support.mishaps import Mishap, altered, answered, cut_after


@pytest.fixture
def large(branch: Branch) -> Branch:
    """Give a headquarters whose snapshot does not fit into one piece."""
    for number in range(300):
        branch.hq.publish("chain", "product", f"P{number}", {"name": f"goods {number * 7919}"})
    return branch


def spooled(branch: Branch) -> list[str]:
    return sorted(path.name for path in branch.spool.iterdir() if path.name.startswith("snapshot"))


def test_a_download_that_broke_goes_on_where_it_broke(large: Branch) -> None:
    large.mishaps.expect(cut_after(1000), cut_after(500))
    for _ in range(2):
        with pytest.raises(LineDown):
            large.engine.pull_once()
    assert large.replica.installed == 0
    assert (large.spool / "snapshot.part").stat().st_size == 1500

    fetched = snapshot.SnapshotFetch(large.wiring.line, large.replica, large.spool).once()

    assert fetched.resumed_at == 1500
    assert len(large.replica.bodies()) == 300
    assert spooled(large) == []


def test_a_snapshot_that_was_made_anew_meanwhile_is_fetched_from_its_beginning(large: Branch) -> None:
    large.mishaps.expect(cut_after(1000))
    with pytest.raises(LineDown):
        large.engine.pull_once()
    large.hq.publish("chain", "product", "P0", {"name": "another"})

    large.engine.pull_once()

    assert large.replica.bodies()["chain", "product", "P0"] == {"name": "another"}


@pytest.mark.parametrize(
    ("mishap", "code"),
    [
        (altered(lambda body: body[:-1]), "answer_checksum"),
        (altered(lambda body: body[:900] + b"X" + body[901:]), "answer_checksum"),
        (answered(200, b"SQLite format 3"), "answer_malformed"),
        (answered(200, b"<html>", Content_Type="text/html"), "answer_portal"),
        (answered(206, b"x", ETag='"e"', Granary_Checksum="aa", Content_Range="bytes 5-5/6"), "answer_out_of_step"),
        (answered(206, b"x", ETag='"e"', Granary_Checksum="aa", Content_Range="rubbish"), "answer_malformed"),
    ],
)
def test_a_damaged_snapshot_is_not_installed_and_the_next_one_is_whole(
    large: Branch, mishap: Mishap, code: str
) -> None:
    large.mishaps.expect(mishap)

    with pytest.raises(LineTalksRubbish) as rubbish:
        large.engine.pull_once()

    assert rubbish.value.code == code
    assert large.replica.installed == 0
    large.engine.pull_once()
    assert len(large.replica.bodies()) == 300


def test_a_spool_that_lies_is_not_believed(large: Branch) -> None:
    large.mishaps.expect(cut_after(1000))
    with pytest.raises(LineDown):
        large.engine.pull_once()
    part = large.spool / "snapshot.part"
    part.write_bytes(b"\x00" + part.read_bytes()[1:])

    with pytest.raises(LineTalksRubbish) as damaged:
        large.engine.pull_once()
    large.engine.pull_once()

    assert damaged.value.code == "answer_checksum"
    assert len(large.replica.bodies()) == 300


def test_a_range_that_is_gone_is_asked_for_anew(large: Branch) -> None:
    large.mishaps.expect(cut_after(1000), answered(416, json.dumps({"code": "range"}).encode()))
    for _ in range(2):
        with pytest.raises((LineDown, LineTalksRubbish)):
            large.engine.pull_once()

    large.engine.pull_once()

    assert len(large.replica.bodies()) == 300


def test_a_full_disk_is_told_apart_and_the_old_replica_stays(large: Branch) -> None:
    large.engine.pull_once()
    before = large.replica.bodies()

    (large.spool / "snapshot.part").symlink_to("/dev/full")

    with pytest.raises(DiskFull):
        large.engine.fetch_again()

    assert large.replica.bodies() == before
    assert large.engine.status().trouble == "disk_full"
