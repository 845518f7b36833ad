"""Who asks: requests are signed, and a changed, old, future, repeated or foreign one is refused by name."""

from datetime import UTC, datetime, timedelta

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import ChainHead, Position
from sync.protocol.signatures import (
    WINDOW,
    NonceMemory,
    RequestParts,
    Signed,
    new_key,
    public_hex,
    public_key,
    read_key,
    sign_head,
    sign_request,
    verify_head,
    verify_request,
    write_key,
)

NOW = datetime(2026, 6, 18, 8, tzinfo=UTC)
KEY = new_key()
TARGET = "/v1/changes?after=chain%3A120%2Cstore%3AS001%3A88&wait=25"
BODY = b"facts"


def signed(target: str = TARGET, body: bytes = BODY, *, created: datetime = NOW) -> RequestParts:
    parts = RequestParts("POST", target, {"Host": "hq.example"})
    parts.headers.update(sign_request(parts, body, device="S001-R1", key=KEY, created=created, nonce="n1"))
    return parts


def check(parts: RequestParts, body: bytes = BODY, *, now: datetime = NOW) -> Signed:
    return verify_request(parts, body, key_of={"S001-R1": KEY.public_key()}.get, now=now)


def test_a_signed_request_says_who_asked_and_when() -> None:
    assert check(signed()) == Signed("S001-R1", NOW, "n1")


def test_a_request_without_a_body_is_signed_too() -> None:
    assert check(signed(body=b""), b"").device == "S001-R1"


@pytest.mark.parametrize("becomes", [None, "identity"])
def test_an_encoding_that_was_sent_is_signed(becomes: str | None) -> None:
    parts = RequestParts("POST", TARGET, {"Content-Encoding": "zstd"})
    parts.headers.update(sign_request(parts, BODY, device="S001-R1", key=KEY, created=NOW, nonce="n1"))
    assert check(parts).device == "S001-R1"

    del parts.headers["Content-Encoding"]
    if becomes:
        parts.headers["Content-Encoding"] = becomes

    with pytest.raises(Refusal) as refused:
        check(parts)
    assert refused.value.code == "signature_invalid"


@pytest.mark.parametrize("skew", [WINDOW, -WINDOW, timedelta(0)])
def test_a_clock_within_the_window_is_good_enough(skew: timedelta) -> None:
    assert check(signed(created=NOW + skew)).created == NOW + skew


@pytest.mark.parametrize("skew", [WINDOW + timedelta(seconds=1), -WINDOW - timedelta(seconds=1), timedelta(days=9000)])
def test_a_signature_made_at_another_time_is_stale(skew: timedelta) -> None:
    with pytest.raises(Refusal) as refused:
        check(signed(created=NOW + skew))
    assert refused.value.code == "signature_stale"


def tampered(**changes: str) -> RequestParts:
    parts = signed()
    return RequestParts(changes.get("method", parts.method), changes.get("target", parts.target), parts.headers)


@pytest.mark.parametrize(
    "parts",
    [tampered(method="GET"), tampered(target="/v1/changes"), tampered(target=TARGET.replace("120", "121"))],
    ids=["method", "path", "query"],
)
def test_a_changed_request_is_refused(parts: RequestParts) -> None:
    with pytest.raises(Refusal) as refused:
        check(parts)
    assert refused.value.code == "signature_invalid"


@pytest.mark.parametrize("body", [b"facts!", b""])
def test_a_changed_body_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        check(signed(), body)
    assert refused.value.code == "signature_invalid"


@pytest.mark.parametrize("name", ["Signature", "Signature-Input", "Content-Digest"])
@pytest.mark.parametrize("value", ["", "rubbish", "device=()", "device=:AAAA:", 'a=("@method");created=1', "é=1"])
def test_rubbish_in_a_header_is_refused_and_nothing_breaks(name: str, value: str) -> None:
    parts = signed()
    parts.headers[name] = value

    with pytest.raises(Refusal):
        check(parts)


def test_an_unsigned_request_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        check(RequestParts("POST", TARGET, {}))
    assert refused.value.code == "signature_missing"


def test_a_signature_that_covers_less_is_refused() -> None:
    parts = signed()
    parts.headers["Signature-Input"] = parts.headers["Signature-Input"].replace(' "@query"', "")

    with pytest.raises(Refusal) as refused:
        check(parts)
    assert refused.value.code == "signature_invalid"


def test_a_device_that_is_not_pinned_is_named() -> None:
    with pytest.raises(Refusal) as refused:
        verify_request(signed(), BODY, key_of=lambda _: None, now=NOW)
    assert refused.value.code == "device_unknown"
    assert refused.value.details["device"] == "S001-R1"


def test_another_devices_key_does_not_do() -> None:
    with pytest.raises(Refusal) as refused:
        verify_request(signed(), BODY, key_of={"S001-R1": new_key().public_key()}.get, now=NOW)
    assert refused.value.code == "signature_invalid"


def test_a_request_taken_from_the_line_is_not_answered_twice() -> None:
    memory = NonceMemory()
    memory.take(check(signed()), NOW)

    with pytest.raises(Refusal) as refused:
        memory.take(check(signed()), NOW + timedelta(seconds=1))
    assert refused.value.code == "signature_replayed"


def test_nonces_are_remembered_for_as_long_as_a_signature_may_live_and_no_longer() -> None:
    memory = NonceMemory(limit=3)
    memory.take(Signed("S001-R1", NOW, "old"), NOW)
    memory.take(Signed("S001-R1", NOW, "old"), NOW + 2 * WINDOW + timedelta(seconds=1))

    for number in range(10):
        memory.take(Signed("S001-R1", NOW, f"n{number}"), NOW + timedelta(hours=1))
    with pytest.raises(Refusal):
        memory.take(Signed("S001-R1", NOW, "n9"), NOW + timedelta(hours=1))


def test_a_key_is_kept_as_pem_and_goes_out_as_hex() -> None:
    again = read_key(write_key(KEY))

    assert public_hex(again) == public_hex(KEY)
    assert public_key(public_hex(KEY)).public_bytes_raw() == KEY.public_key().public_bytes_raw()


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PRIVATE KEY-----\nrubbish\n-----END PRIVATE KEY-----\n"])
def test_a_key_file_that_is_damaged_is_named(pem: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_key(pem)
    assert refused.value.code == "device_key_unreadable"


@pytest.mark.parametrize("text", ["", "zz", "00" * 31])
def test_a_public_key_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        public_key(text)


def test_the_owner_signs_how_far_its_chain_goes() -> None:
    head = ChainHead(Position(1, 20), b"\x07" * 32)
    value = sign_head("S001-R1", head, KEY)

    assert verify_head(value, "S001-R1", KEY.public_key()) == head


@pytest.mark.parametrize("part", range(4))
def test_a_head_that_was_changed_in_any_part_is_refused(part: int) -> None:
    words = sign_head("S001-R1", ChainHead(Position(1, 20), b"\x07" * 32), KEY).split(" ")
    words[part] = "3" + words[part][1:] if words[part][0] != "3" else "4" + words[part][1:]

    with pytest.raises(Refusal) as refused:
        verify_head(" ".join(words), "S001-R1", KEY.public_key())
    assert refused.value.code == "head_signature"


@pytest.mark.parametrize("value", ["", "1 2", "1 2 3 4", "one 2 00 00"])
def test_a_head_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(Refusal):
        verify_head(value, "S001-R1", KEY.public_key())


def test_a_head_of_another_register_does_not_do() -> None:
    value = sign_head("S001-R2", ChainHead(Position(1, 20), b"\x07" * 32), KEY)
    with pytest.raises(Refusal):
        verify_head(value, "S001-R1", KEY.public_key())
