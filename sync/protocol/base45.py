"""Base45 (RFC 9285): bytes as the 45 characters that a QR code packs tightest, and that any scanner can type."""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_BASE: Final = len(ALPHABET)


def encode(data: bytes) -> str:
    """Write bytes: two as three characters, a last one as two."""
    written = []
    for at in range(0, len(data) - 1, 2):
        rest, low = divmod(data[at] * 256 + data[at + 1], _BASE)
        high, middle = divmod(rest, _BASE)
        written += [ALPHABET[low], ALPHABET[middle], ALPHABET[high]]
    if len(data) % 2:
        high, low = divmod(data[-1], _BASE)
        written += [ALPHABET[low], ALPHABET[high]]
    return "".join(written)


def decode(text: str) -> bytes:
    """Read what `encode` wrote; raise ``ValueError`` for anything else."""
    try:
        values = [_VALUES[character] for character in text]
    except KeyError as error:
        raise ValueError(f"no character of Base45: {error.args[0]!r}") from error
    if len(values) % 3 == 1:
        raise ValueError("one character too many, or two too few")
    read = bytearray()
    for at in range(0, len(values), 3):
        group = values[at : at + 3]
        number = sum(value * _BASE**power for power, value in enumerate(group))
        size = len(group) - 1
        if number >= 256**size:
            raise ValueError("a group that stands for no bytes")
        read += number.to_bytes(size)
    return bytes(read)
