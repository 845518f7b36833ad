"""Facts go up: once, in order, from where headquarters has them."""

import httpx
import pytest

from pos_app.domain.errors import LineDown, LineTalksRubbish, Refusal
from pos_app.domain.facts import Position
from sync.client import push
from sync.protocol.wire import MAX_BATCH_FACTS
from tests.support.branch import Branch
from tests.support.mishaps import answer_lost, answered, doubled, silent


def test_what_the_register_did_is_at_headquarters_byte_for_byte(branch: Branch) -> None:
    branch.journal.ring(3)

    pushed = branch.engine.push_once()

    assert (pushed.sent, pushed.acked, pushed.more) == (3, Position(1, 3), False)
    assert branch.at_hq() == branch.in_journal()
    assert branch.replica.acked == Position(1, 3)


def test_with_nothing_to_send_nothing_is_asked(branch: Branch) -> None:
    assert branch.engine.push_once().sent == 0
    assert branch.hq.asked == []


def test_days_without_a_line_go_up_in_batches(branch: Branch) -> None:
    branch.journal.ring(2 * MAX_BATCH_FACTS + 50)

    branch.push_all()

    assert branch.at_hq() == branch.in_journal()
    assert len(branch.hq.asked) == 3
    assert branch.hq.received == 2 * MAX_BATCH_FACTS + 50


def test_a_batch_is_bounded_in_bytes_but_never_empty(branch: Branch) -> None:
    branch.journal.ring(12, text="大" * 80_000)

    branch.push_all()

    assert branch.at_hq() == branch.in_journal()
    assert len(branch.hq.asked) == 12 * 240_000 // push.BATCH_BYTES + 1


def test_after_a_lost_answer_the_facts_go_again_and_stand_there_once(branch: Branch) -> None:
    branch.journal.ring(5)
    branch.mishaps.expect(answer_lost)
    with pytest.raises(LineDown) as lost:
        branch.engine.push_once()
    assert lost.value.code == "line_cut"
    assert branch.replica.acked == Position(0, 0)
    assert len(branch.at_hq()) == 5

    branch.push_all()

    assert branch.hq.received == 10
    assert branch.at_hq() == branch.in_journal()
    assert branch.engine.status().waiting == 0


def test_headquarters_restored_from_a_backup_gets_again_what_it_lost(branch: Branch) -> None:
    branch.journal.ring(10)
    branch.push_all()
    branch.hq.restore_from_backup(facts=4, incarnation="i2")
    branch.journal.ring(1)

    branch.push_all()

    assert branch.at_hq() == branch.in_journal()
    assert branch.replica.acked == Position(1, 11)


def test_a_headquarters_that_takes_and_never_confirms_is_not_fed_without_end(branch: Branch) -> None:
    branch.journal.ring(3)
    branch.journal.facts.pop(0)  # a gap: headquarters stores nothing behind it

    with pytest.raises(LineTalksRubbish) as stalled:
        branch.engine.push_once()

    assert stalled.value.code == "push_no_progress"
    assert not branch.engine.status().online


def test_a_batch_too_large_for_headquarters_is_halved(branch: Branch) -> None:
    branch.hq.max_batch = 60
    branch.journal.ring(400)

    sent = [branch.engine.push_once().sent for _ in range(11)]

    assert sent == [0, 0, 0, *[50] * 8], "halved until one is taken, and not grown again to be refused again"
    assert branch.at_hq() == branch.in_journal()


def test_a_weak_line_gets_smaller_batches_until_one_goes_through(branch: Branch) -> None:
    branch.journal.ring(MAX_BATCH_FACTS)
    branch.mishaps.expect(silent, silent)
    for _ in range(2):
        with pytest.raises(LineDown):
            branch.engine.push_once()

    assert branch.engine.push_once().sent == MAX_BATCH_FACTS // 4
    assert branch.engine.push_once().sent == MAX_BATCH_FACTS // 2


def test_a_cloned_disk_is_a_fork_and_needs_a_hand(branch: Branch) -> None:
    branch.journal.ring(2)
    branch.push_all()
    branch.journal.facts.pop()
    branch.journal.ring(1, text="another history")
    branch.replica.acked = Position(1, 1)

    with pytest.raises(Refusal) as refused:
        branch.engine.push_once()

    assert refused.value.code == "fork"
    assert branch.engine.status().trouble == "fork"


@pytest.mark.parametrize("code", ["device_frozen", "device_revoked"])
def test_a_device_that_may_not_push_says_so_and_loses_nothing(branch: Branch, code: str) -> None:
    branch.journal.ring(1)
    branch.hq.frozen = code

    with pytest.raises(Refusal):
        branch.engine.push_once()

    status = branch.engine.status()
    assert (status.trouble, status.waiting, status.online) == (code, 1, False)

    branch.hq.frozen = ""
    branch.push_all()
    assert branch.at_hq() == branch.in_journal()
    assert branch.engine.status().trouble is None


def test_a_journal_older_than_what_headquarters_confirmed_is_named(branch: Branch) -> None:
    branch.journal.ring(3)
    branch.push_all()
    branch.journal.facts.pop()

    with pytest.raises(Refusal) as behind:
        branch.engine.push_once()

    assert behind.value.code == "journal_behind_hq"
    assert branch.engine.status().trouble_details["acked"] == [1, 3]


def test_a_request_that_arrives_twice_is_done_once(branch: Branch) -> None:
    branch.journal.ring(3)
    branch.mishaps.expect(doubled)

    pushed = branch.engine.push_once()

    assert (pushed.acked.seq, pushed.more) == (3, False)
    assert branch.at_hq() == branch.in_journal()
    assert branch.engine.status().trouble is None


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b'{"acked_epoch":1}',
        b'{"acked_epoch":1,"acked_seq":-1,"incarnation":"i1","time":"2026-06-18T08:00:00Z"}',
        b'{"acked_epoch":1,"acked_seq":3,"incarnation":"","time":"2026-06-18T08:00:00Z"}',
    ],
)
def test_a_confirmation_of_another_shape_confirms_nothing(branch: Branch, body: bytes) -> None:
    branch.journal.ring(3)
    branch.mishaps.expect(answered(200, body))

    with pytest.raises(LineTalksRubbish):
        branch.engine.push_once()

    assert branch.replica.acked == Position(0, 0)


def test_an_answer_on_its_way_when_the_line_is_cut_is_lost(branch: Branch) -> None:
    def cut(beyond: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        response = beyond.handle_request(request)
        branch.line.cut()
        return response

    branch.journal.ring(3)
    branch.mishaps.expect(cut)

    with pytest.raises(LineDown):
        branch.engine.push_once()

    assert not branch.line.up
    assert len(branch.at_hq()) == 3
    assert branch.replica.acked == Position(0, 0)
