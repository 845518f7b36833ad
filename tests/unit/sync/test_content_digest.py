"""The digest of an answer: any changed byte is seen, and what cannot be understood proves nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.content_digest import content_digest, is_undamaged

BODY = b'{"acked_seq":12}'


def test_the_value_is_that_of_the_standard() -> None:
    # RFC 9530, appendix B.1
    assert content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


@given(body=st.binary(min_size=1, max_size=200), data=st.data())
def test_a_changed_byte_is_seen(body: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(body) - 1))
    changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]

    assert is_undamaged(content_digest(body), body)
    assert not is_undamaged(content_digest(body), changed)


@pytest.mark.parametrize("header", ["", "md5=:AAAA:", "sha-512=:AAAA:", "rubbish"])
def test_who_says_no_sha_256_says_nothing(header: str) -> None:
    assert is_undamaged(header, BODY)


def test_it_is_found_among_others() -> None:
    assert is_undamaged(f"md5=:AAAA:, {content_digest(BODY)}", BODY)
    assert not is_undamaged(f"md5=:AAAA:, {content_digest(BODY)}", b"other")


def test_a_digest_that_is_none_is_damage() -> None:
    assert not is_undamaged("sha-256=:AAA:", BODY)
