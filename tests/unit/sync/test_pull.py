"""Publications come down: whole, undamaged, on the cursor they follow, or not at all."""

import json

import pytest

from pos_app.domain.errors import LineDown, LineTalksRubbish
from sync.client.report import EVERYTHING
from sync.protocol.compression import compress, decompress
from tests.support.branch import Branch
from tests.support.mishaps import Earlier, Mishap, altered, answered, goes_well, silent

CHAIN = "chain"
STORE = "store:S001"


@pytest.fixture
def stocked(branch: Branch) -> Branch:
    """Give a register that has its first replica."""
    branch.hq.publish(CHAIN, "product", "P1", {"name": "rice"})
    branch.engine.pull_once()
    branch.told.clear()
    return branch


def test_a_new_register_begins_with_a_snapshot(branch: Branch) -> None:
    branch.hq.publish(CHAIN, "product", "P1", {"name": "rice"})

    pulled = branch.engine.pull_once()

    assert pulled.snapshot
    assert branch.replica.bodies() == {(CHAIN, "product", "P1"): {"name": "rice"}}
    assert branch.told[0].topics == {EVERYTHING}
    assert branch.told[0].generation == 1


def test_snapshot_and_changes_are_the_same_as_a_fresh_snapshot(stocked: Branch, branch: Branch) -> None:
    for number in range(10):
        stocked.hq.publish(CHAIN, "product", f"P{number % 4}", {"name": f"name {number}"})
        stocked.hq.publish(STORE, "stock", f"P{number % 3}", {"on_hand": number})
    stocked.hq.publish(CHAIN, "product", "P2")

    pulled = stocked.engine.pull_once()
    by_changes = stocked.replica.bodies()
    stocked.engine.fetch_again()

    assert pulled.topics == {"product", "stock"}
    assert by_changes == stocked.replica.bodies()
    assert stocked.replica.installed == 2
    assert branch.told[-1].generation == 2


def test_prices_take_effect_together_when_nothing_more_waits(stocked: Branch) -> None:
    for number in range(7):
        stocked.hq.publish(CHAIN, "price", f"R{number}", {"amount": number})
    stocked.mishaps.expect(goes_well, silent)

    with pytest.raises(LineDown):
        stocked.engine.pull_once()
    assert not any(topic == "price" for _, topic, _ in stocked.replica.bodies())
    assert stocked.told == []

    assert stocked.engine.pull_once().topics == {"price"}
    assert len(stocked.replica.bodies()) == 8


def test_a_pull_that_breaks_in_the_middle_tells_what_it_applied(stocked: Branch) -> None:
    for number in range(7):
        stocked.hq.publish(STORE, "stock", f"P{number}", {"on_hand": number})
    stocked.mishaps.expect(goes_well, silent)

    with pytest.raises(LineDown):
        stocked.engine.pull_once()

    assert [told.topics for told in stocked.told] == [{"stock"}]


def damaged_line(body: bytes) -> bytes:
    return compress(decompress(body, limit_bytes=10_000).replace(b"rice", b"mice"))


def one_line_missing(body: bytes) -> bytes:
    return compress(b"\n".join(decompress(body, limit_bytes=10_000).split(b"\n")[1:]))


def end_missing(body: bytes) -> bytes:
    return compress(b"\n".join(decompress(body, limit_bytes=10_000).split(b"\n")[:-2]))


def said(**words: object) -> Mishap:
    """Headquarters answers, and its last line says something else."""

    def change(body: bytes) -> bytes:
        *lines, last, _ = decompress(body, limit_bytes=10_000).split(b"\n")
        return compress(b"\n".join([*lines, json.dumps(json.loads(last) | words).encode(), b""]))

    return altered(change)


STRANGERS: list[tuple[Mishap, type[Exception], str]] = [
    (answered(200, b"<html><title>Hotel</title>", Content_Type="text/html; charset=utf-8"), LineTalksRubbish, "portal"),
    (answered(302, b"", Location="http://portal.test/"), LineTalksRubbish, "redirected"),
    (answered(511, b"<html>", Content_Type="text/html"), LineTalksRubbish, "redirected"),
    (answered(403, b"blocked", Content_Type="text/plain"), LineTalksRubbish, "malformed"),
    (answered(200, b""), LineTalksRubbish, "malformed"),
    (answered(200, b"null"), LineTalksRubbish, "malformed"),
    (answered(200, b"\x00\xff" * 50), LineTalksRubbish, "malformed"),
    (answered(200, b"{}", Content_Encoding="gzip"), LineTalksRubbish, "malformed"),
    (answered(200, b"not packed", Content_Encoding="zstd"), LineTalksRubbish, "half"),
    (answered(502, b"<html>", Content_Type="text/html"), LineDown, "hq_failed"),
    (answered(500, b"boom", Content_Type="text/plain"), LineDown, "hq_failed"),
    (answered(503, b'{"code":"restarting"}', Retry_After="7"), LineDown, "hq_busy"),
    (altered(lambda body: body[: len(body) // 2]), LineTalksRubbish, "half"),
    (altered(lambda body: body + b"more"), LineTalksRubbish, "half"),
    (altered(damaged_line), LineTalksRubbish, "checksum"),
    (altered(one_line_missing), LineTalksRubbish, "checksum"),
    (altered(end_missing), LineTalksRubbish, "malformed"),
    (said(count=7), LineTalksRubbish, "half"),
    (said(incarnation=""), LineTalksRubbish, "half"),
    (said(cursor="chain:0,store:S001:0"), LineTalksRubbish, "out_of_step"),
    (said(cursor="chain:1,store:S001:0"), LineTalksRubbish, "out_of_step"),
    (said(cursor="chain:2"), LineTalksRubbish, "out_of_step"),
    (said(cursor="chain"), LineTalksRubbish, "malformed"),
    (said(after="chain:0,store:S001:0"), LineTalksRubbish, "out_of_step"),
    (said(time="noon"), LineTalksRubbish, "malformed"),
    (silent, LineDown, "timeout"),
]


@pytest.mark.parametrize(("mishap", "family", "code"), STRANGERS)
def test_rubbish_is_named_and_changes_nothing(
    stocked: Branch, mishap: Mishap, family: type[LineDown | LineTalksRubbish], code: str
) -> None:
    stocked.hq.publish(CHAIN, "product", "P2", {"name": "rice too"})
    before = stocked.replica.bodies()
    stocked.mishaps.expect(mishap)

    with pytest.raises(family) as rubbish:
        stocked.engine.pull_once()

    assert code in rubbish.value.code
    assert stocked.replica.bodies() == before
    assert not stocked.engine.status().online
    assert stocked.engine.pull_once().documents == 1
    assert stocked.engine.status().online


def test_an_answer_to_an_earlier_question_is_not_applied(stocked: Branch) -> None:
    earlier = Earlier()
    stocked.mishaps.expect(earlier, earlier)
    stocked.hq.publish(CHAIN, "product", "P2", {"name": "oil"})
    stocked.engine.pull_once()
    stocked.hq.publish(CHAIN, "product", "P2", {"name": "oil, new"})

    with pytest.raises(LineTalksRubbish) as stale:
        stocked.engine.pull_once()
    stocked.engine.pull_once()

    assert stale.value.code == "answer_out_of_step"
    assert stocked.replica.bodies()[CHAIN, "product", "P2"] == {"name": "oil, new"}


def test_a_register_older_than_the_tombstones_takes_a_snapshot(stocked: Branch) -> None:
    stocked.hq.publish(CHAIN, "product", "P1")
    stocked.hq.publish(CHAIN, "product", "P3", {"name": "flour"})
    stocked.hq.forget_before_now()

    assert stocked.engine.pull_once().snapshot
    assert stocked.replica.bodies() == {(CHAIN, "product", "P3"): {"name": "flour"}}


def test_another_incarnation_is_followed_by_a_snapshot(stocked: Branch) -> None:
    stocked.hq.restore_from_backup(facts=0, incarnation="i2")

    assert stocked.engine.pull_once().snapshot
    assert stocked.replica.standing().incarnation == "i2"


def test_an_answer_that_was_overtaken_is_thrown_away(stocked: Branch) -> None:
    def overtaken(beyond: object, request: object) -> object:
        response = goes_well(beyond, request)  # type: ignore[arg-type]  # handed on as it came
        stocked.hq.publish(CHAIN, "product", "P3", {"name": "beans"})
        stocked.engine.fetch_again()
        return response

    stocked.hq.publish(CHAIN, "product", "P2", {"name": "oil"})
    stocked.mishaps.expect(overtaken)  # type: ignore[arg-type]  # a mishap by shape

    stocked.engine.pull_once()

    assert set(stocked.replica.bodies()) == {(CHAIN, "product", f"P{number}") for number in (1, 2, 3)}
    assert stocked.engine.status().trouble is None


def test_more_without_a_step_forward_is_not_asked_for_without_end(stocked: Branch) -> None:
    stocked.mishaps.expect(said(more=True))

    with pytest.raises(LineTalksRubbish) as endless:
        stocked.engine.pull_once()

    assert endless.value.code == "answer_out_of_step"


def test_changes_without_end_are_given_up(stocked: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.client.pull.MAX_CHUNKS", 2)
    for number in range(30):
        stocked.hq.publish(CHAIN, "product", f"P{number}", {"name": f"goods {number}"})

    with pytest.raises(LineTalksRubbish) as endless:
        stocked.engine.pull_once()

    assert endless.value.code == "answer_too_long"


def test_a_snapshot_of_another_incarnation_than_the_changes_behind_it_is_rubbish(branch: Branch) -> None:
    branch.mishaps.expect(goes_well, said(incarnation="i2"))

    with pytest.raises(LineTalksRubbish) as other:
        branch.engine.pull_once()

    assert other.value.code == "answer_out_of_step"
