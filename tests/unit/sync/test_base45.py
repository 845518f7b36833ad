"""Base45 against RFC 9285's own examples, and both ways for any bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.base45 import ALPHABET, decode, encode


@pytest.mark.parametrize(("data", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581")])
def test_the_examples_of_the_rfc(data: bytes, text: str) -> None:
    assert encode(data) == text
    assert decode(text) == data


@given(st.binary(max_size=200))
def test_what_was_written_is_read(data: bytes) -> None:
    assert decode(encode(data)) == data


@pytest.mark.parametrize("text", ["A", "BB8A", "GGW", "::", "bb8", "五", "BB8 :::"])
def test_what_stands_for_no_bytes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"character|group"):
        decode(text)


@given(st.text(alphabet=ALPHABET, max_size=60))
def test_any_text_is_read_or_refused_and_has_one_spelling(text: str) -> None:
    try:
        data = decode(text)
    except ValueError:
        return
    assert encode(data) == text
