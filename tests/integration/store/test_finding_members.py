"""Finding members by what they say at the counter: the end of the phone, a name, its initials."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_store import ReplicaStore
from sync.hq.members.initials import initials_of_person
from sync.protocol.wire import Change
from tests.support.small_shop import DEVICE, snapshot_file

PEOPLE = (
    ("M1", "陈静宜", "13800001137", "6900000001137"),
    ("M2", "陈建国", "13911111137", ""),
    ("M3", "曾国藩", "13800002222", "C-77"),
    ("M4", "Ann Lee", "13700003333", ""),
    ("M5", "单雄信", "", "C-78"),
)


def member(rev: int, own: str, name: str, phone: str, card: str) -> Change:
    body = {"id": own, "name": name, "initials": initials_of_person(name), "phone": phone, "card": card}
    return Change("store:S001", rev, "member", own, body)


@pytest.fixture(scope="module")
def replica() -> Iterator[ReplicaReader]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        people = [member(rev, *person) for rev, person in enumerate(PEOPLE, 1)]
        with closing(ReplicaStore(folder)) as store:
            store.install(snapshot_file(folder / "snapshot.db", people, {"store:S001": len(PEOPLE)}))
        with closing(ReplicaReader(folder, DEVICE)) as reader:
            yield reader


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("M3", ["M3"]),
        ("C-77", ["M3"]),
        ("6900000001137", ["M1"]),
        ("13800001137", ["M1"]),
        # several phones end alike: they are told apart by more digits, or by the name
        ("1137", ["M1", "M2"]),
        ("01137", ["M1"]),
        ("1137 陈建", ["M2"]),
        ("陈静 1137", ["M1"]),
        ("1137 cjg", ["M2"]),
        ("陈", ["M2", "M1"]),
        ("cj", ["M2", "M1"]),
        ("CJY", ["M1"]),
        # a surname is read as one
        ("zgf", ["M3"]),
        ("sxx", ["M5"]),
        ("ann", ["M4"]),
        ("Ａｎｎ Ｌｅｅ", ["M4"]),
        # fewer than four digits are no search, nor is nothing
        ("137", []),
        ("", []),
        ("  ", []),
        ("藩", []),
        ("\ud83d", []),
        ("%", []),
    ],
)
def test_typed_and_found(replica: ReplicaReader, typed: str, found: list[str]) -> None:
    assert [each.id for each in replica.find_members(typed, 20)] == found


def test_no_more_than_asked_for(replica: ReplicaReader) -> None:
    assert len(replica.find_members("1137", 1)) == 1


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("尉迟恭", "ycg"),
        ("长孙无忌", "zswj"),
        ("查良镛", "zly"),
        ("区伟明", "owm"),
        ("单", "d"),
        ("王 小明", "wxm"),
        ("", ""),
    ],
)
def test_a_surname_is_read_as_one(name: str, initials: str) -> None:
    assert initials_of_person(name) == initials
