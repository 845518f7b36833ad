"""The words of a receipt: a store may write its own, and is told which field is wrong."""

from pathlib import Path

import pytest

from pos_app.devices.receipt_words import read_words
from pos_app.domain.errors import Refusal
from tests.support.receipts import TEMPLATES

SHIPPED = (TEMPLATES / "zh_CN.toml").read_text(encoding="utf-8")


def read(folder: Path, text: str) -> None:
    (folder / "own.toml").write_text(text, encoding="utf-8")
    read_words(folder / "own.toml")


@pytest.mark.parametrize("path", sorted(TEMPLATES.iterdir()), ids=lambda path: path.name)
def test_the_templates_that_ship_can_be_read(path: Path) -> None:
    assert read_words(path).say("count", count="3").count("3") == 1


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"),
    [
        ('title = "销售小票"', "", "title", "missing"),
        ('title = "销售小票"', 'title = "a"\ntitel = "b"', "titel", "unknown"),
        ('change = "找零"', "change = 7", "change", "not a text"),
        ("{was}", "", "line_base", "lacks {was}"),
        ("header = []", 'header = "禾丰"', "header", "not a list of texts"),
        ('cash = "现金"', "cash = 1", "tenders", "not a table of texts"),
        ('ready = "看到这一页，说明打印机已接好"', "", "sample.ready", "missing"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, old: str, new: str, field: str, reason: str) -> None:
    assert old in SHIPPED
    with pytest.raises(Refusal) as refused:
        read(tmp_path, SHIPPED.replace(old, new))

    assert refused.value.code == "receipt_template"
    assert refused.value.details == {"file": "own.toml", "field": field, "reason": reason}


@pytest.mark.parametrize("text", ['title = "', "\x00"])
def test_what_is_no_toml_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(tmp_path, text)

    assert (refused.value.code, refused.value.details["field"]) == ("receipt_template", "")


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        read_words(tmp_path / "fr.toml")

    assert refused.value.details["file"] == "fr.toml"


def test_control_characters_in_a_template_do_not_reach_the_printer(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(SHIPPED.replace('"销售小票"', r'"a\u001b@b"'), encoding="utf-8")

    assert read_words(tmp_path / "own.toml").say("title") == "a@b"
