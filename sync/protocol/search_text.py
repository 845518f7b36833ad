"""How text is folded for finding goods, the same where the index is made and where it is asked.

Every text becomes its overlapping pairs of letters: 五常大米 is ``五常 常大 大米 米``. A phrase of pairs is then any
part of the text, in Chinese of two characters as well as in ``5kg``, and a single letter begins a pair. Knows
nothing of tables.
"""

import unicodedata

MAX_QUERY_LETTERS = 40
"""What a person types to find goods; more is a slip."""


def fold(text: str) -> str:
    """Leave letters and digits alone, in one width and case: ``Ｒice-5 KG`` is ``rice5kg``."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def pairs(folded: str) -> str:
    """Write a folded text's pairs of letters, one for each place it can be found from."""
    return " ".join(folded[start : start + 2] for start in range(len(folded)))


def phrase(folded: str) -> str:
    """Write a folded text as an FTS5 phrase that matches wherever a text contains it."""
    if len(folded) == 1:
        return f'"{folded}"*'
    inner = " ".join(folded[start : start + 2] for start in range(len(folded) - 1))
    return f'"{inner}"'


def words(query: str) -> list[str]:
    """Split what was typed into folded words; all of them must be found."""
    return [word for word in map(fold, query[:MAX_QUERY_LETTERS].split()) if word]
