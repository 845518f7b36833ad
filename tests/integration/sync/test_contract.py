"""Headquarters on paper and the real one, told the same story: they answer the same (docs/sync.md §2, §3, §6, §9)."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from pos_app.domain.errors import GranaryError
from pos_app.domain.facts import Position
from sync.client.clock import HqClock
from sync.client.engine import SyncEngine, Wiring
from sync.client.enrolment import enrol, make_key
from sync.client.signing import Identity
from sync.client.transport import HqLine, Question
from tests.support.paper_hq import PaperHq
from tests.support.real_hq import RealHq
from tests.support.register_files import MemoryJournal, MemoryReplica

PRODUCT = {"sku": "P1", "name": "五常大米"}
PRICE = {"id": "R1", "sku": "P1", "kind": "base", "amount": 1000}


class Told:
    """What a headquarters answered, without what may differ: times, names of incarnations, wordings."""

    def __init__(self, hq: httpx.BaseTransport, code: str, spool: Path) -> None:
        self.hq = hq
        self.code = code
        self.spool = spool
        self.story: list[tuple[str, object]] = []

    def note(self, what: str, step: Callable[[], object]) -> None:
        """Take a step; write down what came of it."""
        try:
            came: object = step()
        except GranaryError as error:
            came = (type(error).__name__, error.code, error.details.get("status"))
        self.story.append((what, came))

    def line(self, identity: Identity | None) -> HqLine:
        return HqLine("http://hq.test", HqClock(), identity=identity, transport=self.hq, verify=False)


def tell(told: Told) -> None:
    """Tell the story."""
    key = make_key()
    told.note("a wrong code", lambda: enrol(told.line(None), "AAAA-AAAA", key))
    identity = Identity.read(enrol(told.line(None), told.code, key).answer.device, key)
    told.note("the code again", lambda: enrol(told.line(None), told.code, key).answer.device)
    told.note("the code, another key", lambda: enrol(told.line(None), told.code, make_key()))

    journal, replica = MemoryJournal(), MemoryReplica()
    line = told.line(identity)
    engine = SyncEngine(Wiring(line, identity, journal, replica, told.spool))
    told.note("the first pull", lambda: engine.pull_once().snapshot)
    told.note("what is seen", lambda: sorted((topic, key) for _, topic, key in replica.bodies() if topic != "store"))
    told.note("nothing new", lambda: engine.pull_once().documents)
    after = {"after": "chain:0,store:S001:0"}
    told.note("unsigned", lambda: told.line(None).ask(Question("GET", "/v1/changes", query=after)))
    stranger = Identity("S001-R9", identity.key)
    told.note("a stranger", lambda: told.line(stranger).ask(Question("GET", "/v1/changes", query=after)))
    imposter = Identity.read(identity.device, make_key())
    told.note("an imposter", lambda: told.line(imposter).ask(Question("GET", "/v1/changes", query=after)))
    future = {"after": "chain:900000,store:S001:0"}
    told.note("a cursor of the future", lambda: line.ask(Question("GET", "/v1/changes", query=future)))

    journal.ring(3)
    told.note("three facts", lambda: engine.push_once().acked)
    replica.acked = Position(0, 0)
    told.note("the same again", lambda: engine.push_once().acked)
    lost = journal.facts
    journal.facts = lost[:2]
    journal.ring(2, text="another history")
    replica.acked = Position(0, 0)
    told.note("a fork", lambda: engine.push_once().acked)
    told.note("where they part", lambda: (replica.parted and replica.parted.common, len(replica.lost), replica.acked))
    journal.facts = lost
    journal.ring(1)
    replica.acked = Position(1, 3)
    told.note("after the fork", lambda: engine.push_once().acked)
    told.note("reading goes on", lambda: engine.pull_once().snapshot)
    journal.facts, replica.parted = lost[:1], None
    told.note("a disk of yesterday", lambda: engine.push_once().acked)
    told.note("what it lost", lambda: [fact.canonical for fact in replica.lost] == [f.canonical for f in lost[1:3]])


def on_paper(spool: Path) -> Told:
    hq = PaperHq()
    hq.codes["CODE"] = ""
    hq.publish("chain", "product", "P1", PRODUCT)
    hq.publish("chain", "price", "R1", PRICE)
    told = Told(hq, "CODE", spool)
    tell(told)
    return told


def for_real(folder: Path, spool: Path) -> Told:
    hq = RealHq(folder)
    hq.start()
    chain = {"places": [{"id": "S001", "name": "store"}], "products": [PRODUCT], "prices": [PRICE]}
    hq.administrator("POST", "/v1/import", json=chain)
    code = hq.administrator("POST", "/v1/enrolment-codes", json={"store": "S001"})["code"]
    told = Told(hq, code, spool)
    try:
        tell(told)
    finally:
        hq.stop()
    return told


def test_both_headquarters_answer_the_same(tmp_path: Path) -> None:
    paper = on_paper(tmp_path / "paper-spool")
    real = for_real(tmp_path / "hq", tmp_path / "spool")

    assert real.story == paper.story


@pytest.mark.parametrize("what", ["a fork", "after the fork", "unsigned", "a stranger", "an imposter"])
def test_the_story_has_its_refusals(tmp_path: Path, what: str) -> None:
    came = dict(on_paper(tmp_path / "spool").story)[what]

    assert isinstance(came, tuple)
    assert came[0] == "Refusal"
