"""Products in an import."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, delete

from pos_app.domain.codes import lookup_key
from pos_app.domain.pricing.subjects import PricedProduct
from sync.hq.db.database import Writer
from sync.hq.db.schema import barcode, product
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import PackSize, Text, Word, once_only
from sync.hq.products.initials import initials_of
from sync.hq.publications.publishing import Wanted, body_text
from sync.protocol.rules import priced_product
from sync.protocol.topics import PRODUCT, BarcodeBody, ProductBody, UnitBody


class BarcodeRow(msgspec.Struct, frozen=True):
    """A code as it is sent."""

    code: Word
    unit: Text = ""
    quantity: PackSize = 1000


class UnitRow(msgspec.Struct, frozen=True):
    """A unit of sale as it is sent."""

    name: Word
    quantity: PackSize


class ProductRow(msgspec.Struct, frozen=True):
    """A product as it is sent. Without ``initials`` they are made from the name."""

    sku: Word
    name: Word
    name_en: Text = ""
    initials: Text = ""
    categories: tuple[Word, ...] = ()
    brand: Text = ""
    tags: tuple[Word, ...] = ()
    weighed: bool = False
    unit: Text = ""
    spec: Text = ""
    plu: Text = ""
    units: tuple[UnitRow, ...] = ()
    barcodes: tuple[BarcodeRow, ...] = ()

    def codes(self) -> list[str]:
        """List the forms under which it is found by a scan."""
        return list(
            dict.fromkeys(lookup_key(code) for code in (*(each.code for each in self.barcodes), self.plu) if code)
        )

    def body(self) -> ProductBody:
        """Give the document that registers get."""
        return ProductBody(
            sku=self.sku,
            name=self.name,
            name_en=self.name_en,
            initials=self.initials or initials_of(self.name),
            categories=self.categories,
            brand=self.brand,
            tags=self.tags,
            weighed=self.weighed,
            unit=self.unit,
            spec=self.spec,
            plu=self.plu,
            units=[UnitBody(each.name, each.quantity) for each in self.units],
            barcodes=[BarcodeBody(each.code, each.unit, each.quantity) for each in self.barcodes],
        )

    def priced(self) -> PricedProduct:
        """Give what pricing needs of it."""
        return priced_product(self.body())


def check_products(rows: Sequence[ReadRow[ProductRow]], known: Known, mistakes: Mistakes) -> None:
    """Check products: each once, and no code that is another's."""
    once_only(rows, "sku", lambda row: row.sku, mistakes)
    own = {row.value.sku for row in rows}
    # A code whose product is in this import too belongs to whom the import gives it.
    owners = {code: sku for code, sku in known.barcodes.items() if sku not in own}
    for row in rows:
        for code in row.value.codes():
            owner = owners.setdefault(code, row.value.sku)
            if owner != row.value.sku:
                mistakes.add(row, "barcodes", f"the code is {owner}'s already", code)
    known.skus |= own


async def write_products(writer: Writer, rows: Sequence[ReadRow[ProductRow]]) -> list[Wanted]:
    """Write products; say what should be published of them."""
    bodies = {row.value.sku: body_text(row.value.body()) for row in rows}
    insert = writer.insert(product)
    await writer.execute(
        insert.on_conflict_do_update(
            index_elements=["sku"], set_={name: insert.excluded[name] for name in ("name", "document")}
        ),
        [{"sku": row.value.sku, "name": row.value.name, "document": bodies[row.value.sku]} for row in rows],
    )
    theirs = delete(barcode).where(barcode.c.sku == bindparam("product"))
    await writer.execute(theirs, [{"product": sku} for sku in bodies])
    await writer.execute(
        barcode.insert(), [{"lookup_key": code, "sku": row.value.sku} for row in rows for code in row.value.codes()]
    )
    return [Wanted(PRODUCT, sku, {"chain": body}) for sku, body in bodies.items()]
