"""Zstandard as both ends use it: level 3, and never more comes out of a body than the reader allows.

Knows nothing of what is inside.
"""

from pathlib import Path

import zstandard

LEVEL = 3
ENCODING = "zstd"
"""The name in ``Content-Encoding`` and ``Accept-Encoding`` (RFC 8878)."""

_PIECE_BYTES = 256 * 1024


class NotCompressed(ValueError):
    """The bytes are not one whole Zstandard frame, or more is inside than allowed."""


class TooMuchInside(NotCompressed):
    """More is inside than allowed."""


def compress(data: bytes) -> bytes:
    """Compress a body."""
    return zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(data)


def decompress(data: bytes, *, limit_bytes: int) -> bytes:
    """Give back what was compressed; raise `NotCompressed` for rubbish, a half, a tail, or more than the limit."""
    whole = bytearray()
    frame = zstandard.ZstdDecompressor().decompressobj(write_size=_PIECE_BYTES)
    try:
        for start in range(0, len(data), _PIECE_BYTES):
            whole += frame.decompress(data[start : start + _PIECE_BYTES])
            if len(whole) > limit_bytes:
                raise TooMuchInside(f"more than {limit_bytes} bytes inside")
            if frame.eof and (frame.unused_data or start + _PIECE_BYTES < len(data)):
                raise NotCompressed("bytes behind the end of the frame")
    except zstandard.ZstdError as error:
        raise NotCompressed(str(error)) from error
    if not frame.eof:
        raise NotCompressed("the frame ends too early")
    return bytes(whole)


def decompress_file(source: Path, target: Path, *, limit_bytes: int) -> None:
    """Decompress a file into another in pieces; raise `NotCompressed` as `decompress` does."""
    written = 0
    frame = zstandard.ZstdDecompressor().decompressobj(write_size=_PIECE_BYTES)
    with source.open("rb") as packed, target.open("wb") as plain:
        while piece := packed.read(_PIECE_BYTES):
            if frame.eof:
                raise NotCompressed("bytes behind the end of the frame")
            try:
                part = frame.decompress(piece)
            except zstandard.ZstdError as error:
                raise NotCompressed(str(error)) from error
            written += plain.write(part)
            if written > limit_bytes:
                raise TooMuchInside(f"more than {limit_bytes} bytes inside")
    if not frame.eof or frame.unused_data:
        raise NotCompressed("the frame is not whole")
