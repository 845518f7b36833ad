"""Products: what can be sold, under which codes and in which units.

One product may carry several barcodes (一品多码) and be sold by several units (袋, 箱, 斤, 公斤); all are
quantities of one SKU, so stock is one figure.
"""

from dataclasses import dataclass

from pos_app.domain.ids import Sku
from pos_app.domain.quantity import ONE, Quantity


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of sale and what it holds, in thousandths of the product's own unit: a 箱 of six is 6000."""

    name: str
    quantity: Quantity = ONE


@dataclass(frozen=True, slots=True)
class Barcode:
    """A code printed on the goods, and the unit it stands for."""

    code: str
    unit: str
    quantity: Quantity = ONE


@dataclass(frozen=True, slots=True)
class Product:
    """A single item of the assortment (单品). It lists its parent categories itself."""

    sku: Sku
    name: str
    name_en: str = ""
    categories: tuple[str, ...] = ()
    brand: str = ""
    tags: tuple[str, ...] = ()
    weighed: bool = False
    unit: str = ""
    spec: str = ""
    plu: str = ""
    units: tuple[Unit, ...] = ()
    barcodes: tuple[Barcode, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundProduct:
    """What a code or a search led to: a product, and how much of it one scan takes."""

    product: Product
    quantity: Quantity = ONE
    code: str = ""
    """The code as scanned, empty when it was picked from a list."""
    lot: str | None = None
    """The lot that the code names."""
