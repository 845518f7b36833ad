"""A receipt laid out on paper: which words stand where, and what is large.

Knows the receipt's content and the paper's columns; nothing of printers, fonts and screens.
The figures add up as they do on the screen: gross − Σ savings − points − rounding = payable.
"""

from collections.abc import Iterator

from pos_app.devices.paper import PLAIN, Look, Paper, Qr, Sheet, columns_of, text_line
from pos_app.devices.paper import Line as PaperLine
from pos_app.devices.paper_text import apart, printable, wrapped
from pos_app.devices.receipt_words import ReceiptWords
from pos_app.domain.instants import parse_moment
from pos_app.domain.quantity import is_whole, quantity_text
from pos_app.domain.receipt import Receipt, ReceiptLine

YEN = "\N{FULLWIDTH YEN SIGN}"
"""Code A3A4 in every Chinese printer; the half-width sign has no two bytes."""
TIMES = "\N{MULTIPLICATION SIGN}"
LARGE = Look(2, 2, bold=True)
TALL = Look(1, 2, bold=True)
BOLD = Look(bold=True)
INDENT = "  "
OTHERS = " / "
"""Between the names of what took something off a line."""
AMOUNT_COLUMNS = 12
"""What the amounts' column takes where code, quantity and amount share a row."""
LEAST_COLUMNS = 8
"""What names are given beside an amount, however long that is."""
QR_MODULE_DOTS = 6
_TITLES = {"sale": "title", "return": "title_return", "void": "title_void"}


def lay_out(receipt: Receipt, words: ReceiptWords, paper: Paper) -> Sheet:
    """Lay a receipt out. No line is wider than the paper."""
    layout = _Layout(words, paper.columns)
    return (
        *layout.head(receipt),
        *layout.rule(),
        *layout.plain_rows(words.say("item"), words.say("amount")),
        *layout.rule(),
        *(row for line in receipt.lines for row in layout.goods(line)),
        *layout.rule(),
        *layout.totals(receipt),
        *layout.tenders(receipt),
        *layout.rule(),
        *layout.foot(receipt),
    )


def amount_text(fen: int) -> str:
    """Write fen as ``1,234.50``."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


class _Layout:
    """Lines of a receipt for one width of paper."""

    def __init__(self, words: ReceiptWords, columns: int) -> None:
        self._words = words
        self._columns = columns

    def head(self, receipt: Receipt) -> Iterator[PaperLine]:
        store = printable(receipt.store)
        yield from self.centred(store, LARGE if columns_of(store) * LARGE.width <= self._columns else TALL)
        for row in self._words.header:
            yield from self.centred(row)
        yield from self.centred(self._words.say(_TITLES[receipt.kind]))
        if receipt.copy:
            yield from self.centred(self._words.say("copy"), LARGE)
        yield PaperLine()
        yield from self._facts(receipt)

    def _facts(self, receipt: Receipt) -> Iterator[PaperLine]:
        time = self._said("time", f"{parse_moment(receipt.at):%Y-%m-%d %H:%M:%S}")
        operator = self._said("operator", receipt.operator)
        rows = [self._said("number", receipt.number)]
        if receipt.kind != "sale":
            rows.append(self._said("original", receipt.original or self._words.say("no_original")))
        if columns_of(time) + columns_of(operator) < self._columns:
            rows += apart(time, operator, self._columns)
        else:
            rows += [time, operator]
        if receipt.member is not None:
            rows.append(self._said("member", receipt.member))
        for row in rows:
            for part in wrapped(row, self._columns):
                yield text_line(part)

    def _said(self, key: str, value: str) -> str:
        return f"{self._words.say(key)} {printable(value)}".rstrip()

    def goods(self, line: ReceiptLine) -> Iterator[PaperLine]:
        for row in wrapped(printable(line.name), self._columns):
            yield text_line(row)
        counted = f"{quantity_text(line.quantity)} {printable(line.unit)}".rstrip()
        times = f"{counted} {TIMES} {amount_text(line.unit_price)}"
        for row in self._priced(printable(line.code), times, amount_text(line.gross)):
            yield text_line(row)
        if line.base_price is not None and line.base_price != line.unit_price:
            kind = self._words.price(line.price_kind or "manual")
            said = self._words.say("line_base", kind=kind, was=amount_text(line.base_price))
            for row in wrapped(said, self._columns - len(INDENT)):
                yield text_line(INDENT + row)
        if line.savings:
            names = OTHERS.join(printable(each.name) or self._words.say("points_short") for each in line.savings)
            off = amount_text(line.net - line.gross)
            *above, last = wrapped(names, max(self._columns - len(INDENT) - len(off) - 1, LEAST_COLUMNS))
            for row in (*(INDENT + row for row in above), *apart(INDENT + last, off, self._columns)):
                yield text_line(row)

    def _priced(self, code: str, times: str, amount: str) -> list[str]:
        """Code, quantity times price, and amount in three columns where the paper has room for them."""
        room = self._columns - AMOUNT_COLUMNS - columns_of(code) - columns_of(times)
        if code and room > 0 and columns_of(amount) < AMOUNT_COLUMNS:
            return [code + " " * room + times + amount.rjust(AMOUNT_COLUMNS)]
        return apart(INDENT + times, amount, self._columns)

    def totals(self, receipt: Receipt) -> Iterator[PaperLine]:
        say = self._words.say
        yield from self.plain_rows(say("count", count=str(pieces(receipt))), amount_text(receipt.gross))
        for each in receipt.savings:
            yield from self.plain_rows(printable(each.name), amount_text(-each.amount))
        if receipt.points_amount:
            used = say("points", points=str(receipt.points_used))
            yield from self.plain_rows(used, amount_text(-receipt.points_amount))
        if receipt.rounding:
            yield from self.plain_rows(say("rounding"), amount_text(-receipt.rounding))
        word = "payable" if receipt.kind == "sale" else "refund"
        yield from self._payable(say(word), YEN + amount_text(receipt.payable))

    def _payable(self, word: str, amount: str) -> Iterator[PaperLine]:
        look = LARGE if (columns_of(word + amount) + 1) * LARGE.width <= self._columns else TALL
        for row in apart(word, amount, self._columns // look.width):
            yield text_line(row, look=look)

    def tenders(self, receipt: Receipt) -> Iterator[PaperLine]:
        for kind, amount, received, change in receipt.tenders:
            if receipt.kind != "sale":
                given = self._words.say("given_back", tender=self._words.tender(kind))
                yield from self.plain_rows(printable(given), amount_text(amount))
                continue
            yield from self.plain_rows(printable(self._words.tender(kind)), amount_text(received))
            if change or kind == "cash":
                yield from self.plain_rows(self._words.say("change"), amount_text(change))

    def foot(self, receipt: Receipt) -> Iterator[PaperLine | Qr]:
        if receipt.kind != "sale":
            yield from self._foot_of_return(receipt)
            return
        if receipt.points_earned:
            yield from self.plain_rows(self._words.say("points_earned"), f"{receipt.points_earned:,}")
        if receipt.saved > 0:
            yield from self.centred(self._words.say("saved", amount=YEN + amount_text(receipt.saved)), BOLD)
        for row in self._words.footer:
            yield from self.centred(row)
        yield PaperLine()
        yield Qr(printable(receipt.number), QR_MODULE_DOTS)

    def _foot_of_return(self, receipt: Receipt) -> Iterator[PaperLine | Qr]:
        """Points both ways, a place for the customer's name, and the return's own number."""
        for key, points in (("points_taken", receipt.points_taken), ("points_given", receipt.points_given)):
            if points:
                yield from self.plain_rows(self._words.say(key), f"{points:,}")
        yield PaperLine()
        yield text_line(self._words.say("signature"))
        yield PaperLine()
        yield Qr(printable(receipt.number), QR_MODULE_DOTS)

    def rule(self) -> Iterator[PaperLine]:
        yield text_line("-" * self._columns)

    def centred(self, text: str, look: Look = PLAIN) -> Iterator[PaperLine]:
        for row in wrapped(text, self._columns // look.width):
            yield text_line(row, align="center", look=look)

    def plain_rows(self, left: str, right: str) -> Iterator[PaperLine]:
        for row in apart(left, right, self._columns):
            yield text_line(row)


def pieces(receipt: Receipt) -> int:
    """Count what the customer carries: whole pieces, and one for each weighed or broken quantity."""
    return sum(line.quantity // 1000 if is_whole(line.quantity) and not line.weighed else 1 for line in receipt.lines)
