"""Pinyin initials of a person's name: ``zgf`` finds 曾国藩. Surnames are read as surnames, which a dictionary of words
does not do.
"""

from typing import Final
from unicodedata import normalize

from sync.hq.products.initials import initials_of

SURNAMES: Final = {
    "尉迟": "yc",
    "长孙": "zs",
    "单": "s",
    "曾": "z",
    "解": "x",
    "仇": "q",
    "区": "o",
    "查": "z",
    "翟": "z",
    "覃": "q",
    "缪": "m",
    "冼": "x",
    "员": "y",
    "逄": "p",
    "折": "s",
    "种": "c",
    "乐": "y",
    "繁": "p",
    "秘": "b",
    "召": "s",
}
"""Those that are read otherwise than the character by itself; of two characters first."""


def initials_of_person(name: str) -> str:
    """Give the initials of a name, the surname in front."""
    plain = normalize("NFKC", name).strip()
    for surname, letters in SURNAMES.items():
        if plain.startswith(surname) and len(plain) > len(surname):
            return letters + initials_of(plain[len(surname) :])
    return initials_of(plain)
