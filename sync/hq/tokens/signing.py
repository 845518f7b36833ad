"""What a signed code says of a member or a coupon."""

import secrets
from datetime import timedelta
from typing import Final

import msgspec
from sqlalchemy import select

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant, parse_instant
from pos_app.domain.tokens import Token, TokenKind
from sync.hq.coupons.importing import ISSUED
from sync.hq.db.database import Reader
from sync.hq.db.schema import coupon, member
from sync.hq.tokens.keys import KEPT
from sync.protocol.tokens import NONCE_BYTES
from sync.protocol.topics import CouponBody, MemberBody

MEMBER_CODE_LIVES: Final = timedelta(minutes=1)
_MICROSECOND: Final = timedelta(microseconds=1)


async def member_token(reader: Reader, own: str, now: Instant) -> Token:
    """Say what a member's code says, for a minute; raise ``Refusal("member_unknown")``."""
    row = await reader.row(select(member.c.document).where(member.c.id == own))
    if row is None:
        raise Refusal("member_unknown", field="member", member=own)
    known = msgspec.json.decode(row.document, type=MemberBody)
    about = {"tier": known.tier} if known.tier else {}
    until = Instant(now + MEMBER_CODE_LIVES // _MICROSECOND)
    return Token(TokenKind.MEMBER, own, now, until, secrets.token_hex(NONCE_BYTES), about)


async def coupon_token(reader: Reader, own: str, now: Instant) -> Token:
    """Say what a coupon's code says, for as long as the coupon is good.

    Raises ``Refusal`` with ``coupon_unknown``, or ``coupon_not_open`` where it was spent, withdrawn or has ended.
    """
    row = await reader.row(select(coupon.c.document, coupon.c.state).where(coupon.c.id == own))
    if row is None:
        raise Refusal("coupon_unknown", field="coupon", coupon=own)
    known = msgspec.json.decode(row.document, type=CouponBody)
    most = Instant(now + KEPT // _MICROSECOND)
    until = most if known.valid_to is None else min(most, parse_instant(known.valid_to))
    if row.state != ISSUED or until <= now:
        raise Refusal("coupon_not_open", field="coupon", coupon=own, state=row.state)
    about = {"template": known.template} | ({"member": known.member} if known.member else {})
    return Token(TokenKind.COUPON, own, now, until, secrets.token_hex(NONCE_BYTES), about)
