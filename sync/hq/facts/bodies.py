"""What the readers of facts' bodies share: bounded figures and words, and how it is said that one cannot be read."""

from typing import Annotated

import msgspec

Amount = Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)]
"""Fen or thousandths, far beyond any real one."""
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class CannotApply(Exception):
    """A fact that this release cannot read."""

    def __init__(self, code: str, **details: object) -> None:
        """Say why, for the exception that is left."""
        super().__init__(code)
        self.code = code
        self.details = details


class TenderBody(msgspec.Struct, frozen=True):
    """A payment; ``payment`` is the id by which a provider was asked for it."""

    kind: Word
    amount: Amount
    payment: Word | None = None
    reference: Word | None = None


class MemberRef(msgspec.Struct, frozen=True):
    """Whose sale it is."""

    id: Word
