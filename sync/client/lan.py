"""A sealed question between two registers of one store, over the shop's own network, with no headquarters in it.

Who answers greets first: with a challenge that was never said before, and its name. The question and the answer are
AES-GCM under the store's secret, bound to that challenge and to who asks whom, the answer to its question besides: who
does not hold the secret reads, asks and answers nothing, and what was recorded is worth nothing to anybody. A
connection carries one question and has one deadline, whatever trickles in. Loads `cryptography`: who has no
neighbours has no need of this module.
"""

import json
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from time import monotonic
from typing import Any, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pos_app.domain.errors import LineDown, LineTalksRubbish, Refusal

MAX_BYTES: Final = 1024 * 1024
"""A sealed message: a basket of five hundred lines takes a fifth of it."""
GREETING_BYTES: Final = 128
NONCE_BYTES: Final = 12
CHALLENGE_BYTES: Final = 16
SECRET_BYTES: Final = 32
EXCHANGE_S: Final = 1.5
"""A whole exchange: greeting, question and answer."""
_MAGIC: Final = b"granary-lan-2 "
_LENGTH: Final = 4

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A register of the store, as it talks: its name, and the secret that the store's registers share."""

    name: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Greeting:
    """What who answers says first, in the clear."""

    challenge: bytes
    name: str

    @classmethod
    def fresh(cls, name: str) -> Self:
        """Make one that nobody has heard before."""
        return cls(os.urandom(CHALLENGE_BYTES), name)

    def written(self) -> bytes:
        """Give it as it is sent."""
        return _MAGIC + self.challenge + self.name.encode()

    @classmethod
    def read(cls, said: bytes) -> Self:
        """Read what was sent; raise ``ValueError`` where it is no register's."""
        rest = said.removeprefix(_MAGIC)
        if rest == said or len(rest) <= CHALLENGE_BYTES:
            raise ValueError("no greeting of ours")
        return cls(rest[:CHALLENGE_BYTES], rest[CHALLENGE_BYTES:].decode())


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer, as both ends see it: everything sealed in it is bound to it."""

    secret: bytes = field(repr=False)
    greeting: Greeting
    asks: str

    def seal_question(self, question: Message) -> bytes:
        """Seal a question, with who asks before it in the clear."""
        asks = self.asks.encode()
        return bytes([len(asks)]) + asks + _seal(self.secret, question, self._bound("asks"))

    @classmethod
    def open_question(cls, secret: bytes, greeting: Greeting, sealed: bytes) -> tuple[Self, Message] | None:
        """Open a question that was asked at a greeting; None where it is not the store's, or of another greeting."""
        length = sealed[0] if sealed else 0
        with suppress(UnicodeDecodeError):
            exchange = cls(secret, greeting, sealed[1 : 1 + length].decode())
            question = _open(secret, sealed[1 + length :], exchange._bound("asks"))
            return None if question is None else (exchange, question)
        return None

    def seal_answer(self, answer: Message, question: bytes) -> bytes:
        """Seal the answer to a sealed question."""
        return _seal(self.secret, answer, self._bound("answers", question))

    def open_answer(self, sealed: bytes, question: bytes) -> Message | None:
        """Open the answer to a sealed question; None where it is none."""
        return _open(self.secret, sealed, self._bound("answers", question))

    def _bound(self, what: str, question: bytes = b"") -> bytes:
        asked = blake2b(question, digest_size=NONCE_BYTES).hexdigest()
        words = [what, self.greeting.challenge.hex(), self.asks, self.greeting.name, asked]
        return _MAGIC + json.dumps(words).encode()


class Line:
    """A connection that ends at one moment, however its bytes come."""

    def __init__(self, connection: socket.socket, ends_s: float) -> None:
        """Use a connection until ``ends_s`` on the steady counter."""
        self._connection = connection
        self._ends_s = ends_s

    def send(self, message: bytes) -> None:
        """Send a message; raise ``ValueError`` where it is too long, ``OSError`` where it does not go."""
        if len(message) > MAX_BYTES:
            raise ValueError("too long")
        self._connection.settimeout(self._left_s())
        self._connection.sendall(len(message).to_bytes(_LENGTH, "big") + message)

    def receive(self, limit_bytes: int = MAX_BYTES) -> bytes:
        """Take a whole message; raise ``ValueError`` where it is none of ours, ``OSError`` where it does not come."""
        length = int.from_bytes(self._exactly(_LENGTH), "big")
        if not NONCE_BYTES < length <= limit_bytes:
            raise ValueError("no length of ours")
        return self._exactly(length)

    def _exactly(self, length: int) -> bytes:
        got = bytearray()
        while len(got) < length:
            self._connection.settimeout(self._left_s())
            part = self._connection.recv(min(65536, length - len(got)))
            if not part:
                raise OSError("the line was cut")
            got += part
        return bytes(got)

    def _left_s(self) -> float:
        left_s = self._ends_s - monotonic()
        if left_s <= 0:
            raise TimeoutError("the exchange took too long")
        return left_s


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and who gave it."""

    by: str
    said: Message


def ask(address: str, speaker: Speaker, question: Message, *, whom: str = "", limit_s: float = EXCHANGE_S) -> Answered:
    """Ask who is at an address, ``whom`` and nobody else where that is given, and wait ``limit_s`` for all of it.

    Raises ``LineDown("peer_down")`` where there is no answer, ``LineTalksRubbish`` where it is not the store's, or the
    ``Refusal`` that is the answer.
    """
    host, _, port = address.rpartition(":")
    ends_s = monotonic() + limit_s
    try:
        with socket.create_connection((host, int(port)), timeout=limit_s) as connection:
            line = Line(connection, ends_s)
            exchange = Exchange(speaker.secret, Greeting.read(line.receive(GREETING_BYTES)), speaker.name)
            if whom not in {"", exchange.greeting.name}:
                raise LineDown("peer_down", peer=whom)
            sealed = exchange.seal_question(question)
            line.send(sealed)
            answer = exchange.open_answer(line.receive(), sealed)
    except (OSError, ValueError) as error:
        raise LineDown("peer_down", peer=whom or address) from error
    if answer is None:
        raise LineTalksRubbish("peer_rubbish", peer=address)
    if "refused" in answer:
        raise Refusal(str(answer["refused"]), **answer.get("details", {}))
    return Answered(exchange.greeting.name, answer)


def _seal(secret: bytes, message: Message, bound_to: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(secret).encrypt(nonce, json.dumps(message, ensure_ascii=False).encode(), bound_to)


def _open(secret: bytes, sealed: bytes, bound_to: bytes) -> Message | None:
    try:
        message = json.loads(AESGCM(secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to))
    except (InvalidTag, ValueError):
        return None
    return message if isinstance(message, dict) else None
