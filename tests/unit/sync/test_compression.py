"""Bodies: what goes in comes out, whole, and never more than the reader allows."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.compression import NotCompressed, compress, decompress, decompress_file

LARGE = b"rice and oil " * 100_000


@given(st.binary(max_size=5000))
def test_what_goes_in_comes_out(data: bytes) -> None:
    assert decompress(compress(data), limit_bytes=5000) == data


@pytest.mark.parametrize(
    "packed",
    [b"", b"rubbish", compress(LARGE)[:-1], compress(LARGE) + b"x", compress(LARGE) + compress(b"two")],
    ids=["nothing", "rubbish", "half", "tail", "two frames"],
)
def test_what_is_not_one_whole_frame_is_refused(packed: bytes, tmp_path: Path) -> None:
    with pytest.raises(NotCompressed):
        decompress(packed, limit_bytes=len(LARGE))
    source = tmp_path / "packed"
    source.write_bytes(packed)
    with pytest.raises(NotCompressed):
        decompress_file(source, tmp_path / "plain", limit_bytes=len(LARGE))


def test_a_bomb_is_stopped_at_the_limit(tmp_path: Path) -> None:
    bomb = compress(bytes(50_000_000))
    assert len(bomb) < 10_000

    with pytest.raises(NotCompressed):
        decompress(bomb, limit_bytes=1_000_000)
    (tmp_path / "bomb").write_bytes(bomb)
    with pytest.raises(NotCompressed):
        decompress_file(tmp_path / "bomb", tmp_path / "plain", limit_bytes=1_000_000)


def test_a_file_comes_out_whole(tmp_path: Path) -> None:
    (tmp_path / "packed").write_bytes(compress(LARGE))

    decompress_file(tmp_path / "packed", tmp_path / "plain", limit_bytes=len(LARGE))

    assert (tmp_path / "plain").read_bytes() == LARGE
