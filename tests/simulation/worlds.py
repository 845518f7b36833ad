"""The worlds that tests simulate: small ones, of two registers and six hours."""

from pos_app.proving.simulate.plan import Plan

HOURS = 6


def small_world(seed: int) -> Plan:
    """Give a seed's world: two stores with a register each, or one store with two."""
    stores = 1 + seed % 2
    return Plan(seed, stores=stores, registers=3 - stores, until=HOURS * 60)


def one_store(seed: int, weather: str) -> Plan:
    """Give a day in one store of two registers, in a weather that is asked for."""
    return Plan(seed, stores=1, registers=2, weather=weather)
