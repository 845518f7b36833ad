"""A dry run's result in words, for a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from pos_app.domain.money import yuan_text


def report(result: Mapping[str, Any]) -> Iterator[str]:
    """Write it, line by line; amounts in yuan."""
    more = "; there were more (--limit)" if result["more"] else ""
    total = result["total"]
    yield f"{result['first']} to {result['last']}: {total['baskets']} baskets{more}"
    yield _tally("in all", total)
    yield from (_tally(each["store"], each) for each in result["stores"])
    for each in result["promotions"]:
        used = f"{each['baskets']} baskets, {each['applications']} times, saving {yuan_text(each['saving'])}"
        yield f"{each['id']}: {used}"
    for each in result["beaten"]:
        less = f"saves {yuan_text(each['less_saving'])} less in {each['baskets']} baskets"
        yield f"beats {each['id']}: it {less}, which cost {yuan_text(each['cost'])} more in all"
    for reason, count in result["left_out"].items():
        yield f"left out: {count} baskets ({reason})"


def _tally(name: str, tally: Mapping[str, int]) -> str:
    points = f", points {tally['points']:+}" if tally["points"] else ""
    return f"  {name}: {tally['touched']} of {tally['baskets']} touched, cost {yuan_text(tally['cost'])}{points}"
