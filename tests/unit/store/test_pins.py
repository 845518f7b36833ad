import pytest
from argon2 import PasswordHasher

from pos_app.store.pins import Argon2Pins

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def test_a_pin_matches_its_own_hash_only() -> None:
    pins, pin_hash = Argon2Pins(), QUICK.hash("2468")

    assert pins.matches(pin_hash, "2468")
    assert not pins.matches(pin_hash, "2469")
    assert not pins.matches(pin_hash, "")


@pytest.mark.parametrize("broken", ["", "2468", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$bad"])
def test_what_is_no_hash_matches_nothing(broken: str) -> None:
    assert not Argon2Pins().matches(broken, "2468")
