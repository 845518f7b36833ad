"""Facts: canonical bytes and the hash chain."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import (
    GENESIS,
    ChainHead,
    Fact,
    Happening,
    Position,
    canonical_bytes,
    chain_hash,
    next_fact,
    read_fact,
)
from pos_app.domain.ids import DeviceId, OperatorId

_DEVICE = DeviceId("S001-R1")
_HEAD = ChainHead(Position(1, 0), GENESIS)

_texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=12,
)
_bodies = st.dictionaries(_texts, _values, max_size=5)


def _happening(body: dict[str, Any]) -> Happening:
    return Happening("sale", 1, "2026-06-18T10:00:00.000+08:00", OperatorId("1001"), body)


@given(_bodies)
def test_a_fact_reads_back_from_its_bytes(body: dict[str, Any]) -> None:
    fact = next_fact(_DEVICE, _HEAD, _happening(body))
    assert read_fact(fact.canonical) == fact


@given(_bodies)
def test_canonical_bytes_do_not_depend_on_the_order_of_keys(body: dict[str, Any]) -> None:
    turned = dict(reversed(list(body.items())))
    assert canonical_bytes(turned) == canonical_bytes(body)
    assert json.loads(canonical_bytes(body)) == body


@given(st.lists(_bodies, min_size=1, max_size=6))
def test_each_fact_names_the_hash_of_the_one_before(bodies: list[dict[str, Any]]) -> None:
    head, facts = _HEAD, list[Fact]()
    for body in bodies:
        facts.append(next_fact(_DEVICE, head, _happening(body)))
        head = ChainHead(facts[-1].position, facts[-1].hash)
    assert [fact.position.seq for fact in facts] == list(range(1, len(facts) + 1))
    assert [fact.prev for fact in facts] == [GENESIS, *(fact.hash for fact in facts[:-1])]


@given(_bodies, st.data())
def test_a_changed_byte_changes_the_hash(body: dict[str, Any], data: st.DataObject) -> None:
    fact = next_fact(_DEVICE, _HEAD, _happening(body))
    place = data.draw(st.integers(0, len(fact.canonical) - 1))
    spoiled = bytearray(fact.canonical)
    spoiled[place] ^= 1
    assert chain_hash(fact.prev, bytes(spoiled)) != fact.hash


def test_a_float_in_a_body_is_a_bug() -> None:
    with pytest.raises(TypeError, match="no float"):
        canonical_bytes({"lines": [{"amount": 1.5}]})


def test_a_fact_beyond_the_limit_is_refused_before_it_is_kept() -> None:
    with pytest.raises(Refusal, match="fact_too_large"):
        next_fact(_DEVICE, _HEAD, _happening({"note": "x" * 300_000}))


@pytest.mark.parametrize("spoiled", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"at":1}'])
def test_rubbish_is_not_a_fact(spoiled: bytes) -> None:
    with pytest.raises(Refusal, match="fact_unreadable"):
        read_fact(spoiled)


@pytest.mark.parametrize(
    ("field", "value"), [("seq", 0), ("epoch", True), ("prev", "00"), ("body", []), ("kind", None), ("version", "1")]
)
def test_a_fact_with_a_wrong_field_is_refused_by_its_name(field: str, value: object) -> None:
    fact = next_fact(_DEVICE, _HEAD, _happening({}))
    document = json.loads(fact.canonical) | {field: value}
    with pytest.raises(Refusal) as refused:
        read_fact(canonical_bytes(document))
    assert refused.value.details["field"] == field
