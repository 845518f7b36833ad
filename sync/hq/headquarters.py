"""What every route stands on: the parts of a running headquarters, opened and closed together."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from pos_app.domain.errors import Breakdown
from pos_app.domain.instants import Instant, instant_of
from sync.hq.beside import beside, whole
from sync.hq.channels.feed import FEED, newest_number
from sync.hq.channels.webhooks import Webhooks
from sync.hq.clock import Clock
from sync.hq.db.database import Database
from sync.hq.db.schema import scope
from sync.hq.devices.directory import Device, devices_of
from sync.hq.facts.known import KnownGoods
from sync.hq.facts.quarantine import apply_quarantined
from sync.hq.gate import Gate
from sync.hq.jobs import jobs_running
from sync.hq.leases.keeping import lease_copies
from sync.hq.life import Shown, enter_life, note_shown, show
from sync.hq.members.history import PURCHASES_OF
from sync.hq.members.publishing import member_copies
from sync.hq.members.purchases import history_copies
from sync.hq.nonces import Nonces, OwnNonces, SharedNonces
from sync.hq.publications.bell import Bell
from sync.hq.publications.digests import DigestMemory
from sync.hq.publications.outbox import Outbox
from sync.hq.publications.shelf import Shelf
from sync.hq.publications.snapshots import Snapshots
from sync.hq.quotes.rulebooks import Rulebooks
from sync.hq.settings import Settings
from sync.hq.together import Together
from sync.protocol.topics import LEASE, MEMBER

_COMPOSED: Final = {MEMBER: member_copies, PURCHASES_OF: history_copies, LEASE: lease_copies}
"""Documents that the outbox makes when it sends them."""


@dataclass(frozen=True, slots=True)
class Headquarters:
    """A running headquarters. It is stateless but for what it may forget: which life its database is in is not."""

    settings: Settings
    clock: Clock
    log: structlog.typing.FilteringBoundLogger
    database: Database
    bell: Bell
    snapshots: Snapshots
    outbox: Outbox
    webhooks: Webhooks
    nonces: Nonces
    batches: Gate
    builds: Gate
    shelf: Shelf
    devices: Together[str, Mapping[str, Device]]
    rulebooks: Rulebooks = field(default_factory=Rulebooks)
    known: KnownGoods = field(default_factory=KnownGoods)
    digests: DigestMemory = field(default_factory=DigestMemory)

    def now(self) -> datetime:
        """Tell the time."""
        return self.clock.now()

    def instant(self) -> Instant:
        """Tell the time as an instant."""
        return instant_of(self.clock.now())

    def time(self) -> str:
        """Tell the time as it goes on the wire."""
        return self.clock.now().isoformat()

    async def revisions(self) -> Mapping[str, int]:
        """Look how far every scope is, and the feed of prices; nothing when the database cannot be asked just now."""
        try:
            async with self.database.read() as reader:
                rows = await reader.rows(select(scope.c.scope, scope.c.rev))
                feed = await newest_number(reader)
        except (SQLAlchemyError, Breakdown) as error:
            self.log.warning("look_failed", error=type(error).__name__)
            return {}
        return {row.scope: row.rev for row in rows} | {FEED: feed}

    async def shown(self) -> Shown | None:
        """Look at what registers may have read by now; nothing when the database cannot be asked."""
        try:
            async with self.database.read() as reader:
                return await show(reader)
        except (SQLAlchemyError, Breakdown):
            return None

    async def try_quarantine(self) -> None:
        """Apply what an earlier release could not read."""
        try:
            done = await whole(apply_quarantined(self.database, self.known, self.instant()))
        except (SQLAlchemyError, Breakdown) as error:
            self.log.warning("quarantine_not_tried", error=type(error).__name__)
            return
        self.outbox.wake()
        if done.applied or done.left:
            self.log.info("quarantine_tried", applied=done.applied, left=done.left)


@asynccontextmanager
async def open_headquarters(
    settings: Settings, clock: Clock, bell: Bell, log: structlog.typing.FilteringBoundLogger
) -> AsyncIterator[Headquarters]:
    """Open the database, bring it up to date, and close it in the end."""
    database = await Database.open(settings.database_url, announce=bell.ring)
    try:
        now = instant_of(clock.now())
        incarnation, put_back = await database.write(lambda writer: enter_life(writer, settings.folder, now))
        snapshots = Snapshots(database, settings.folder / settings.snapshots)
        outbox = Outbox(database, lambda: instant_of(clock.now()), log, _COMPOSED)
        webhooks = Webhooks(database, clock, log, settings.webhook_pace)
        nonces = SharedNonces(database) if database.shared else OwnNonces()
        gates = (Gate("facts", settings.most_batches), Gate("snapshots", settings.most_waiting))
        shared = (Shelf(database), Together(devices_of(database)))
        hq = Headquarters(settings, clock, log, database, bell, snapshots, outbox, webhooks, nonces, *gates, *shared)
        if put_back:
            log.warning("database_was_put_back", incarnation=incarnation)
        log.info("opened", incarnation=incarnation)
        looking = (bell.look_around(hq.revisions), note_shown(settings.folder, hq.shown))
        working = (outbox.run(), webhooks.run(), hq.try_quarantine())
        try:
            with jobs_running(database, hq.instant, log) if settings.jobs else nullcontext():
                async with beside(*looking, *working):
                    yield hq
        finally:
            bell.close()
            hq.rulebooks.close()
    finally:
        await database.close()
