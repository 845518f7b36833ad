"""Signed codes: what was signed is read, and nothing else is believed, whatever was done to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant
from pos_app.domain.tokens import PREFIX, Token, TokenKind
from sync.protocol import base45
from sync.protocol.tokens import key_id, read_token, write_token
from tests.support.tokens import MINUTE, SECOND, a_key

NOW = Instant(1_781_755_200 * SECOND)
MEMBER = Token(TokenKind.MEMBER, "M0001", NOW, Instant(NOW + MINUTE), "0123456789ab", {"tier": "gold"})
OURS, ANOTHERS = a_key(1), a_key(2)
KEYS = {key_id(OURS.public_key()): OURS.public_key()}


def refused(text: str) -> str:
    with pytest.raises(Refusal) as told:
        read_token(text, KEYS)
    return told.value.code


@pytest.mark.parametrize("kind", TokenKind)
@pytest.mark.parametrize("subject", ["M0001", "券" * 21, "0197f0c2-1111-7abc-8def-000000000000"])
def test_what_was_signed_is_read(kind: TokenKind, subject: str) -> None:
    token = Token(kind, subject, NOW, Instant(NOW + MINUTE), "0123456789ab", {"tier": "金"})

    assert read_token(write_token(token, OURS), KEYS) == token


def test_a_members_code_is_short_enough_for_a_phones_screen_and_plain_enough_for_any_scanner() -> None:
    text = write_token(MEMBER, OURS)

    assert len(text) <= 190
    assert set(text) <= set(base45.ALPHABET)


def test_another_chains_code_names_its_key() -> None:
    assert refused(write_token(MEMBER, ANOTHERS)) == "token_key_unknown"


def test_a_key_of_another_under_our_keys_name_is_a_forgery() -> None:
    keys = {key_id(OURS.public_key()): ANOTHERS.public_key()}
    with pytest.raises(Refusal, match="token_forged"):
        read_token(write_token(MEMBER, OURS), keys)


@given(st.data())
def test_no_byte_can_be_changed(data: st.DataObject) -> None:
    whole = bytearray(base45.decode(write_token(MEMBER, OURS).removeprefix(PREFIX)))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))

    assert refused(PREFIX + base45.encode(bytes(whole))) in {"token_forged", "token_unreadable", "token_key_unknown"}


@given(st.integers(0, 200))
def test_no_part_of_a_code_is_a_code(length: int) -> None:
    text = write_token(MEMBER, OURS)
    if length < len(text):
        assert refused(text[:length]) in {"token_forged", "token_unreadable", "token_key_unknown"}


@given(st.binary(max_size=300) | st.text(max_size=100))
def test_rubbish_is_refused_and_breaks_nothing(rubbish: bytes | str) -> None:
    text = base45.encode(rubbish) if isinstance(rubbish, bytes) else rubbish

    assert refused(PREFIX + text) in {"token_unreadable", "token_key_unknown"}
