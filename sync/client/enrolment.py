"""How a register becomes one of headquarters': a one-time code against a key made here (docs/sync.md §6).

Knows nothing of where the key is kept: keep it before `enrol` is called, so that a lost answer is asked for again
with the same code and the same key, and headquarters gives the same answer.
"""

from dataclasses import dataclass, field

import msgspec

from pos_app.domain.errors import LineTalksRubbish, Refusal
from sync.client.signing import Identity
from sync.client.transport import Answer, HqLine, Question
from sync.protocol.authority import fingerprint, in_groups
from sync.protocol.signatures import new_key, public_hex, read_key, write_key
from sync.protocol.wire import AuthorityAnswer, EnrolAnswer, EnrolRequest


def fetch_authority(line: HqLine, wanted: str) -> str:
    """Fetch the certificate of the authority that vouches for headquarters, over a line that nobody vouches for yet.

    It is believed for its fingerprint, which came with the code. Raises ``Refusal("authority_other")`` when it is
    another, else as `HqLine.ask` does.
    """
    try:
        answer = line.ask(Question("GET", "/v1/authority"))
        said = msgspec.json.decode(answer.body, type=AuthorityAnswer).certificate
        found = fingerprint(said)
    except msgspec.MsgspecError as error:
        raise LineTalksRubbish("answer_malformed", reason=str(error)[:200]) from error
    except Refusal as refusal:
        if refusal.code in {"authority_none", "not_found", "authority_unreadable"}:
            raise Refusal("authority_other", wanted=in_groups(wanted), found="–") from refusal
        raise
    if found != wanted:
        raise Refusal("authority_other", wanted=in_groups(wanted), found=in_groups(found))
    return said


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a register is from now on, and the private key (PEM) by which it says so."""

    answer: EnrolAnswer
    private_key_pem: bytes = field(repr=False)


def make_key() -> bytes:
    """Make a register's private key, as PEM."""
    return write_key(new_key())


def enrol(line: HqLine, code: str, private_key_pem: bytes) -> Enrolment:
    """Trade a one-time code for a name; the key signs the question that brings its public half.

    Raises ``Refusal`` with ``enrol_code_unknown``, ``enrol_code_used`` or ``enrol_code_expired``; else as
    `HqLine.ask` does.
    """
    key = read_key(private_key_pem)
    brought = EnrolRequest(code=code.strip(), public_key=public_hex(key))
    answer = _ask(line, msgspec.json.encode(brought), Identity(brought.public_key, key))
    try:
        said = msgspec.json.decode(answer.body, type=EnrolAnswer)
    except msgspec.MsgspecError as error:
        raise LineTalksRubbish("answer_malformed", reason=str(error)[:200]) from error
    line.clock.heard(said.time, asked_s=answer.asked_s, answered_s=answer.answered_s)
    return Enrolment(said, private_key_pem)


def _ask(line: HqLine, body: bytes, signer: Identity) -> Answer:
    question = Question(
        "POST", "/v1/devices/enrol", headers={"Content-Type": "application/json"}, body=body, signer=signer
    )
    try:
        return line.ask(question)
    except Refusal as refusal:
        if not refusal.code.startswith("code_"):
            raise
        # On the counter's screen a code is what is scanned.
        raise Refusal(f"enrol_{refusal.code}", **refusal.details) from refusal
