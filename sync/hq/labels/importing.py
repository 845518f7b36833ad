"""Layouts of scale labels in an import: set or deleted by id, each published into its own scope."""

from collections.abc import Iterator, Sequence

import msgspec

from pos_app.domain.errors import Refusal
from pos_app.domain.scale_labels import LabelLayout
from sync.hq.importing.known import Known
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import Word, once_only
from sync.hq.publications.publishing import Wanted, body_text
from sync.protocol.topics import LABEL_LAYOUT, LabelLayoutBody


class LabelLayoutRow(msgspec.Struct, frozen=True):
    """A layout as it is sent. With ``delete`` only the id counts."""

    id: Word
    mask: str = ""
    scope: Word = "chain"
    delete: bool = False


def check_label_layouts(rows: Sequence[ReadRow[LabelLayoutRow]], known: Known, mistakes: Mistakes) -> None:
    """Check layouts: a mask that no label can be read by is named with its reason."""
    once_only(rows, "id", lambda row: row.id, mistakes)
    for row in rows:
        value = row.value
        if value.delete:
            continue
        if value.scope not in known.scopes:
            told = "is no scope here: chain, zone:<id> or store:<id> of a known place"
            mistakes.add(row, "scope", told, value.scope)
        try:
            LabelLayout(value.mask)
        except Refusal as refusal:
            mistakes.add(row, "mask", str(refusal.details["reason"]), value.mask)


def label_documents(rows: Sequence[ReadRow[LabelLayoutRow]]) -> Iterator[Wanted]:
    """Say what should be published."""
    for row in rows:
        value = row.value
        body = body_text(LabelLayoutBody(value.mask))
        yield Wanted(LABEL_LAYOUT, value.id, {} if value.delete else {value.scope: body})
