"""docs/sync.md §9 says what the register's end does."""

from pathlib import Path

from sync.client.health import BROKEN, JOURNAL_BEHIND, NEEDS_A_HAND
from sync.protocol import signatures, wire

PAGE = (Path(__file__).parents[3] / "docs/sync.md").read_text(encoding="utf-8")


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
    from_headquarters = NEEDS_A_HAND - {JOURNAL_BEHIND, BROKEN}

    assert len(from_headquarters) == 5
    assert {code for code in from_headquarters if f"`{code}`" not in PAGE} == set()
