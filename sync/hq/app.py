"""The service: settings in, an ASGI application out. It opens its database when it starts (its lifespan)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig

from sync.hq.answers import failure_handlers
from sync.hq.api_description import ApiDescription
from sync.hq.api_page import ApiPage
from sync.hq.channels.routes import follow_prices, forget_channel, list_channels, register_channel, tell_events
from sync.hq.clock import Clock, SystemClock
from sync.hq.devices.routes import (
    enrol_device,
    list_devices,
    make_enrolment_code,
    revoke_device,
    show_authority,
)
from sync.hq.drawers.routes import store_drawers
from sync.hq.dry_runs.routes import dry_run
from sync.hq.exceptions.routes import assign_exception, exceptions_with_steps, resolve_exception
from sync.hq.facts.routes import apply_quarantined_facts, own_facts, push_facts
from sync.hq.headquarters import Headquarters, open_headquarters
from sync.hq.holds.routes import hold_for_basket, list_holds, write_hold_off
from sync.hq.importing.routes import (
    import_coupon_templates,
    import_coupons,
    import_document,
    import_points,
    import_policy,
    import_prices,
    import_products,
    import_promotions,
)
from sync.hq.leases.routes import list_leases, make_round, recall_lease, write_lease_off
from sync.hq.logs import make_log
from sync.hq.members.routes import erase_member, export_member, join_member, part_member, show_family
from sync.hq.publications.bell import Bell
from sync.hq.publications.digest_routes import bucket_documents, digests, drift_report, report_drift
from sync.hq.publications.routes import fetch_snapshot, follow_changes
from sync.hq.quotes.routes import quote, repriced
from sync.hq.reports.money_routes import payments, tenders
from sync.hq.reports.routes import chains, exceptions, healthz, ledgers, rights, sales, shifts, stock
from sync.hq.requests import told
from sync.hq.returns.routes import find_sold
from sync.hq.settings import Settings
from sync.hq.settlements.daily import daily_scan
from sync.hq.settlements.routes import list_prices, list_settlements, release_settlement, scan
from sync.hq.tokens.routes import list_token_keys, sign_coupon_code, sign_member_code, turn_token_keys

VERSION: Final = "1"

_ROUTES: Final = (
    *(show_authority, enrol_device, push_facts, own_facts, follow_changes, fetch_snapshot),
    *(digests, bucket_documents, report_drift, drift_report),
    *(make_enrolment_code, list_devices, revoke_device),
    *(import_document, import_prices, import_products),
    *(import_promotions, import_coupon_templates, import_points, import_coupons, import_policy),
    *(quote, repriced, dry_run),
    *(register_channel, list_channels, forget_channel, follow_prices, tell_events),
    *(sign_member_code, sign_coupon_code, list_token_keys, turn_token_keys),
    *(apply_quarantined_facts, exceptions_with_steps, assign_exception, resolve_exception),
    *(show_family, join_member, part_member, export_member, erase_member),
    *(list_leases, make_round, recall_lease, write_lease_off),
    *(hold_for_basket, list_holds, write_hold_off),
    find_sold,
    store_drawers,
    *(list_prices, scan, list_settlements, release_settlement),
    *(payments, tenders),
    *(sales, shifts, stock, rights, ledgers, chains, exceptions, healthz),
)


def create_app(
    settings: Settings, clock: Clock | None = None, log: structlog.typing.FilteringBoundLogger | None = None
) -> Litestar:
    """Make the application; without a log it is silent.

    ``app.state.bell.close()`` lets go of held questions before a server waits for them to end.
    """
    told_time, written = clock or SystemClock(), log or make_log(None)
    bell = Bell()

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with open_headquarters(settings, told_time, bell, written) as hq, daily_scan(hq):
            app.state.hq = hq
            yield

    return Litestar(
        _ROUTES,
        lifespan=[lifespan],
        state=State({"clock": told_time, "log": written, "bell": bell, "tls": settings.tls}),
        dependencies={"hq": Provide(_headquarters, sync_to_thread=False)},
        exception_handlers=failure_handlers(),
        middleware=[told],
        openapi_config=OpenAPIConfig(
            title="Granary headquarters",
            version=VERSION,
            use_handler_docstrings=True,
            path="/schema",
            render_plugins=[ApiPage(), ApiDescription()],
        ),
        logging_config=None,
    )


def _headquarters(state: State) -> Headquarters:
    hq: Headquarters = state.hq
    return hq
