"""A round over all that may be leased: points, coupons, shares of a day. Made every night, and on request."""

from typing import Final

from pos_app.domain.instants import Instant
from sync.hq.claims import claim
from sync.hq.db.database import Database
from sync.hq.leases.bounded import bounded_round
from sync.hq.leases.coupons import coupon_round
from sync.hq.leases.granting import Granted, lease_round

ROUND: Final = "lease-points"


async def nightly_round(database: Database, now: Instant) -> int:
    """Make the round of the night, unless another process did; tell how many leases changed."""
    if not await database.write(lambda writer: claim(writer, ROUND, now)):
        return 0
    done = await whole_round(database, now)
    return done.granted + done.written + done.asked


async def whole_round(database: Database, now: Instant) -> Granted:
    """Bring all leases to what the rules say."""
    points = await lease_round(database, now)
    return points + await coupon_round(database, now) + await bounded_round(database, now)
