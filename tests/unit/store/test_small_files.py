import os
import stat
import sys
from pathlib import Path

import pytest

from pos_app.domain.errors import Breakdown, FileDamaged, FileLocked
from pos_app.store.atomic_file import write_whole
from pos_app.store.owner_lock import OwnerLock
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity

IDENTITY = RegisterIdentity(
    device="S001-R1",
    store="S001",
    store_name="禾丰路旗舰店",
    zone="east",
    register=1,
    headquarters="https://hq.example",
    utc_offset_minutes=480,
    epoch=1,
    public_key="ab" * 32,
)


@pytest.fixture
def folder(tmp_path: Path) -> RegisterFolder:
    made = RegisterFolder(tmp_path / "register")
    made.prepare()
    return made


def test_a_file_is_replaced_whole_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "note"
    write_whole(path, b"first")
    write_whole(path, b"second")

    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_is_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "note"
    write_whole(path, b"first")
    (tmp_path / ".note.coming").mkdir()

    with pytest.raises(Breakdown) as refused:
        write_whole(path, b"second")

    assert refused.value.code == "file_not_writable"
    assert refused.value.details["file"] == "note"
    assert path.read_bytes() == b"first"


def test_a_file_has_one_owner_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    lock = OwnerLock(path)
    with pytest.raises(FileLocked) as refused:
        OwnerLock(path)
    assert (refused.value.code, refused.value.details) == ("file_in_use", {"file": "journal.db"})

    lock.release()
    second = OwnerLock(path)
    lock.release()  # a second time takes nothing from the next owner

    with pytest.raises(FileLocked):
        OwnerLock(path)
    second.release()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_lock_goes_with_its_process(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        OwnerLock(tmp_path / "journal.db")
        os.write(writing, b"!")
        os.read(os.pipe()[0], 1)
    os.read(reading, 1)
    with pytest.raises(FileLocked):
        OwnerLock(tmp_path / "journal.db")

    os.kill(child, 9)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)

    OwnerLock(tmp_path / "journal.db").release()


def test_a_register_remembers_who_it_is(folder: RegisterFolder) -> None:
    assert (folder.identity(), folder.key()) == (None, None)

    folder.keep_identity(IDENTITY)
    folder.keep_key(b"-----BEGIN PRIVATE KEY-----")

    again = RegisterFolder(folder.path)
    assert again.identity() == IDENTITY
    assert again.key() == b"-----BEGIN PRIVATE KEY-----"
    if sys.platform != "win32":
        assert stat.S_IMODE((folder.path / "device.key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"{}",
        b'{"device": "S001-R1"}',
    ],
)
def test_an_identity_that_cannot_be_read_is_named_as_damaged(folder: RegisterFolder, content: bytes) -> None:
    (folder.path / "register.json").write_bytes(content)

    with pytest.raises(FileDamaged) as refused:
        folder.identity()

    assert refused.value.details["file"] == "register.json"


def test_an_identity_with_a_field_of_the_wrong_kind_names_the_field(folder: RegisterFolder) -> None:
    folder.keep_identity(IDENTITY)
    path = folder.path / "register.json"
    path.write_text(path.read_text(encoding="utf-8").replace(": 480", ': "480"'), encoding="utf-8")

    with pytest.raises(FileDamaged) as refused:
        folder.identity()

    assert refused.value.details["reason"] == "utc_offset_minutes"
