"""Layouts of scale labels: imported, published, read by a register."""

from pos_app.store.replica.documents import label_layout
from sync.protocol.topics import LABEL_LAYOUT
from tests.integration.hq.sending import import_json, mistakes
from tests.integration.hq.till import Till
from tests.support.real_hq import RealHq

MASK = "29#PPPPPWWWWC"


def test_a_layout_goes_down_to_its_stores_and_can_be_taken_back(hq: RealHq, till: Till) -> None:
    layout = {"id": "L1", "mask": MASK, "scope": "store:S001"}
    assert import_json(hq, {"label_layouts": [layout]}).status_code == 200

    cursor, changes = till.all_changes("")
    (change,) = [each for each in changes if each.topic == LABEL_LAYOUT]
    assert (change.scope, change.key, change.body) == ("store:S001", "L1", {"mask": MASK})

    assert import_json(hq, {"label_layouts": [{"id": "L1", "delete": True}]}).status_code == 200
    _, changes = till.all_changes(cursor)
    assert [each.deleted for each in changes if each.topic == LABEL_LAYOUT] == [True]


def test_a_mask_that_no_label_can_be_read_by_is_named_with_its_reason(hq: RealHq) -> None:
    answer = import_json(hq, {"label_layouts": [{"id": "L1", "mask": "21WWWWWWWWWWC", "scope": "zone:nowhere"}]})

    assert mistakes(answer) == [(1, "scope"), (1, "mask")]
    assert "has no P: no goods' number" in answer.text


def test_a_register_reads_what_it_can_and_leaves_what_it_cannot() -> None:
    found = label_layout('{"mask": "29#PPPPPWWWWC"}')
    assert found is not None
    assert found.mask == MASK
    assert label_layout('{"mask": "later"}') is None
    assert label_layout('{"form": 2}') is None
