"""Faults at headquarters: facts that are taken in."""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import ChainHead
from pos_app.domain.sale import FACT_KIND, FACT_VERSION
from sync.hq.db.database import Database, Reader, Writer
from sync.hq.db.schema import stock_balance
from sync.hq.facts import applying, effects, intake
from sync.hq.facts.batch import Arrived, read_batch
from sync.hq.facts.chain import Verdict
from sync.hq.publications import publishing
from sync.hq.publications.publishing import Document
from sync.hq.stock_pool import ledger
from sync.protocol.topics import AppliedBody
from tests.simulation.mutations.registry import mutation


@mutation("hq_never_breaks")
def known_facts_are_taken_for_new_ones(patch: pytest.MonkeyPatch) -> None:
    """Drops the idempotency check at the intake."""

    def compare(_: ChainHead, __: object, arrived: Sequence[Arrived], *, granted_epoch: int) -> Verdict:
        del granted_epoch
        return Verdict("follows", arrived)

    patch.setattr(intake, "compare", compare)


@mutation("stock_adds_up", "amounts_seen", "replica_equals_hq")
def a_batch_that_is_sent_again_moves_the_stock_again(patch: pytest.MonkeyPatch) -> None:
    original = intake.take

    async def take(writer: Writer, push: intake.Push, **rest: Any) -> intake.Taken:  # noqa: ANN401 — handed on
        taken = await original(writer, push, **rest)
        if taken.new_facts == 0:
            for movement in _movements(push):
                await writer.execute(
                    update(stock_balance)
                    .where(stock_balance.c.place == movement.place, stock_balance.c.sku == movement.sku)
                    .values(on_hand=stock_balance.c.on_hand + movement.quantity)
                )
        return taken

    patch.setattr("sync.hq.facts.routes.take", take)


def _movements(push: intake.Push) -> list[ledger.Movement]:
    found: list[ledger.Movement] = []
    for arrived in read_batch(push.device, push.lines, push.head):
        if arrived.fact is not None and (arrived.fact.kind, arrived.fact.version) == (FACT_KIND, FACT_VERSION):
            found += effects.effects_of(arrived.fact, push.device.partition("-")[0]).movements
    return found


@mutation("stock_adds_up", "amounts_seen", first=4)
def two_lines_of_one_product_count_once(patch: pytest.MonkeyPatch) -> None:
    """Forgets doubled movements: the last line of a product takes the place of those before."""
    patch.setattr(
        effects, "sale_line_quantities", lambda body: {line["sku"]: line["quantity"] for line in body["lines"]}
    )


@mutation("everything_drains")
def a_fact_that_cannot_be_read_stops_the_line(patch: pytest.MonkeyPatch) -> None:
    original = applying.judge

    def judge(line: Arrived, register: applying.Register) -> applying.Judged:
        judged = original(line, register)
        if judged.effects is None:
            raise Refusal("fact_unreadable", seq=line.position.seq)
        return judged

    patch.setattr(applying, "judge", judge)


@mutation("facts_exactly_once", "everything_drains", "chains_verify", "office_is_obeyed", first=3)
def headquarters_answers_before_it_commits(patch: pytest.MonkeyPatch) -> None:
    """Acknowledges before the commit, and now and then the commit does not come to pass."""
    original = Database._write_once
    calls = itertools.count(1)

    async def write_once(self: Database, work: Callable[[Writer], Any]) -> Any:  # noqa: ANN401 — handed on
        if next(calls) % 5:
            return await original(self, work)
        async with self._engines.write.connect() as connection:
            result = await work(Writer(connection))
            await connection.rollback()
            return result

    patch.setattr(Database, "_write_once", write_once)


@mutation("amounts_seen")
def stock_is_read_before_the_facts_are_applied(patch: pytest.MonkeyPatch) -> None:
    """An old state gets a new revision, and says that it contains the new facts."""
    original = ledger.stock_documents
    before: dict[str, list[Document]] = {}

    async def stock_documents(
        reader: Reader, store: str, skus: Iterable[str], contained: Mapping[str, AppliedBody]
    ) -> list[Document]:
        fresh = await original(reader, store, skus, contained)
        stale = {each.key: each for each in before.get(store, [])}
        before[store] = [*{**stale, **{each.key: each for each in fresh}}.values()]
        return [_with_amount_of(stale[each.key], each) if each.key in stale else each for each in fresh]

    patch.setattr(applying, "stock_documents", stock_documents)


def _with_amount_of(stale: Document, fresh: Document) -> Document:
    old = msgspec.json.decode(stale.body or "{}")
    new = msgspec.json.decode(fresh.body or "{}")
    return replace(fresh, body=publishing.body_text(new | {"on_hand": old["on_hand"]}))
