"""Initials as a cashier types them, where the dictionary alone would be wrong too."""

import pytest

from sync.hq.products.initials import TRADE_WORDS, initials_of


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("五常大米", "wcdm"),
        ("五常稻花香大米 5kg", "wcdhxdm5kg"),
        ("东北长粒香大米 2.5kg", "dbclxdm25kg"),
        ("重庆小面", "cqxm"),
        ("食用植物调和油", "syzwthy"),
        ("单晶冰糖", "djbt"),
        ("藜麦", "lm"),
        ("XO酱", "xoj"),
        ("（散装）绿豆", "szld"),
        ("", ""),
        ("——", ""),
        ("Ｒice", "rice"),
    ],
)
def test_initials(name: str, initials: str) -> None:
    assert initials_of(name) == initials


@pytest.mark.parametrize("word", TRADE_WORDS)
def test_a_word_of_the_trade_is_read_the_same_anywhere_in_a_name(word: str) -> None:
    assert initials_of(f"{word}油") == f"{TRADE_WORDS[word]}y"
    assert initials_of(f"大{word}大") == f"d{TRADE_WORDS[word]}d"
