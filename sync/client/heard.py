"""What a register has heard of its neighbours' baskets: lists, and what is in each; kept over a restart in a file.

The file may be lost: everything is heard again. Asks nobody anything.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Self

from pos_app.domain.ids import BasketId, DeviceId
from pos_app.domain.suspended_basket import Ended, SuspendedAt, SuspendedBasket, SuspendedHead


@dataclass(frozen=True, slots=True)
class Said:
    """What one register said last."""

    heads: Sequence[SuspendedHead] = ()
    in_hand: frozenset[BasketId] = frozenset()
    """Those of ours that are open there at this moment."""
    ended: Ended = field(default_factory=Ended)
    """What became there of the baskets that it was asked about."""

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Read an answer; ``KeyError``, ``TypeError`` or ``ValueError`` where it is none."""
        thrown = {BasketId(str(each)): int(number) for each, number in dict(document["thrown"]).items()}
        return cls(
            heads=[SuspendedHead.from_document(each) for each in document["heads"]],
            in_hand=frozenset(BasketId(str(each)) for each in document["in_hand"]),
            ended=Ended(frozenset(BasketId(str(each)) for each in document["sold"]), thrown),
        )

    def document(self) -> dict[str, Any]:
        """Give what `read` reads."""
        return {
            "heads": [each.document() for each in self.heads],
            "in_hand": sorted(self.in_hand),
            "sold": sorted(self.ended.sold),
            "thrown": dict(self.ended.thrown),
        }


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """A register, where it was reached, what it said, and its baskets as they were looked at."""

    address: str
    said: Said
    copies: Mapping[BasketId, SuspendedBasket] = field(default_factory=dict)

    def copy(self, head: SuspendedHead) -> SuspendedBasket | None:
        """Give what is in a basket; None where the list says another state of it than was looked at."""
        copy = self.copies.get(head.id)
        return copy if copy is not None and _state(copy.head) == _state(head) else None


class Heard:
    """The neighbours, as last heard. May be used from any thread."""

    def __init__(self, file: Path) -> None:
        """Take up what was heard before the last stop."""
        self._file = file
        self._lock = Lock()
        self._neighbours = _read(file)
        self._is_kept = True

    def address_of(self, device: DeviceId) -> str:
        """Tell where a register was last reached; empty: nowhere."""
        neighbour = self._neighbours.get(device)
        return "" if neighbour is None else neighbour.address

    def baskets(self) -> list[BasketId]:
        """Tell of which baskets was heard."""
        return [head.id for neighbour in list(self._neighbours.values()) for head in neighbour.said.heads]

    def note(self, device: DeviceId, address: str, said: Said) -> list[BasketId]:
        """Note what a register says; tell which of its baskets are to be looked at."""
        before = self._neighbours.get(device) or _Neighbour(address, Said())
        listed = {head.id for head in said.heads}
        kept = {basket: copy for basket, copy in before.copies.items() if basket in listed}
        now = _Neighbour(address, said, kept)
        self._keep(device, now)
        return [head.id for head in said.heads if now.copy(head) is None]

    def look(self, device: DeviceId, copy: SuspendedBasket) -> None:
        """Note what is in a basket of a register."""
        neighbour = self._neighbours[device]
        self._keep(device, _Neighbour(neighbour.address, neighbour.said, {**neighbour.copies, copy.id: copy}))

    def rows(self) -> Iterator[SuspendedAt]:
        """List the baskets that are to be had elsewhere: those that ended, as another register says, are not."""
        neighbours = list(self._neighbours.items())
        ended = [neighbour.said.ended for _, neighbour in neighbours]
        for device, neighbour in neighbours:
            for head in neighbour.said.heads:
                if not any(head.id in each.sold or each.thrown.get(head.id, 0) > head.handed_over for each in ended):
                    copy = neighbour.copy(head)
                    yield SuspendedAt(DeviceId(device), head, None if copy is None else copy.basket)

    def is_in_hand(self, basket: BasketId, device: str) -> bool:
        """Tell whether a register said that it has a basket of ours open."""
        neighbour = self._neighbours.get(device)
        return neighbour is not None and basket in neighbour.said.in_hand

    def keep(self) -> None:
        """Keep what was heard since the last time, for after a restart."""
        with self._lock:
            if not self._is_kept:
                _write(self._file, self._neighbours)
                self._is_kept = True

    def _keep(self, device: str, neighbour: _Neighbour) -> None:
        with self._lock:
            if self._neighbours.get(device) != neighbour:
                self._neighbours = {**self._neighbours, device: neighbour}
                self._is_kept = False


def _state(head: SuspendedHead) -> tuple[int, str]:
    """What is in a basket does not change while it stays suspended."""
    return head.handed_over, head.at


def _read(file: Path) -> dict[str, _Neighbour]:
    """Read what was heard before the last stop; a file that cannot be read says nothing."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return {
            device: _Neighbour(
                str(one["address"]),
                Said.read(one["said"]),
                {BasketId(each): SuspendedBasket.from_document(copy) for each, copy in one["copies"].items()},
            )
            for device, one in kept.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write(file: Path, neighbours: Mapping[str, _Neighbour]) -> None:
    """Write it whole or not at all; a full disk hinders what matters elsewhere."""
    kept = {
        device: {
            "address": one.address,
            "said": one.said.document(),
            "copies": {basket: copy.document() for basket, copy in one.copies.items()},
        }
        for device, one in neighbours.items()
    }
    coming = file.with_suffix(".coming")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        coming.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        coming.replace(file)
