"""`/v1/members/…` for the administrator: who is one person with whom."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import select

from pos_app.domain.instants import moment_of
from sync.hq.answers import HqRequest, answer, decoded
from sync.hq.db.member_schema import member_link
from sync.hq.guard import Hq, check_administrator
from sync.hq.members.erasing import erase, export
from sync.hq.members.families import Link, balances_of_families, families_of
from sync.hq.members.linking import join, part

_BODY_BYTES: Final = 16 * 1024

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class JoinWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/members/{member}/join`."""

    into: Word
    by: Word
    reason: Word


class PartWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/members/{member}/part`."""

    by: Word


@get("/v1/members/{own:str}/family", summary="Who is one person with a member (administrator)", tags=["administrator"])
async def show_family(request: HqRequest, hq: Hq, own: FromPath[str]) -> Response[bytes]:
    """List who is one person with a member, the id under which the person is told first, and every link there was."""
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        family = (await families_of(reader, [own]))[own]
        has = (await balances_of_families(reader, [own]))[own]
        links = await reader.rows_in(select(member_link).order_by(member_link.c.at), member_link.c.member, family)
    return answer(
        request,
        {
            "family": family,
            "points": has.points,
            "links": [
                {
                    "member": row.member,
                    "into": row.into,
                    "at": moment_of(row.at).isoformat(),
                    "reason": row.reason,
                    "by": row.by,
                    "ended_at": None if row.ended_at is None else moment_of(row.ended_at).isoformat(),
                    "ended_by": row.ended_by,
                }
                for row in links
            ],
        },
    )


@post(
    "/v1/members/{own:str}/join",
    status_code=200,
    request_max_body_size=_BODY_BYTES,
    summary="Say that two members are one person (administrator)",
    tags=["administrator"],
)
async def join_member(request: HqRequest, hq: Hq, own: FromPath[str]) -> Response[bytes]:
    """Link a member to another: `{"into": "M1", "by": "许文清", "reason": "same person, two phones"}`. Ledgers stay as
    they are; what the person has is their sum.
    """
    check_administrator(request, hq)
    wanted = decoded(request, await request.body(), JoinWanted, limit_bytes=_BODY_BYTES)
    link = Link(own, wanted.into, wanted.reason, wanted.by)
    joined = await hq.database.write(lambda writer: join(writer, link, hq.instant()))
    hq.outbox.wake()
    hq.log.info("members_joined", member=own, into=wanted.into, joined=joined)
    return answer(request, {"member": own, "into": wanted.into, "joined": joined})


@post(
    "/v1/members/{own:str}/part",
    status_code=200,
    request_max_body_size=_BODY_BYTES,
    summary="Take a member's link back (administrator)",
    tags=["administrator"],
)
async def part_member(request: HqRequest, hq: Hq, own: FromPath[str]) -> Response[bytes]:
    """Take a link back: `{"by": "许文清"}`. Each side has again what was entered under its own id."""
    check_administrator(request, hq)
    wanted = decoded(request, await request.body(), PartWanted, limit_bytes=_BODY_BYTES)
    family = await hq.database.write(lambda writer: part(writer, own, wanted.by, hq.instant()))
    hq.outbox.wake()
    hq.log.info("members_parted", member=own)
    return answer(request, {"member": own, "was": family})


@get("/v1/members/{own:str}/export", summary="All that is known of a member (administrator)", tags=["administrator"])
async def export_member(request: HqRequest, hq: Hq, own: FromPath[str]) -> Response[bytes]:
    """Give all that headquarters has of the person, to be handed to them on request."""
    check_administrator(request, hq)
    async with hq.database.read() as reader:
        found = await export(reader, own)
    hq.log.info("member_exported", member=own)
    return answer(request, found)


@post(
    "/v1/members/{own:str}/erase",
    status_code=200,
    request_max_body_size=_BODY_BYTES,
    summary="Erase a member (administrator)",
    tags=["administrator"],
)
async def erase_member(request: HqRequest, hq: Hq, own: FromPath[str]) -> Response[bytes]:
    """Erase the person on request: `{"by": "许文清"}`. Name, phone, card and whatever words were kept are gone here,
    and by the outbox in every store; ledgers and sales stay under an id that is nobody.
    """
    check_administrator(request, hq)
    wanted = decoded(request, await request.body(), PartWanted, limit_bytes=_BODY_BYTES)
    family = await hq.database.write(lambda writer: erase(writer, own))
    hq.outbox.wake()
    hq.log.warning("member_erased", member=own, by=wanted.by)
    return answer(request, {"erased": family})
