"""A line's explanation in words: where its price comes from, what came off and by what, what was not taken and why.

Knows no widget: an `Explanation` in, rows of words out, in the language in force.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal

from pos_app.domain.instants import Instant, moment_of
from pos_app.domain.pricing.explanation import Explanation, LineStory, NotTaken, ShelfStory
from pos_app.ui.rooms.checkout.ringing import LineRow
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.runtime.translations import Texts

Tone = Literal["price", "saving", "sum", "caption", "missed", "near"]
_NEAR = frozenset({"spend_more", "add_pieces", "add_gift"})


@dataclass(frozen=True, slots=True)
class StoryRow:
    """One row: what, a word about it, and an amount; the last two may be empty."""

    tone: Tone
    what: str
    about: str = ""
    amount: str = ""


def story_rows(row: LineRow, told: Explanation, texts: Texts, zone: tzinfo | None) -> list[StoryRow]:
    """Write a line's story; moments are told by the store's own time."""
    story = told.lines[0]
    rows = [_price_row(row, story.shelf, texts, zone)]
    rows += _savings(story, texts)
    if story.discounts:
        rows.append(StoryRow("sum", texts.tr("story.net"), amount=amount_text(row.quoted.net)))
    missed = sorted(told.not_taken, key=lambda each: each.reason not in _NEAR)
    if missed:
        rows.append(StoryRow("caption", texts.tr("story.not_taken")))
    rows += [_missed(each, texts) for each in missed]
    return rows


def _price_row(row: LineRow, shelf: ShelfStory, texts: Texts, zone: tzinfo | None) -> StoryRow:
    now = amount_text(shelf.unit_price)
    what = now if shelf.was is None or shelf.was == shelf.unit_price else f"{amount_text(shelf.was)} → {now}"
    about = texts.tr(f"price.{shelf.kind or 'manual'}")
    if shelf.kind is None:
        about = texts.tr("story.because", kind=about, reason=reason_text(row.line.reason or "", texts))
    elif shelf.since is not None and shelf.kind != "base":
        about = texts.tr("story.since", kind=about, at=_moment(shelf.since, zone))
    return StoryRow("price", what, about, amount_text(row.quoted.gross))


def _moment(instant: Instant, zone: tzinfo | None) -> str:
    return f"{moment_of(instant).astimezone(zone):%Y-%m-%d %H:%M}"


def _savings(story: LineStory, texts: Texts) -> Iterator[StoryRow]:
    for each in story.discounts:
        kind = texts.tr(f"price.{each.kind}")
        name = each.name or kind
        yield StoryRow("saving", name, "" if name == kind else kind, amount_text(-each.amount))


def _missed(missed: NotTaken, texts: Texts) -> StoryRow:
    amount = ""
    if missed.missing is not None:
        amount = amount_text(missed.missing) if missed.reason == "spend_more" else str(missed.missing)
    about = texts.tr(f"missed.{missed.reason}", amount=amount)
    return StoryRow("near" if missed.reason in _NEAR else "missed", missed.name or missed.id, about)


def reason_text(reason: str, texts: Texts) -> str:
    """Say why a price was typed by hand: one of our own reasons in the language in force, else as it was typed."""
    key = f"reason.{reason}"
    return texts.tr(key) if texts.has(key) else reason
