"""What members bought, as headquarters told it: the newest of several ids of one person. Knows nothing of own facts."""

from collections.abc import Sequence
from typing import Final

import msgspec

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import MemberId, Sku
from pos_app.domain.instants import parse_moment
from pos_app.domain.purchases import BoughtLine, Purchase
from pos_app.store.replica import documents
from pos_app.store.replica.current_file import CurrentFile
from sync.protocol.topics import PRODUCT, PURCHASE, PurchaseBody, PurchaseLine

_NEWEST: Final = (
    "SELECT DISTINCT at, body FROM member_purchase JOIN document"
    " ON document.topic = ? AND document.key = member_purchase.purchase AND document.scope = member_purchase.scope"
    " WHERE member_purchase.member = ? ORDER BY member_purchase.at DESC LIMIT ?"
)
_GOODS: Final = "SELECT body FROM document WHERE topic = ? AND key = ? LIMIT 1"
_DECODER: Final = msgspec.json.Decoder(PurchaseBody)


def purchases_of(file: CurrentFile, members: Sequence[MemberId], limit: int) -> list[Purchase]:
    """List purchases, the newest first; one in a shape that this release cannot read is left out."""
    rows = [row for own in members for row in file.rows(_NEWEST, PURCHASE, own, limit)]
    newest = sorted(rows, key=lambda row: int(row[0]), reverse=True)[:limit]
    goods: dict[str, tuple[str, str]] = {}
    return [found for _, body in newest if (found := _read(file, body, goods)) is not None]


def _read(file: CurrentFile, body: str, goods: dict[str, tuple[str, str]]) -> Purchase | None:
    try:
        said = _DECODER.decode(body)
        at = parse_moment(said.at)
    except (msgspec.ValidationError, Refusal):
        return None
    return Purchase(
        id=said.id,
        at=at,
        channel=said.channel,
        kind=said.kind,
        store=said.store,
        number=said.number,
        amount=said.amount,
        points=said.points,
        lines=tuple(_line(file, line, goods) for line in said.lines),
        more=said.more,
        note=said.note,
    )


def _line(file: CurrentFile, line: PurchaseLine, goods: dict[str, tuple[str, str]]) -> BoughtLine:
    if line.sku not in goods:
        row = file.row(_GOODS, PRODUCT, line.sku)
        product = None if row is None else documents.product(row[0])
        goods[line.sku] = ("", "") if product is None else (product.name, next(iter(product.categories), ""))
    name, category = goods[line.sku]
    return BoughtLine(Sku(line.sku), name or line.name or line.sku, line.quantity, line.amount, category)
