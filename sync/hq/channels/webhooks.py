"""Telling channels of price changes by their webhooks: signed, in order, again until the target takes it.

The feed is the outbox: what is behind a channel's ``delivered`` is still to be sent. Each target has a task of its own
and a time limit for all of its answer, so that one that hangs keeps nobody waiting; before it is asked its next try is
put off, so that of many processes one asks. A target may hear of a change twice (an answer that came late): it tells by
the numbers.
"""

import asyncio
import hmac
import random
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from hashlib import sha256
from typing import Any, Final

import httpx
import msgspec
import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from pos_app.domain.errors import Breakdown
from pos_app.domain.instants import Instant, instant_of
from sync.hq.beside import whole
from sync.hq.channels.feed import FeedPart, changes_behind, newest_number
from sync.hq.clock import Clock
from sync.hq.db.database import AnyRow, Database, Writer
from sync.hq.db.pricing_schema import channel
from sync.hq.settings import WebhookPace

TIMESTAMP_HEADER: Final = "Granary-Timestamp"
SIGNATURE_HEADER: Final = "Granary-Signature"
DELIVERY_HEADER: Final = "Granary-Delivery"
IDLE_S: Final = 30.0
"""How often it is looked for what another process left behind."""
_SECOND: Final = 1_000_000
_MOST_ERROR_CHARACTERS: Final = 200


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a body and the second at which it was sent: HMAC-SHA256 over ``timestamp.body``, in hex."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


class Webhooks:
    """All targets."""

    def __init__(
        self, database: Database, clock: Clock, log: structlog.typing.FilteringBoundLogger, pace: WebhookPace
    ) -> None:
        """Stand ready; `run` works until it is cancelled."""
        self._database = database
        self._clock = clock
        self._log = log
        self._pace = pace
        self._client: httpx.AsyncClient | None = None
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that there are changes."""
        self._woken.set()

    async def run(self) -> None:
        """Ask every target that is due, each by itself."""
        async with AsyncExitStack() as stack:
            try:
                while True:
                    wait_s = await self._ask_those_due(stack)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(wait_s):
                            await self._woken.wait()
                    self._woken.clear()
            finally:
                for task in self._asking.values():
                    task.cancel()
                await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def _ask_those_due(self, stack: AsyncExitStack) -> float:
        """Begin to ask them; tell after how many seconds to look again."""
        try:
            behind = await whole(self._channels_behind())
        except (SQLAlchemyError, Breakdown) as error:
            self._log.warning("webhooks_wait", error=type(error).__name__)
            return IDLE_S
        idle = [row for row in behind if row.id not in self._asking]
        if idle and self._client is None:
            # Headquarters' surroundings say nothing of where its targets are.
            client = httpx.AsyncClient(timeout=self._pace.answer_s, trust_env=False)
            self._client = await stack.enter_async_context(client)
        now = self._now()
        for row in idle:
            if row.next_try_at <= now:
                task = asyncio.create_task(self._ask(row.id))
                self._asking[row.id] = task
                task.add_done_callback(partial(self._asked, row.id))
        rests_us = [row.next_try_at - now for row in idle if row.next_try_at > now]
        return min(IDLE_S, *(float(rest) / _SECOND for rest in rests_us)) if rests_us else IDLE_S

    def _asked(self, name: str, _: asyncio.Task[None]) -> None:
        del self._asking[name]
        self.wake()

    async def _channels_behind(self) -> Sequence[AnyRow]:
        async with self._database.read() as reader:
            behind = channel.c.url.is_not(None) & (channel.c.delivered < await newest_number(reader))
            return await reader.rows(select(channel.c.id, channel.c.next_try_at).where(behind))

    async def _ask(self, name: str) -> None:
        """Send a target what is behind, a part at a time, as long as it takes it."""
        try:
            more = True
            while more:
                target = await whole(self._database.write(partial(self._claim, name=name)))
                more = target is not None and await self._send(target)
        except (SQLAlchemyError, Breakdown) as error:
            self._log.warning("webhooks_wait", error=type(error).__name__)

    async def _claim(self, writer: Writer, name: str) -> AnyRow | None:
        """Take a channel that is still due, and put its next try off for as long as this one may last."""
        row = await writer.row(select(channel).where(channel.c.id == name).with_for_update())
        if row is None or row.url is None or row.next_try_at > self._now():
            return None
        claimed_until = self._now() + int((self._pace.answer_s + 1) * _SECOND)
        await writer.execute(update(channel).where(channel.c.id == name).values(next_try_at=claimed_until))
        return row

    async def _send(self, target: AnyRow) -> bool:
        """Send one part; tell whether the target took it and there is more."""
        part = await whole(self._behind(target))
        trouble = ""
        if part.changes:
            body = msgspec.json.encode({"channel": target.id, "changes": part.changes, "after": part.after})
            trouble = await self._post(target, body, f"{target.id}-{part.after}")
        await whole(self._note(target, self._came_to(target, part, trouble)))
        return part.more and not trouble

    async def _behind(self, target: AnyRow) -> FeedPart:
        async with self._database.read() as reader:
            return await changes_behind(reader, target.delivered, target.prices)

    async def _post(self, target: AnyRow, body: bytes, delivery: str) -> str:
        """Ask a target to take a body; give what kept it from it, nothing when it did."""
        if self._client is None:
            raise AssertionError("who asks has been given a line")
        timestamp = str(self._now() // _SECOND)
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: signature(target.secret, timestamp, body),
            DELIVERY_HEADER: delivery,
        }
        try:
            async with (
                asyncio.timeout(self._pace.answer_s),
                self._client.stream("POST", target.url, content=body, headers=headers) as answer,
            ):
                return "" if answer.is_success else f"answered {answer.status_code}"
        except TimeoutError:
            return f"gave no answer in {self._pace.answer_s} s"
        except httpx.HTTPError as error:
            return f"{type(error).__name__}: {error}"[:_MOST_ERROR_CHARACTERS]

    def _came_to(self, target: AnyRow, part: FeedPart, trouble: str) -> Mapping[str, Any]:
        """Say what a channel's row becomes: further, or at rest for a while."""
        if not trouble:
            return {"delivered": part.after, "failures": 0, "next_try_at": 0, "last_error": ""}
        failures = target.failures + 1
        self._log.warning("webhook_failed", channel=target.id, failures=failures, reason=trouble)
        # Not all of those that failed together at the same moment.
        rest = int(self._pace.rest_s(failures) * random.uniform(0.75, 1.0) * _SECOND)
        return {"failures": failures, "next_try_at": self._now() + rest, "last_error": trouble}

    async def _note(self, target: AnyRow, values: Mapping[str, Any]) -> None:
        """Write how it went, unless the channel was given another address meanwhile."""
        same = (channel.c.id == target.id) & (channel.c.secret == target.secret)
        await self._database.write(lambda writer: writer.execute(update(channel).where(same).values(**values)))

    def _now(self) -> Instant:
        return instant_of(self._clock.now())
