"""What members have and coupons are good for: points are the sum of their ledger, a coupon is accepted once."""

import json
from collections import Counter
from collections.abc import Iterator

from pos_app.proving.simulate.books import Book
from pos_app.proving.simulate.chain import OPENING_POINTS, members_of
from pos_app.proving.simulate.invariants.leases import backups_interfere
from pos_app.proving.simulate.office import ask_now
from pos_app.proving.simulate.world import World


def points_add_up(world: World) -> Iterator[str]:
    """What a member has is what there was, and was earned, less what was spent: by balance, ledger and journals."""
    stores = range(1, world.plan.stores + 1)
    true = Counter({member: OPENING_POINTS for store in stores for member in members_of(store)})
    gave_back: set[str] = set()
    for book in world.books.values():
        for fact in book.sales():
            if fact.body["member"] is not None:
                true[fact.body["member"]["id"]] += fact.body["points_earned"] - fact.body["points_used"]
        for fact in book.returns():
            if fact.body["member"] is not None:
                true[fact.body["member"]["id"]] += fact.body["points_given"] - fact.body["points_taken"]
                gave_back.add(fact.body["member"]["id"])
    with world.hq.look() as database:
        rows = database.execute("SELECT member, amount FROM right_balance WHERE entitlement = 'points'").fetchall()
        sums = database.execute(
            "SELECT member, sum(amount) AS total FROM right_entry WHERE entitlement = 'points' GROUP BY member"
        ).fetchall()
    stands = {row["member"]: row["amount"] for row in rows}
    ledger = {row["member"]: row["total"] for row in sums}
    for member in sorted(true.keys() | stands.keys() | ledger.keys()):
        if member in gave_back and backups_interfere(world):
            continue  # what came back twice counts once
        found = stands.get(member, 0), ledger.get(member, 0), true[member]
        if len(set(found)) > 1:
            yield f"{member}: the balance is {found[0]}, the ledger {found[1]}, the journals say {found[2]}"
    for row in ask_now(world.hq, "GET", "/v1/reports/ledgers")["rows"]:
        yield f"headquarters finds a difference itself: {row}"


def coupons_accepted_once(world: World) -> Iterator[str]:
    """Each sale that redeemed a coupon is known; one of them at most is accepted, the others are exceptions."""
    redeemed = redemptions(world)
    with world.hq.look() as database:
        uses = database.execute("SELECT coupon, sale, accepted FROM coupon_use ORDER BY coupon, sale").fetchall()
        spent = database.execute("SELECT details FROM fact_exception WHERE code = 'coupon_spent'").fetchall()
    told = Counter(json.loads(row["details"])["coupon"] for row in spent)
    known: dict[str, dict[str, bool]] = {}
    for row in uses:
        known.setdefault(row["coupon"], {})[row["sale"]] = bool(row["accepted"])
    for coupon in sorted(redeemed.keys() | known.keys()):
        sales = known.get(coupon, {})
        if sales.keys() != redeemed.get(coupon, set()):
            yield f"{coupon}: redeemed by {sorted(redeemed.get(coupon, ()))}, at headquarters by {sorted(sales)}"
        elif sum(sales.values()) != 1 and not world.earlier:
            yield f"{coupon}: accepted {sum(sales.values())} times of {len(sales)}"
        elif not world.earlier and told.get(coupon, 0) != len(sales) - 1:
            yield f"{coupon}: redeemed {len(sales)} times, and {told.get(coupon, 0)} exceptions say so"


def redemptions(world: World) -> dict[str, set[str]]:
    """Tell which sales redeemed each coupon, by the journals."""
    found: dict[str, set[str]] = {}
    for book in world.books.values():
        for coupon, sale in _redeemed(book):
            found.setdefault(coupon, set()).add(sale)
    return found


def _redeemed(book: Book) -> Iterator[tuple[str, str]]:
    for fact in book.sales():
        for coupon in fact.body["coupons"]:
            if coupon["accepted"]:
                yield coupon["id"], fact.body["sale"]
