"""Asking headquarters what the drawers of the store hold."""

from collections.abc import Sequence

import msgspec

from pos_app.domain.drawers import StoreDrawer
from pos_app.domain.errors import LineTalksRubbish
from pos_app.domain.money import Fen
from sync.client.transport import HqLine, Question
from sync.protocol.wire import DrawerRow, DrawersAnswer


def ask_drawers(line: HqLine) -> Sequence[StoreDrawer]:
    """Ask. Raises ``LineDown`` or ``LineTalksRubbish``."""
    answer = line.ask(Question("GET", "/v1/drawers"))
    try:
        said = msgspec.json.decode(answer.body, type=DrawersAnswer)
    except msgspec.MsgspecError as error:
        raise LineTalksRubbish("answer_malformed", reason=str(error)[:200]) from error
    line.clock.heard(said.time, asked_s=answer.asked_s, answered_s=answer.answered_s)
    return [_drawer(row) for row in said.rows]


def _drawer(row: DrawerRow) -> StoreDrawer:
    return StoreDrawer(
        device=row.device,
        number=row.number,
        business_date=row.business_date,
        operator=row.operator,
        opened_at=row.opened_at,
        closed_at=row.closed_at or "",
        holds=Fen(row.holds),
        counted=None if row.counted is None else Fen(row.counted),
        as_of=row.as_of,
    )
