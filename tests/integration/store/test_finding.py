"""Finding goods by what a cashier types."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_store import ReplicaStore
from sync.protocol.search_text import fold
from sync.protocol.wire import Change
from tests.support.small_shop import DEVICE, product, snapshot_file

GOODS = (
    ("RICE-WC-5KG", "五常大米5kg", "wcdm5kg", "6901234567892"),
    ("RICE-WC-10KG", "五常大米10kg", "wcdm10kg", "6901234500013"),
    ("RICE-NM-1KG", "东北糯米1kg", "dbnm1kg", "6901234500020"),
    ("FLOUR-1", "高筋面粉（烘焙用）", "gjmf", "6901234500037"),
    ("OIL-1", "Extra Virgin 橄榄油 750ml", "gly", "6907992500133"),
    ("TOOL-1", "米桶", "mt", "20123451"),
)


def goods() -> Iterator[Change]:
    for rev, (sku, name, initials, code) in enumerate(GOODS, 1):
        yield product(rev, sku, name, initials=initials, barcodes=[{"code": code}])


@pytest.fixture(scope="module")
def shelf() -> Iterator[ReplicaReader]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        with closing(ReplicaStore(folder)) as store:
            store.install(snapshot_file(folder / "snapshot.db", list(goods()), {"chain": len(GOODS)}))
        with closing(ReplicaReader(folder, DEVICE)) as reader:
            yield reader


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("五常", ["RICE-WC-5KG", "RICE-WC-10KG"]),
        ("大米", ["RICE-WC-5KG", "RICE-WC-10KG"]),
        ("大米10", ["RICE-WC-10KG"]),
        # beginnings before parts, shorter names before longer
        ("米", ["TOOL-1", "RICE-NM-1KG", "RICE-WC-5KG", "RICE-WC-10KG"]),
        ("糯", ["RICE-NM-1KG"]),
        ("wcdm", ["RICE-WC-5KG", "RICE-WC-10KG"]),
        ("WCDM5", ["RICE-WC-5KG"]),
        ("dm10", ["RICE-WC-10KG"]),
        ("w", ["RICE-WC-5KG", "RICE-WC-10KG"]),
        ("rice-nm-1kg", ["RICE-NM-1KG"]),
        ("RICE-WC-5KG", ["RICE-WC-5KG"]),
        ("rice nm", ["RICE-NM-1KG"]),
        ("Ｒｉｃｅ　ｎｍ", ["RICE-NM-1KG"]),
        # every word, in any order
        ("10kg 五常", ["RICE-WC-10KG"]),
        ("virgin 橄榄", ["OIL-1"]),
        ("烘焙", ["FLOUR-1"]),
        ("粉烘", ["FLOUR-1"]),
        # the last digits of a code, and a whole one
        ("7892", ["RICE-WC-5KG"]),
        ("133", ["OIL-1"]),
        ("6901234567892", ["RICE-WC-5KG"]),
        ("06901234567892", ["RICE-WC-5KG"]),
        ("20123451", ["TOOL-1"]),
        ("750", ["OIL-1"]),
        # nothing
        ("大豆", []),
        ("米大", []),
        ("99999", []),
        ("", []),
        ("  ·—() ", []),
    ],
)
def test_goods_are_found_by_what_is_typed(shelf: ReplicaReader, typed: str, found: list[str]) -> None:
    assert [each.product.sku for each in shelf.search(typed, 50)] == found


@pytest.mark.parametrize(
    "typed", ['"', "'", "五常*", "^五常", "name:五常", "NEAR(五 常)", "a AND", "-", "五\x00常", "\ud800"]
)
def test_signs_that_mean_something_to_the_database_mean_nothing_here(shelf: ReplicaReader, typed: str) -> None:
    assert len(shelf.search(typed, 50)) in {0, 1, 2}
    assert shelf.by_code(typed) is None


def test_a_find_takes_one_piece_and_by_its_code_the_codes_unit(shelf: ReplicaReader) -> None:
    (by_name,) = shelf.search("糯米", 50)
    (by_code,) = shelf.search("00020", 50)

    assert (by_name.quantity, by_name.code) == (1000, "")
    assert (by_code.quantity, by_code.code) == (1000, "6901234500020")


def test_no_more_is_found_than_asked_for(shelf: ReplicaReader) -> None:
    assert len(shelf.search("米", 50)) == 4
    for limit in (1, 2, 3):
        found = shelf.search("米", limit)
        assert len(found) == limit
        assert found[0].product.sku == "TOOL-1"


ANY_PART = st.sampled_from([(sku, text) for sku, name, initials, _ in GOODS for text in (sku, name, initials)]).flatmap(
    lambda named: st.tuples(
        st.just(named[0]),
        st.integers(0, len(named[1]) - 1).flatmap(
            lambda start: st.integers(start + 1, len(named[1])).map(lambda end: named[1][start:end])
        ),
    )
)


@given(ANY_PART)
def test_every_part_of_a_text_finds_its_goods(shelf: ReplicaReader, part: tuple[str, str]) -> None:
    sku, typed = part
    folded = fold(typed)
    if not folded or (len(folded) == 1 and folded.isascii()):
        return  # nothing to go by; a single letter finds beginnings alone

    assert sku in {each.product.sku for each in shelf.search(typed, 50)}
