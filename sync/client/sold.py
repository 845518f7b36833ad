"""Asking headquarters for a sale by its receipt: one of another register, or what others gave back of an own one."""

import msgspec

from pos_app.domain.errors import LineTalksRubbish
from pos_app.domain.returned import KnownSale
from sync.client.transport import HqLine, Question
from sync.protocol.wire import SoldAnswer


def ask_sold(line: HqLine, receipt: str) -> KnownSale:
    """Ask. Raises ``LineDown``, ``LineTalksRubbish``, or ``Refusal`` (``receipt_unknown`` where it is not there)."""
    answer = line.ask(Question("GET", f"/v1/sold/{receipt}"))
    try:
        said = msgspec.json.decode(answer.body, type=SoldAnswer)
    except msgspec.MsgspecError as error:
        raise LineTalksRubbish("answer_malformed", reason=str(error)[:200]) from error
    line.clock.heard(said.time, asked_s=answer.asked_s, answered_s=answer.answered_s)
    return KnownSale(said.body, said.at, said.operator, tuple(said.returns))
