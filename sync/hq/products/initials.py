"""Pinyin initials: ``wcdm`` finds 五常大米. Made here, so that registers need no dictionary.

Characters with several readings are read in their words; what the dictionary does not know of the trade stands in
`TRADE_WORDS`, and a product may bring its own initials.
"""

from typing import Final
from unicodedata import normalize

from pypinyin import Style, lazy_pinyin

TRADE_WORDS: Final = {
    "长粒": "cl",
    "长米": "cm",
    "长香": "cx",
    "五常": "wc",
    "重庆": "cq",
    "调味": "tw",
    "调和": "th",
    "单晶": "dj",
    "藏红": "zh",
    "薄脆": "bc",
    "厚朴": "hp",
    "柏籽": "bz",
}


def initials_of(name: str) -> str:
    """Give the initials of a name; digits and Latin letters stay as they are, the rest is left out."""
    found: list[str] = []
    rest = normalize("NFKC", name)
    while rest:
        word = next((word for word in TRADE_WORDS if rest.startswith(word)), "")
        if word:
            found.append(TRADE_WORDS[word])
            rest = rest[len(word) :]
            continue
        end = min((place for word in TRADE_WORDS if (place := rest.find(word)) > 0), default=len(rest))
        found += lazy_pinyin(rest[:end], style=Style.FIRST_LETTER)
        rest = rest[end:]
    return "".join(letter for letter in "".join(found).lower() if letter.isascii() and letter.isalnum())
