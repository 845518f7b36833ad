"""The demo's two folders, one of them deleted: it heals by itself, and loses nothing."""

import shutil
from pathlib import Path

import pytest

from pos_app.proving.demo import prepare
from pos_app.proving.served_hq import ServedHq
from pos_app.store.register_folder import RegisterFolder


@pytest.mark.loopback
@pytest.mark.timeout(120)
def test_with_headquarters_folder_gone_the_register_is_set_aside_and_another_enrolled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = RegisterFolder(tmp_path / "register")
    with ServedHq(tmp_path / "hq") as hq:
        prepare(hq, folder)
        before = folder.identity()
        prepare(hq, folder)
        assert folder.identity() == before
    journal = folder.journal.read_bytes()
    shutil.rmtree(tmp_path / "hq")

    with ServedHq(tmp_path / "hq") as hq:
        prepare(hq, folder)
        after = folder.identity()

        assert before is not None
        assert after is not None
        assert after.public_key != before.public_key
        assert hq.devices() == [after.device]
    assert RegisterFolder(tmp_path / "register-1").identity() == before
    assert (tmp_path / "register-1/journal.db").read_bytes() == journal
    assert str(tmp_path / "register-1") in capsys.readouterr().out


@pytest.mark.loopback
@pytest.mark.timeout(120)
def test_members_of_the_demos_store_have_points_to_spend_with_no_line(tmp_path: Path) -> None:
    folder = RegisterFolder(tmp_path / "register")
    with ServedHq(tmp_path / "hq") as hq:
        for _ in range(2):
            prepare(hq, folder)
        rows = hq.ask("GET", "/v1/leases?limit=10000")["rows"]

    assert len({row["key"] for row in rows}) == len(rows) > 10
    assert {(row["store"], row["device"], row["state"]) for row in rows} == {("S001", "S001-R1", "held")}
    assert max(row["left"] for row in rows) > 1000
