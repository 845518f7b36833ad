"""What a member bought in several channels, as headquarters would have told it."""

from datetime import timedelta

from pos_app.domain.ids import Sku
from pos_app.domain.purchases import BoughtLine, Purchase
from tests.support.till import OPENING

RICE, SOY_SAUCE, GONE = Sku("RICE-WC-5KG"), Sku("SOY-WJ-500ML"), Sku("RICE-GONE-1KG")


def bought() -> list[Purchase]:
    """Rice again and again, in the store and by the app; soy sauce once; goods that are no more."""
    rice = BoughtLine(RICE, "五常稻花香大米 5kg", 1000, 6590, "grain")
    sauce = BoughtLine(SOY_SAUCE, "酱油 500ml", 2000, 2580, "seasoning")
    gone = BoughtLine(GONE, "停产的米 1kg", 1000, 990, "grain")
    return [
        Purchase("P5", OPENING - timedelta(days=4), "app", "order", "", "A2026061400031", 9170, 91, (rice, sauce)),
        Purchase(
            "P4", OPENING - timedelta(days=12), "store", "return", "S001", "S001-R2-20260606-0007", -2580, -25, (sauce,)
        ),
        Purchase(
            "P3", OPENING - timedelta(days=33), "store", "sale", "S002", "S002-R1-20260516-0012", 7580, 75, (rice, gone)
        ),
        Purchase("P2", OPENING - timedelta(days=60), "mini-program", "service_note", note="送货到门口，六楼无电梯"),
        Purchase(
            "P1",
            OPENING - timedelta(days=95),
            "store",
            "sale",
            "S001",
            "S001-R1-20260315-0101",
            7580,
            75,
            (rice, gone),
            2,
        ),
    ]
