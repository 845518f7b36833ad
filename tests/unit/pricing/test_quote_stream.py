"""`granary quote`: documents in, lines out, mistakes named, and what comes after them still quoted."""

import gc
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing.documents import parsed
from pos_app.proving.quote_stream import documents_in, main, read_whole
from tests.unit.pricing.shop import Doc, document, line

GOOD = json.dumps(document([line(1, "米")]), ensure_ascii=False)
BAD = json.dumps(document([line(1, "米", 0)]))


def ask(
    tmp_path: Path, content: str | bytes, capfdbinary: pytest.CaptureFixture[bytes]
) -> tuple[int, list[dict[str, object]], str]:
    path = tmp_path / "documents.jsonl"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    status = main([str(path)])
    out, err = capfdbinary.readouterr()
    return status, [json.loads(each) for each in out.splitlines()], err.decode()


def test_one_document_gives_one_line(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    status, answers, err = ask(tmp_path, GOOD, capfdbinary)
    assert (status, err) == (0, "")
    assert [each["payable"] for each in answers] == [6900]


def test_a_pretty_printed_document_is_one_document(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    pretty = json.dumps(json.loads(GOOD), indent=2)
    status, answers, _ = ask(tmp_path, f"{pretty}\n{pretty}\n", capfdbinary)
    assert status == 0
    assert [each["payable"] for each in answers] == [6900, 6900]


def test_bad_documents_cost_their_own_line_only(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    broken = GOOD[:40]
    status, answers, err = ask(tmp_path, f"{GOOD}\n{BAD}\n\n{broken}\n{GOOD}\nnonsense\n{GOOD}", capfdbinary)

    assert status == 2
    assert [each.get("payable", each.get("error")) for each in answers] == [
        6900,
        {"code": "invalid", "field": "basket.lines[0].quantity"},
        {"code": "invalid", "field": "document"},
        6900,
        {"code": "invalid", "field": "document"},
        6900,
    ]
    assert len(err.splitlines()) == 3
    assert "basket.lines[0].quantity must be a whole number" in err


def test_marks_and_line_ends_of_other_systems_do_no_harm(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    status, answers, _ = ask(tmp_path, b"\xef\xbb\xbf" + f"{GOOD}\r\n\r\n{GOOD}".encode(), capfdbinary)
    assert (status, len(answers)) == (0, 2)


def test_bytes_that_are_no_text_are_named(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    status, answers, err = ask(tmp_path, b'{"a": "\xff"}\n' + GOOD.encode(), capfdbinary)
    assert status == 2
    assert answers[0] == {"error": {"code": "invalid", "field": "document"}}
    assert "UTF-8" in err
    assert answers[1]["payable"] == 6900


def test_what_pricing_refuses_is_named_too(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    unpriced = document([line(1, "米"), line(2, "盐")])
    unpriced["rulebook"]["prices"] = unpriced["rulebook"]["prices"][:1]
    member = {"id": "M", "points": 150}
    points = {"points": {"earn_per": 100, "worth": {"points": 1, "amount": 100}, "step": 100, "max_percent": 50}}
    asked = [document([line(1, "盐")], rules=points, member=member, redeem_points=redeem) for redeem in (50, 200, 100)]
    content = "\n".join(json.dumps(each) for each in [unpriced, *asked])

    status, answers, err = ask(tmp_path, content, capfdbinary)

    assert status == 2
    assert [each["error"] for each in answers] == [
        {"code": "no_price", "field": "basket.lines[1].sku"},
        {"code": "points_step", "field": "basket.redeem_points"},
        {"code": "points_balance", "field": "basket.redeem_points"},
        {"code": "points_max", "field": "basket.redeem_points"},
    ]
    assert len(err.splitlines()) == 4


def test_a_figure_of_thousands_of_digits_costs_its_own_line_only(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    far = GOOD.replace('"amount": 6900', '"amount": ' + "9" * 4300)
    assert far != GOOD

    status, answers, _ = ask(tmp_path, f"{far}\n{GOOD}", capfdbinary)

    assert status == 2
    assert answers[0] == {"error": {"code": "invalid", "field": "rulebook.prices[0].amount"}}
    assert answers[1]["payable"] == 6900


def test_what_is_said_of_a_mistake_is_one_clear_line(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    rung = json.loads(GOOD)
    rung["basket"]["member"] = {"id": "M1", "used": {"\a\x1b": -1}}

    _, _, err = ask(tmp_path, json.dumps(rung), capfdbinary)

    assert err.count("\n") == 1
    assert err.strip().isprintable()


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main([str(tmp_path / "none.json")]) == 2
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert b"none.json" in err


def test_the_command_reads_standard_input_and_answers_each_line_at_once() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pos_app", "quote", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for _ in range(2):
            child.stdin.write(GOOD.encode() + b"\n")
            child.stdin.flush()
            assert json.loads(child.stdout.readline())["payable"] == 6900
        child.stdin.close()
        assert child.wait(20) == 0


def test_half_a_surrogate_goes_out_as_it_came(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    odd = GOOD.replace("PR-米", "\\ud800")
    status, answers, _ = ask(tmp_path, odd, capfdbinary)
    assert status == 0
    assert "\ud800" in json.dumps(answers, ensure_ascii=False)


def test_documents_are_found_without_waiting_for_the_end() -> None:
    lines = iter([b'{"a": 1}\n', b'{"b":\n', b"2\n", b"}\n", b'{"c": 3}\n'])
    found = documents_in(lines)
    assert next(found) == b'{"a": 1}\n'
    assert next(found) == b'{"b":\n2\n}\n'
    assert next(found) == b'{"c": 3}\n'


def test_the_collector_looks_through_nothing_while_a_large_rulebook_is_read() -> None:
    text = json.dumps(document([line(1, "米")]))
    large = parsed(text)["rulebook"] | {"products": [{"sku": "米"}, *({"sku": f"S{at}"} for at in range(3_000))]}
    looked: list[str] = []

    def look(phase: str, _about: dict[str, int]) -> None:
        looked.append(phase)

    gc.callbacks.append(look)
    try:
        # A basket that is refused ends the reading before anything else is made.
        with pytest.raises(Refusal, match="invalid"):
            read_whole({"rulebook": large, "basket": None})
    finally:
        gc.callbacks.remove(look)
    assert len(looked) <= 2
    assert gc.isenabled()


@pytest.mark.parametrize("change", [{}, {"rulebook": None}], ids=["read", "refused"])
@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(change: Doc, *, enabled: bool) -> None:
    asked = {**parsed(json.dumps(document([line(1, "米")]))), **change}
    (gc.enable if enabled else gc.disable)()
    try:
        with suppress(Refusal):
            read_whole(asked)
        assert gc.isenabled() is enabled
    finally:
        gc.enable()
