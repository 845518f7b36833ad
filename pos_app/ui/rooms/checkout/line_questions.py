"""Questions about the line that is chosen: how many, why this price, another price, a discount, and for what reason.

Knows no widget. What changes a line goes through the presenter's `Till`, so that every answer is shown in one way.
"""

from collections.abc import Callable
from functools import partial

from pos_app.domain.errors import Refusal
from pos_app.domain.money import Fen, parse_percent, parse_yuan, percent_of, yuan_text
from pos_app.domain.pricing.explanation import Explanation
from pos_app.domain.quantity import parse_quantity, quantity_text
from pos_app.ui.rooms.checkout.pad_panel import Question
from pos_app.ui.rooms.checkout.ringing import LineRow
from pos_app.ui.rooms.checkout.stories import story_rows
from pos_app.ui.rooms.checkout.till import Till
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.widgets.choice_panel import Choice

REASONS = ("near_expiry", "damaged", "tag_differs", "agreed", "competitor", "gift")
"""Reasons that are chosen by a key; the fact keeps these words, the screen their translations."""


class LineQuestions:
    """Asks about the chosen line."""

    def __init__(self, till: Till) -> None:
        self._till = till

    def ask_quantity(self) -> None:
        """Ask for the chosen line's quantity."""
        row = self._chosen()
        if row is not None:
            title = "ask.weight" if row.line.weighed else "ask.quantity"
            suggested = quantity_text(row.quoted.quantity)
            about = f"{row.line.name}  {row.line.unit}".strip()
            answer = partial(self._set_quantity, row.line.line)
            self._till.view.open_question(Question(title, about, "quantity", suggested, answer))

    def explain(self) -> None:
        """Say why the chosen line costs what it costs."""
        row, view = self._chosen(), self._till.rung.view
        if row is None or view is None:
            return
        advising, number = self._till.desk.open_counter().advising, row.line.line
        self._till.desk.tasks.run(lambda: advising.explain(view, number), partial(self._explained, row))

    def ask_price(self) -> None:
        """Ask for another unit price of the chosen line."""
        row = self._chosen()
        if row is not None:
            answer = partial(self._ask_reason_for, row, _typed_price)
            suggested = yuan_text(row.quoted.unit_price)
            self._till.view.open_question(Question("ask.price", self._about(row), "amount", suggested, answer))

    def ask_discount(self) -> None:
        """Ask for the part of its price, in per cent, that the chosen line is sold at."""
        row = self._chosen()
        if row is not None:
            self._ask_lower("ask.discount", "percent", row, partial(_part_of, row))

    def restore_price(self) -> None:
        """Let the chosen line cost again what the rules say."""
        row = self._chosen()
        if row is not None:
            selling, number = self._till.selling, row.line.line
            self._till.ring(lambda: selling.restore_price(number))

    def remove(self) -> None:
        """Remove the chosen line."""
        row = self._chosen()
        if row is not None:
            selling, number = self._till.selling, row.line.line
            self._till.ring(lambda: selling.remove(number), lambda: self._removed(row.line.name))

    def _ask_reduction(self, row: LineRow) -> None:
        self._ask_lower("ask.reduction", "amount", row, partial(_less, row))

    def _ask_lower(self, title: str, kind: str, row: LineRow, price: Callable[[str], Fen]) -> None:
        turn = self.ask_discount if kind == "amount" else partial(self._ask_reduction, row)
        self._till.view.open_question(
            Question(
                title,
                self._about(row),
                "amount" if kind == "amount" else "percent",
                "",
                partial(self._ask_reason_for, row, price),
                preview=partial(_preview, row, price),
                turn=turn,
            )
        )

    def _about(self, row: LineRow) -> str:
        return f"{row.line.name}  {row.unit_price_text}"

    def _ask_reason_for(self, row: LineRow, price: Callable[[str], Fen], typed: str) -> None:
        """Take the new price; a changed price needs a reason, chosen or typed."""
        try:
            amount = price(typed)
        except Refusal as refusal:
            self._till.desk.messages.refuse(refusal)
            return
        tr = self._till.desk.texts.tr
        self._till.view.open_choice(
            Choice(
                "ask.reason",
                f"{row.line.name}  {row.unit_price_text} → {amount_text(amount)}",
                [tr(f"reason.{reason}") for reason in REASONS],
                lambda at: self._set_price(row, amount, REASONS[at]),
                own=lambda words: self._set_price(row, amount, words),
            )
        )

    def _set_price(self, row: LineRow, amount: Fen, reason: str) -> None:
        selling, operator, number = self._till.selling, self._till.desk.operator, row.line.line
        if operator is not None:
            self._till.ring(lambda: selling.set_manual_price(number, amount, reason, operator.id))

    def _set_quantity(self, line: int, typed: str) -> None:
        try:
            quantity = parse_quantity(typed.removesuffix("."))
        except Refusal as refusal:
            self._till.desk.messages.refuse(refusal)
            return
        selling = self._till.selling
        self._till.ring(lambda: selling.set_quantity(line, quantity))

    def _explained(self, row: LineRow, told: Explanation) -> None:
        till = self._till
        if row in till.rung.rows and till.rung.view is not None:
            zone = till.rung.view.priced.asked.at.tzinfo
            till.view.open_line(row, story_rows(row, told, till.desk.texts, zone))

    def _removed(self, name: str) -> None:
        self._till.desk.messages.note("note.removed", name=name)

    def _chosen(self) -> LineRow | None:
        row = self._till.view.chosen_line()
        if row is None:
            self._till.desk.messages.refuse(Refusal("no_line_chosen"))
        return row


def _typed_price(typed: str) -> Fen:
    return parse_yuan(typed.removesuffix("."))


def _part_of(row: LineRow, typed: str) -> Fen:
    return percent_of(row.quoted.unit_price, parse_percent(typed.removesuffix(".")))


def _less(row: LineRow, typed: str) -> Fen:
    left = row.quoted.unit_price - parse_yuan(typed.removesuffix("."))
    if left < 0:
        raise Refusal("price_negative", line=row.line.line)
    return Fen(left)


def _preview(row: LineRow, price: Callable[[str], Fen], typed: str) -> str:
    """Write what the price would come to; nothing while it is none."""
    try:
        return f"{row.unit_price_text} → {amount_text(price(typed))}" if typed else row.unit_price_text
    except Refusal:
        return row.unit_price_text
