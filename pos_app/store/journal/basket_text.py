"""The open basket as the text that the journal keeps: written at every scan, each of its lines once.

A line is a value that stays as it is, so its text is kept beside it; of a basket of 200 lines one is encoded, not
all. Knows nothing of files.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pos_app.domain.basket import Basket, BasketLine


@dataclass(slots=True)
class BasketText:
    """Writes baskets as JSON; remembers the lines of the last one."""

    _written: dict[int, tuple[BasketLine, str]] = field(default_factory=dict)

    def of(self, basket: Basket) -> str:
        """Write a basket: its `Basket.document`, as JSON."""
        self._written = {line.line: self._line(line) for line in basket.lines}
        head = _json(basket.head_document()).removesuffix("}")
        lines = ",".join(text for _, text in self._written.values())
        return f'{head},"lines":[{lines}]}}'

    def _line(self, line: BasketLine) -> tuple[BasketLine, str]:
        known = self._written.get(line.line)
        return known if known is not None and known[0] is line else (line, _json(line.document()))


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
