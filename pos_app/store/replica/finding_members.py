"""Finding members by what a person tells or types: a code, the last digits of the phone, a name, its initials.

Digits and letters together narrow each other: ``8000 陈`` is the Chen whose phone ends so. Knows nothing of who asks,
nor of what of a member may be shown.
"""

from typing import Final

from pos_app.domain.members import Member
from pos_app.store.replica import documents
from pos_app.store.replica.current_file import CurrentFile, Row
from sync.protocol.search_text import MAX_QUERY_LETTERS, fold
from sync.protocol.topics import MEMBER

FEWEST_DIGITS: Final = 4
"""Of the end of a phone; fewer are half the town."""

_BY_ID: Final = "SELECT body FROM document WHERE topic = ? AND key = ? LIMIT 1"
_BY_CODE: Final = (
    "SELECT body FROM member_code JOIN document"
    " ON document.topic = ? AND document.key = member_code.member AND document.scope = member_code.scope"
    " WHERE member_code.code = ? LIMIT 1"
)
# CROSS JOIN: SQLite keeps the order, which is from the few that match to their documents
_NAMED: Final = (
    "SELECT body FROM member_name CROSS JOIN document"
    " ON document.topic = ? AND document.key = member_name.member AND document.scope = member_name.scope"
)
_IN_RANGE: Final = "member_name.{0} >= ? AND member_name.{0} < ?"
_BY_DIGITS: Final = f"{_NAMED} WHERE {_IN_RANGE.format('reversed_phone')}"
_BY_DIGITS_AND_NAME: Final = (
    f"{_BY_DIGITS} AND ({_IN_RANGE.format('folded_name')} OR {_IN_RANGE.format('initials')})"
    " ORDER BY reversed_phone LIMIT ?"
)
_BY_DIGITS_ALONE: Final = f"{_BY_DIGITS} ORDER BY reversed_phone LIMIT ?"
_BY_BEGINNING: Final = tuple(
    f"{_NAMED} WHERE {_IN_RANGE.format(column)} ORDER BY {column} LIMIT ?" for column in ("folded_name", "initials")
)
_LAST_LETTER: Final = "\U0010ffff"


def by_code(file: CurrentFile, code: str) -> Member | None:
    """Find a member by id, card or phone; one who is told under another id now is found as that."""
    row = file.row(_BY_ID, MEMBER, _storable(code)) or file.row(_BY_CODE, MEMBER, _storable(code))
    found = None if row is None else documents.member(row[0])
    if found is None or not found.merged_into:
        return found
    head = file.row(_BY_ID, MEMBER, found.merged_into)
    return found if head is None else documents.member(head[0])


def find(file: CurrentFile, text: str, limit: int) -> list[Member]:
    """Find members, the surest first: a whole code, then names from their beginning, then initials."""
    text = _storable(text.strip())
    exact = by_code(file, text) if text else None
    found = {} if exact is None else {exact.id: exact}
    for (body,) in _rows(file, text, limit):
        member = documents.member(body)
        if member is not None:
            found.setdefault(member.id, member)
    return list(found.values())[:limit]


def _rows(file: CurrentFile, text: str, limit: int) -> list[Row]:
    words = [fold(word) for word in text.split()]
    digits = next((word for word in words if word.isdecimal()), "")
    name = "".join(word for word in words if not word.isdecimal())[:MAX_QUERY_LETTERS]
    beginning = (name, name + _LAST_LETTER)
    if digits:
        if len(digits) < FEWEST_DIGITS:
            return []
        ending = digits[::-1]
        phone = (ending, ending + _LAST_LETTER)
        if name:
            return list(file.rows(_BY_DIGITS_AND_NAME, MEMBER, *phone, *beginning, *beginning, limit))
        return list(file.rows(_BY_DIGITS_ALONE, MEMBER, *phone, limit))
    if not name:
        return []
    return [row for statement in _BY_BEGINNING for row in file.rows(statement, MEMBER, *beginning, limit)]


def _storable(text: str) -> str:
    """Leave out half characters, as a broken input method sends them: no database takes them."""
    return text.encode(errors="ignore").decode()
