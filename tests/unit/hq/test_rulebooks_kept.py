"""Rulebooks that are kept: of too many, the one that nobody asked for the longest goes."""

from sync.hq.quotes.rulebooks import MOST_KEPT, _find, _keep


def test_what_is_asked_for_stays_and_what_nobody_asks_for_goes() -> None:
    kept: dict[tuple[tuple[str, int], ...], int] = {}
    for rev in range(MOST_KEPT):
        _keep(kept, (("chain", rev),), rev)

    assert _find(kept, (("chain", 0),)) == 0
    _keep(kept, (("chain", MOST_KEPT),), MOST_KEPT)

    assert _find(kept, (("chain", 0),)) == 0
    assert _find(kept, (("chain", 1),)) is None
    assert len(kept) == MOST_KEPT
