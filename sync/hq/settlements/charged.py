"""What tills charged: each sale priced again under the rulebook revision that it names.

A price that was typed by hand is in the basket, and so in the question: what came of it must be right, it need not be
the rules'.
"""

from typing import Any, Final

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact
from sync.hq.db.database import Reader
from sync.hq.quotes.repricing import Difference, reprice
from sync.hq.quotes.rulebooks import Rulebooks
from sync.hq.quotes.sold import Sold, read_sold
from sync.hq.settlements.freezing import Alarm

MONEY: Final = frozenset({"gross", "saving", "points_amount", "rounding", "payable", "unit_price", "net"})


async def check_sale(reader: Reader, rulebooks: Rulebooks, fact: Fact, store: str) -> Alarm | None:
    """Hold a sale against its rules; raise ``Refusal`` when nobody can say what its rules were.

    That is so of facts of the first version, which need not name them. A newer one that does not is an alarm.
    """
    try:
        sold = read_sold(fact)
    except Refusal as refusal:
        if "priced_at" not in fact.body:
            raise
        return _alarm(fact, store, [], str(refusal.details.get("reason", refusal.code)))
    found = await reprice(reader, rulebooks, sold)
    wrong = [_document(one) for one in found.differences if _is_of_money(one, sold)]
    return _alarm(fact, store, wrong, found.refused) if wrong or found.refused else None


def _is_of_money(difference: Difference, sold: Sold) -> bool:
    """Tell whether a figure is money; what was paid for a line whose price a person set shows in the totals."""
    parts = difference.figure.split(".")
    by_hand = {str(line.line) for line in sold.basket.lines if line.manual_price is not None}
    if parts[0] == "lines":
        return parts[1] not in by_hand and (len(parts) < 3 or parts[-1] in MONEY)
    return len(parts) == 1 and parts[0] in MONEY


def _document(one: Difference) -> dict[str, object]:
    return {"figure": one.figure, "charged": one.charged, "priced": one.priced}


def _alarm(fact: Fact, store: str, figures: list[dict[str, object]], refused: str) -> Alarm:
    own = fact.body["sale"]
    details: dict[str, Any] = {"sale": own, "receipt": fact.body["receipt"], "figures": figures}
    return Alarm(f"store:{store}", "charged", f"sale:{own}", details | ({"refused": refused} if refused else {}))
