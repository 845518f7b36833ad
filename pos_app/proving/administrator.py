"""Headquarters' administrator, as demo, replay and tests need one: imports, codes, reports, over the API."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pos_app.domain.errors import LineDown, Refusal

ANSWER_S = 600.0


@dataclass(slots=True)
class Administrator:
    """Asks a headquarters as its administrator."""

    address: str
    token: str = field(repr=False)

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 — a JSON document
        """Ask as its administrator; raise ``Refusal`` with its code, or ``LineDown`` when it does not answer."""
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            with httpx.Client(base_url=self.address, timeout=ANSWER_S, trust_env=False) as client:
                answer = client.request(method, path, headers=headers, json=body)
            said = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise LineDown("line_unreachable", address=self.address, reason=str(error)) from error
        if not answer.is_success:
            raise Refusal(said["code"], field=said["field"], **said["details"])
        return said

    def import_chain(self, chain: Mapping[str, object]) -> None:
        """Import a chain document, or parts of one."""
        self.ask("POST", "/v1/import", chain)

    def import_file(self, path: Path) -> None:
        """Import a chain document from a file."""
        self.import_chain(json.loads(path.read_text(encoding="utf-8")))

    def publish_price(self, sku: str, yuan: str) -> None:
        """Give a product a campaign price from now on, in the whole chain."""
        row = {"id": f"DEMO-{sku}", "sku": sku, "kind": "campaign", "amount_yuan": yuan}
        self.ask("POST", "/v1/prices/import", [row])

    def lease_points(self) -> None:
        """Let registers of members' home stores have what may be spent there with no line."""
        self.ask("POST", "/v1/leases/round")

    def enrolment_code(self, store: str) -> str:
        """Make a one-time code for the store's next register."""
        return str(self.ask("POST", "/v1/enrolment-codes", {"store": store})["code"])

    def devices(self) -> list[str]:
        """List the registers that it knows."""
        return [str(row["device"]) for row in self.ask("GET", "/v1/devices")["rows"]]

    def sales_of(self, store: str) -> list[dict[str, Any]]:
        """List a store's sales."""
        rows: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self.ask("GET", f"/v1/reports/sales?group=sale&store={store}&after={after}")
            rows += page["rows"]
            if not (after := page["next"]):
                return rows

    def sales_count(self) -> int:
        """Count all sales."""
        return int(self.ask("GET", "/v1/reports/sales")["total"]["sales"])

    def stock_of(self, place: str) -> list[dict[str, Any]]:
        """List a place's stock: ``opening``, ``moved`` and ``on_hand``, in thousandths."""
        rows: list[dict[str, Any]] = self.ask("GET", f"/v1/reports/stock?place={place}")["rows"]
        return rows

    def chains(self) -> list[dict[str, Any]]:
        """List every register's chain, verified."""
        rows: list[dict[str, Any]] = self.ask("GET", "/v1/reports/chains")["rows"]
        return rows
