"""`operators.csv` and `members.csv`: invented people. PINs are in plain text, for the demo alone."""

from collections.abc import Collection
from pathlib import Path
from typing import TypedDict

from tools.demo_chain.chain_table import ChainTable
from tools.demo_chain.codes import card_code
from tools.demo_chain.tables import Problems, Row, read_table

OPERATOR_COLUMNS = ("id", "name", "role", "stores", "pin")
MEMBER_COLUMNS = ("id", "name", "phone", "tier", "home_store", "points")
ROLES = ("cashier", "associate", "manager")


class OperatorRow(TypedDict):
    """An operator as `chain.json` has it."""

    id: str
    name: str
    role: str
    stores: list[str]
    pin: str


class MemberRow(TypedDict):
    """A member as `chain.json` has it."""

    id: str
    name: str
    phone: str
    tier: str
    card: str
    home_store: str
    points: int


def read_operators(path: Path, stores: Collection[str], problems: Problems) -> list[OperatorRow]:
    """Read who may sign in, and where."""
    seen: dict[str, str] = {}
    return [_operator(row, stores, seen) for row in read_table(path, OPERATOR_COLUMNS, problems)]


def _operator(row: Row, stores: Collection[str], seen: dict[str, str]) -> OperatorRow:
    number = row.matching("id", r"[0-9]{4}", "an operator number of four digits")
    row.unique("id", number, seen)
    where = row.choices("stores", stores)
    if not where:
        row.fail("stores", "must name at least one store")
    return OperatorRow(
        id=number,
        name=row.text("name"),
        role=row.choice("role", ROLES),
        stores=where,
        pin=row.matching("pin", r"[0-9]{4,6}", "a PIN of four to six digits"),
    )


def read_members(path: Path, table: ChainTable, stores: Collection[str], problems: Problems) -> list[MemberRow]:
    """Read the members; each card's code follows from the member's number."""
    ids: dict[str, str] = {}
    phones: dict[str, str] = {}
    members = []
    for row in read_table(path, MEMBER_COLUMNS, problems):
        name = row.matching("id", r"M[0-9]{4}", "a member number like M0001")
        phone = row.matching(
            "phone", r"1380000[0-9]{4}", "an invented number like 13800001137 (1380000 and four digits)"
        )
        row.unique("id", name, ids)
        row.unique("phone", phone, phones)
        members.append(
            MemberRow(
                id=name,
                name=row.text("name"),
                phone=phone,
                tier=row.choice("tier", table.tiers),
                card=card_code(int(name[1:] or 0)),
                home_store=row.choice("home_store", stores),
                points=row.count("points"),
            )
        )
    return members
