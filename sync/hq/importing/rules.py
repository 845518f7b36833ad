"""Promotions, coupon templates and points as they are sent: documents of docs/pricing.md, kept as they are written.

What they mean is read by the one reader that registers use. A field that no rule asks for is a warning: most often
it is a slip of the hand.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec

from pos_app.domain.pricing.promotion_documents import read_conditions
from pos_app.domain.pricing.reading import Document, Mistake
from pos_app.domain.pricing.situation import Conditions
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import once_only
from sync.hq.publications.publishing import Wanted

MAX_ID_CHARACTERS: Final = 100
DELETE: Final = "delete"
_BESIDE: Final = frozenset({DELETE, "level"})
"""Fields that are no rule's: what to do with the row, and what the kind says already."""
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class RuleRow(Generic[T_co]):
    """A rule as it is sent, and what it says; says nothing: it is to be deleted.

    ``column_of`` says in which column of a flat file a path of the document stood.
    """

    id: str
    document: Document
    rule: T_co | None
    column_of: Callable[[str], str] = str

    def text(self) -> str:
        """Write the document that registers get."""
        return _ENCODER.encode({name: value for name, value in self.document.items() if name != DELETE}).decode()


class _Watched(Mapping[str, Any]):
    """A document that remembers which of its fields were asked for."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 — a JSON value
        self.asked.add(name)
        return self._document[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._document)

    def __len__(self) -> int:
        return len(self._document)


def read_rules(
    file: str,
    raw: Sequence[object],
    read: Callable[[Document], T],
    *,
    mistakes: Mistakes,
    known: Collection[str] = (),
) -> list[ReadRow[RuleRow[T]]]:
    """Read rules, each with an id; ``known`` are fields that others than pricing ask for."""
    found: list[ReadRow[RuleRow[T]]] = []
    for number, one in enumerate(raw, 1):
        row = ReadRow(file, number, one)
        own = id_of(row, mistakes)
        if own:
            found += read_rule(row, own, read, mistakes=mistakes, known=known)
    return found


def id_of(row: ReadRow[object], mistakes: Mistakes) -> str:
    """Read the id of a rule; empty when there is none."""
    if not isinstance(row.value, dict):
        mistakes.add(row, "", "is not an object")
        return ""
    own = row.value.get("id")
    if not isinstance(own, str) or not 0 < len(own) <= MAX_ID_CHARACTERS:
        mistakes.add(row, "id", f"must be a text of 1 to {MAX_ID_CHARACTERS} characters", own or "")
        return ""
    return own


def read_rule(
    row: ReadRow[Any],
    own: str,
    read: Callable[[Document], T],
    *,
    mistakes: Mistakes,
    known: Collection[str] = (),
    column_of: Callable[[str], str] = str,
) -> list[ReadRow[RuleRow[T]]]:
    """Read an object as a rule; none when it cannot be read."""
    document: Document = row.value
    delete = document.get(DELETE)
    if delete is not None and not isinstance(delete, bool):
        mistakes.add(row, DELETE, "must be true or false", delete)
        return []
    if delete:
        return [ReadRow(row.file, row.row, RuleRow(own, document, None, column_of))]
    watched = _Watched(document)
    try:
        rule = read(watched)
    except Mistake as mistake:
        for each in _with_conditions(document, mistake):
            mistakes.add(row, column_of(each.field), each.must, _at(document, each.field))
        return []
    _warn_of_strangers(row, watched.asked | _BESIDE | set(known), mistakes)
    return [ReadRow(row.file, row.row, RuleRow(own, document, rule, column_of))]


def _with_conditions(document: Document, first: Mistake) -> list[Mistake]:
    """Add what is wrong with its conditions, to which a reading that stopped earlier did not come."""
    try:
        read_conditions(document)
    except Mistake as second:
        return [first] if second.field == first.field else [first, second]
    return [first]


def _at(document: Document, path: str) -> object:
    """Show what stands in a top-level field."""
    value = document.get(path, "")
    return value if isinstance(value, str | int) else ""


def _warn_of_strangers(row: ReadRow[Any], known: Collection[str], mistakes: Mistakes) -> None:
    for name in row.value:
        if name not in known:
            near = get_close_matches(name, known, 1)
            mistakes.warn(row, name, f"is no field of this kind{f'; did you mean {near[0]}?' if near else ''}")


class Conditional(Protocol):
    """A rule that says when and where it holds."""

    @property
    def when(self) -> Conditions:
        """Its conditions."""
        ...


C = TypeVar("C", bound=Conditional)


def check_rules(
    rows: Sequence[ReadRow[RuleRow[C]]],
    what: str,
    *,
    there: Collection[str],
    scopes: Collection[str],
    mistakes: Mistakes,
) -> Iterator[ReadRow[RuleRow[C]]]:
    """Check what all rules have in common; give those that are set, to be checked for the rest.

    ``there`` are the ids of those that are there to be deleted.
    """
    once_only(rows, "id", lambda row: row.id, mistakes)
    for row in rows:
        if row.value.rule is not None:
            _check_conditions(row, row.value.rule.when, scopes, mistakes)
            yield row
        elif row.value.id not in there:
            mistakes.add(row, "id", f"there is no such {what} to delete", row.value.id)


def _check_conditions(
    row: ReadRow[RuleRow[Any]], when: Conditions, scopes: Collection[str], mistakes: Mistakes
) -> None:
    """Check where and when a rule holds."""
    if when.scope not in scopes:
        mistakes.add(row, "scope", "is no scope here: chain, zone:<id> or store:<id> of a known place", when.scope)
    if when.starts is not None and when.ends is not None and when.ends <= when.starts:
        mistakes.add(row, row.value.column_of("active.to"), "is not after from")


def rule_documents(topic: str, rows: Sequence[ReadRow[RuleRow[C]]]) -> list[Wanted]:
    """Say what should be published: each rule in its own scope, those deleted nowhere."""
    return [
        Wanted(topic, row.value.id, {} if row.value.rule is None else {row.value.rule.when.scope: row.value.text()})
        for row in rows
    ]
