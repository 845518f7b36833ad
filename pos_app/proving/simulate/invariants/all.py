"""Every invariant that is looked at when all has healed, in the order in which a failure says most."""

from collections.abc import Callable, Iterator
from typing import Final

from pos_app.proving.simulate.invariants.draining import everything_drains, pending_settles
from pos_app.proving.simulate.invariants.exceptions import no_needless_exceptions
from pos_app.proving.simulate.invariants.facts import (
    chains_verify,
    facts_exactly_once,
    no_fact_is_lost,
    receipts_without_gap,
    sales_exactly_once,
    stock_adds_up,
)
from pos_app.proving.simulate.invariants.leases import leases_add_up
from pos_app.proving.simulate.invariants.prices import prices_under_named_rulebook
from pos_app.proving.simulate.invariants.replicas import replica_equals_hq
from pos_app.proving.simulate.invariants.returns import nothing_returned_twice, returns_exactly_once
from pos_app.proving.simulate.invariants.rights import coupons_accepted_once, points_add_up
from pos_app.proving.simulate.invariants.watchmen import no_replica_drifts, scan_finds_nothing
from pos_app.proving.simulate.world import World

Invariant = Callable[[World], Iterator[str]]

HEALED: Final[tuple[Invariant, ...]] = (
    everything_drains,
    facts_exactly_once,
    no_fact_is_lost,
    chains_verify,
    sales_exactly_once,
    returns_exactly_once,
    nothing_returned_twice,
    receipts_without_gap,
    stock_adds_up,
    points_add_up,
    leases_add_up,
    coupons_accepted_once,
    no_needless_exceptions,
    replica_equals_hq,
    no_replica_drifts,
    prices_under_named_rulebook,
    scan_finds_nothing,
    pending_settles,
)
"""Each yields what does not hold; its name is the function's."""

AT_EVERY_MOMENT: Final = (
    "no_sale_forgotten",
    "baskets_survive",
    "no_basket_sold_twice",
    "amounts_seen",
    "online_is_honest",
    "lease_books_hold",
    "offline_points_are_leased",
    "nothing_goes_back",
    "nothing_spins",
    "office_is_obeyed",
    "no_file_is_damaged",
    "full_disk_is_told",
    "refused_leaves_nothing",
    "counter_never_breaks",
    "engine_never_breaks",
    "hq_never_breaks",
)
"""Those that are looked at while everything goes on."""

NAMES: Final = (*AT_EVERY_MOMENT, *(invariant.__name__ for invariant in HEALED))
