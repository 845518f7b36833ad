"""Operators: who may sign in at a register, and by which role they may do what."""

from dataclasses import dataclass
from typing import Literal

from pos_app.domain.ids import OperatorId

Role = Literal["cashier", "associate", "manager"]


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who signs in. The PIN is known by its argon2 hash alone."""

    id: OperatorId
    name: str
    role: Role
    pin_hash: str
