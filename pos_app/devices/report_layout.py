"""A shift's report laid out on paper: which figures stand where, and what is large.

The figures add up as they stand: gross − discounts − points − rounding = net; float + what moved = what is expected.
"""

from collections.abc import Iterator, Mapping

from pos_app.devices.paper import PLAIN, Look, Paper, Sheet, columns_of, text_line
from pos_app.devices.paper import Line as PaperLine
from pos_app.devices.paper_text import apart, printable, wrapped
from pos_app.devices.receipt_layout import BOLD, INDENT, LARGE, TALL, amount_text
from pos_app.devices.report_words import ReportWords
from pos_app.domain.instants import parse_moment
from pos_app.domain.money import yuan_text
from pos_app.domain.shift_figures import CASH, NONE, Figures, Times
from pos_app.domain.shift_report import ShiftReport


def lay_out_report(report: ShiftReport, words: ReportWords, paper: Paper) -> Sheet:
    """Lay a report out. No line is wider than the paper."""
    layout = _Layout(words, paper.columns)
    figures = report.figures
    return (
        *layout.head(report),
        *layout.rule(),
        *layout.sales(figures),
        *layout.rule(),
        *layout.tenders("taken", figures.tenders),
        *layout.tenders("paid_back", figures.paid_back),
        *layout.rule(),
        *layout.drawer(report),
        *layout.rule(),
        *layout.foot(report),
    )


class _Layout:
    """Lines of a report for one width of paper."""

    def __init__(self, words: ReportWords, columns: int) -> None:
        self._words = words
        self._columns = columns

    def head(self, report: ShiftReport) -> Iterator[PaperLine]:
        say = self._words.say
        yield from self._centred(report.store, BOLD)
        yield from self._centred(self._words.titles[report.kind], self._large(self._words.titles[report.kind]))
        if report.copy:
            yield from self._centred(say("copy"), self._large(say("copy")))
        yield PaperLine()
        if report.number:
            yield from self._row(say("shift"), f"{report.number:04d}")
        elif report.shifts:
            first, last = report.shifts[0], report.shifts[-1]
            yield from self._row(say("shifts", first=f"{first:04d}", last=f"{last:04d}"), "")
        yield from self._row(say("business_date"), report.business_date)
        yield from self._row(say("register"), report.device)
        yield from self._row(say("operator"), report.operator)
        if report.opened_at:
            yield from self._row(say("opened"), _moment(report.opened_at))
        yield from self._row(say("printed" if report.kind == "x" else "closed"), _moment(report.at))
        for key, receipt in (
            ("first_receipt", report.figures.first_receipt),
            ("last_receipt", report.figures.last_receipt),
        ):
            if receipt:
                yield from self._row(say(key), receipt)

    def sales(self, figures: Figures) -> Iterator[PaperLine]:
        say = self._words.say
        yield from self._row(say("sales"), str(figures.sales))
        if figures.before:
            yield from self._row(INDENT + say("before"), str(figures.before))
        yield from self._row(say("gross"), amount_text(figures.gross))
        yield from self._row(say("saving"), amount_text(-figures.saving))
        if figures.coupons.count:
            coupons = say("coupons", count=figures.coupons.count)
            yield from self._row(INDENT + coupons, amount_text(-figures.coupons.amount))
        yield from self._row(say("points", points=figures.points_used), amount_text(-figures.points_amount))
        yield from self._row(say("rounding"), amount_text(-figures.rounding))
        yield from self._row(say("net"), amount_text(figures.net), BOLD)
        for key, times in (("returns", figures.returns), ("voids", figures.voids)):
            yield from self._row(say(key, count=times.count), amount_text(-times.amount))
        if figures.points_earned:
            yield from self._row(say("earned"), f"{figures.points_earned:,}")

    def tenders(self, title: str, tenders: Mapping[str, Times]) -> Iterator[PaperLine]:
        if title == "taken" or tenders:
            yield from self._row(
                self._words.say(title), amount_text(sum(each.amount for each in tenders.values())), BOLD
            )
        for kind, times in sorted(tenders.items(), key=lambda each: (each[0] != CASH, each[0])):
            named = self._words.say("tender", kind=self._words.tender(kind), count=times.count)
            yield from self._row(INDENT + named, amount_text(times.amount))

    def drawer(self, report: ShiftReport) -> Iterator[PaperLine]:
        say, figures = self._words.say, report.figures
        yield from self._row(say("drawer"), "", BOLD)
        yield from self._row(INDENT + say("float"), amount_text(report.float_fen))
        yield from self._row(INDENT + say("cash_taken"), amount_text(figures.tenders.get(CASH, NONE).amount))
        yield from self._row(INDENT + say("cash_back"), amount_text(-figures.paid_back.get(CASH, NONE).amount))
        yield from self._row(INDENT + say("cash_in", count=figures.cash_in.count), amount_text(figures.cash_in.amount))
        taken_out = say("cash_out", count=figures.cash_out.count)
        yield from self._row(INDENT + taken_out, amount_text(-figures.cash_out.amount))
        yield from self._row(say("expected"), amount_text(report.expected), BOLD)
        if report.counted is None or report.difference is None:
            return
        for value, pieces in sorted(figures.pieces.items(), key=lambda each: -int(each[0])):
            piece = say("piece", value=yuan_text(int(value)).removesuffix(".00"), count=pieces)
            yield from self._row(INDENT + piece, amount_text(int(value) * pieces))
        yield from self._row(say("counted"), amount_text(report.counted), BOLD)
        yield from self._row(say("difference"), amount_text(report.difference), BOLD)
        if report.reason:
            yield from self._row(say("reason"), printable(self._words.reason(report.reason)))

    def foot(self, report: ShiftReport) -> Iterator[PaperLine]:
        say = self._words.say
        yield from self._row(say("opened_drawer"), str(report.figures.drawer))
        if report.kind != "x":
            yield from self._row(say("counts"), str(report.figures.counts))
        if report.to:
            yield from self._row(say("to"), report.to)
        if report.kind != "x":
            for signature in self._words.signatures:
                yield PaperLine()
                room = max(self._columns - columns_of(signature) - 1, 1)
                yield text_line(f"{signature} {'_' * room}")

    def rule(self) -> Iterator[PaperLine]:
        yield text_line("-" * self._columns)

    def _large(self, text: str) -> Look:
        return LARGE if columns_of(text) * LARGE.width <= self._columns else TALL

    def _centred(self, text: str, look: Look) -> Iterator[PaperLine]:
        for row in wrapped(printable(text), self._columns // look.width):
            yield text_line(row, align="center", look=look)

    def _row(self, left: str, right: str, look: Look = PLAIN) -> Iterator[PaperLine]:
        for row in apart(left, right, self._columns):
            yield text_line(row, look=look)


def _moment(text: str) -> str:
    return f"{parse_moment(text):%Y-%m-%d %H:%M:%S}"
