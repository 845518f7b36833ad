"""docs/sync.md §9 says what the register's end does, and the screen has words for what may go wrong."""

import json
from pathlib import Path

import pytest

from sync.client.handle import AGENT_DIED
from sync.client.health import BROKEN, CLOCK_JUMPED, JOURNAL_BEHIND, NEEDS_A_HAND, NO_PROGRESS
from sync.client.strangers import CODES
from sync.protocol import signatures, wire

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/sync.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_whatever_may_trouble_the_line_has_words(language: str) -> None:
    texts = json.loads((ROOT / f"resources/translations/{language}.json").read_text(encoding="utf-8"))
    codes = CODES | NEEDS_A_HAND | {NO_PROGRESS, CLOCK_JUMPED, AGENT_DIED, "address_malformed"}
    codes |= {f"enrol_code_{why}" for why in ("unknown", "used", "expired")}

    assert {code for code in codes if f"error.{code}" not in texts} == set()


def test_every_header_of_ours_is_on_the_page() -> None:
    headers = {
        value for module in (wire, signatures) for name, value in vars(module).items() if name.endswith("_HEADER")
    }

    assert len(headers) == 4
    assert {header for header in headers if f"| `{header}` |" not in PAGE} == set()


def test_what_a_signature_covers_is_on_the_page() -> None:
    named = [*signatures.COVERED, signatures.TAG, signatures.LABEL, "granary-head-1"]

    assert [name for name in named if f"`{name}`" not in PAGE] == []


def test_what_headquarters_refuses_and_only_a_hand_can_mend_is_on_the_page() -> None:
    from_headquarters = NEEDS_A_HAND - {JOURNAL_BEHIND, BROKEN, "hq_too_old"}

    assert len(from_headquarters) == 6
    assert {code for code in from_headquarters if f"`{code}`" not in PAGE} == set()
