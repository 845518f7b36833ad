"""Quoting: a basket's document in, the bytes out that `granary quote` gives for it and headquarters' rulebook."""

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing.answers import answer_bytes, error_document, quote_document
from pos_app.domain.pricing.documents import WHOLE, check_goods, parsed, read_basket
from pos_app.domain.pricing.inputs import PricedBasket
from pos_app.domain.pricing.reading import Document, Mistake, part
from sync.hq.db.database import Database, Reader
from sync.hq.quotes.asked import completed
from sync.hq.quotes.rulebooks import Rulebooks
from sync.hq.quotes.versions import scopes_now


async def quote_answer(database: Database, rulebooks: Rulebooks, text: bytes) -> tuple[bytes, bool]:
    """Quote one document; say beside the bytes whether it is an error's."""
    try:
        document = asked_document(text)
        async with database.read() as reader:
            basket = await _read_basket(reader, document)
            rulebook = await rulebooks.at(
                reader, scopes_now(basket.store, basket.zone), {line.sku for line in basket.lines}
            )
        check_goods(basket, rulebook)
        return answer_bytes(await rulebooks.work(lambda: quote_document(basket, rulebook))), False
    except Mistake as mistake:
        return answer_bytes(error_document(mistake.refusal())), True
    except Refusal as refusal:
        return answer_bytes(error_document(refusal)), True


def asked_document(text: bytes) -> Document:
    """Read a document of docs/pricing.md §1 without its rulebook, or the basket alone."""
    try:
        document = parsed(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Refusal("invalid", field=WHOLE, must="must be UTF-8") from error
    if document.get("rulebook") is not None:
        raise Mistake("rulebook", "must be left out: it is headquarters' own")
    return document if "basket" in document else {"basket": document}


async def _read_basket(reader: Reader, document: Document) -> PricedBasket:
    basket = part(document, "basket", dict)
    try:
        return read_basket(await completed(reader, basket))
    except Mistake as mistake:
        raise mistake.within("basket") from None
