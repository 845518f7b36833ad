"""The demo's headquarters, where it cannot be: a word, no traceback."""

from pathlib import Path

import pytest

from pos_app.domain.errors import Breakdown
from pos_app.proving.served_hq import ServedHq


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder", encoding="utf-8")

    with pytest.raises(Breakdown, match="file_not_writable") as said:
        ServedHq(in_the_way / "hq").start()

    assert said.value.details["file"] == str(in_the_way / "hq")
