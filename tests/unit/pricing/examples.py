"""What an example from the counter is, and short ways to write its rules."""

from dataclasses import dataclass, field
from typing import Any

from tests.unit.pricing.shop import Doc


@dataclass(frozen=True)
class Example:
    """What is bought under which rules, the nets that come of it, and why."""

    name: str
    lines: list[Doc]
    promotions: list[Doc]
    nets: list[int]
    why: str
    prices: list[Doc] = field(default_factory=list)
    rules: Doc = field(default_factory=dict)
    basket: dict[str, Any] = field(default_factory=dict)


def item(kind: str, of: Doc | None = None, own: str = "P1", **more: Any) -> Doc:  # noqa: ANN401 — a document's values
    return {"id": own, "kind": kind, **({"of": of} if of is not None else {}), **more}


def row(own: str, sku: str, kind: str, amount: int, **more: Any) -> Doc:  # noqa: ANN401 — a document's values
    return {"id": own, "sku": sku, "kind": kind, "amount": amount, **more}


def coupon(template: Doc, **more: Any) -> dict[str, Any]:  # noqa: ANN401 — a document's values
    return {
        "rules": {"coupon_templates": [{"id": "T1", **template}]},
        "basket": {"coupons": [{"id": "C1", "template": "T1", **more}]},
    }
