"""The words of a shift's reports, read strictly from a template (``resources/reports/<language>.toml``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pos_app.devices.template_reader import open_template

_PLAIN: Final = (
    *("copy", "shift", "business_date", "register", "operator", "opened", "printed", "closed"),
    *("first_receipt", "last_receipt", "sales", "before", "gross", "saving", "rounding", "net", "earned"),
    *("taken", "paid_back", "drawer", "float", "cash_taken", "cash_back", "expected", "counted", "difference"),
    *("reason", "opened_drawer", "counts", "to"),
)
_PLACES: Final = {
    "shifts": ("first", "last"),
    "coupons": ("count",),
    "points": ("points",),
    "returns": ("count",),
    "voids": ("count",),
    "tender": ("kind", "count"),
    "cash_in": ("count",),
    "cash_out": ("count",),
    "piece": ("value", "count"),
}
_TITLES: Final = ("x", "z", "day")


@dataclass(frozen=True, slots=True)
class ReportWords:
    """A template that was read."""

    words: Mapping[str, str]
    titles: Mapping[str, str]
    tenders: Mapping[str, str]
    reasons: Mapping[str, str]
    signatures: tuple[str, ...]

    def say(self, key: str, **places: object) -> str:
        """Give a word with its places filled."""
        text = self.words[key]
        for place, value in places.items():
            text = text.replace("{" + place + "}", str(value))
        return text

    def tender(self, kind: str) -> str:
        """Name a way to pay; one that the template does not know goes by its code."""
        return self.tenders.get(kind, kind)

    def reason(self, reason: str) -> str:
        """Write a reason; one in a person's own words stays as it is."""
        return self.reasons.get(reason, reason)


def read_report_words(path: Path) -> ReportWords:
    """Read a template; raise ``Refusal("receipt_template")`` with the file and the field that is wrong."""
    reader = open_template(path)
    words = dict.fromkeys(_PLAIN, ()) | _PLACES
    reader.expect(reader.document, {*words, "signatures", "titles", "tenders", "reasons"}, "")
    titles = reader.table("titles")
    reader.expect(titles, set(_TITLES), "titles.")
    return ReportWords(
        words=MappingProxyType({key: reader.word(key, places) for key, places in words.items()}),
        titles=MappingProxyType(titles),
        tenders=MappingProxyType(reader.table("tenders")),
        reasons=MappingProxyType(reader.table("reasons")),
        signatures=reader.rows("signatures"),
    )
