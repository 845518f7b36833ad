"""Asking a running headquarters as its administrator: what `granary hq import` and `granary hq enrol-code` do."""

import os
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn, Self

import httpx
import msgspec

from pos_app.domain.errors import Breakdown, Refusal
from sync.hq.certifying import own_authority
from sync.hq.importing.kinds import kind_of_csv
from sync.hq.importing.mistakes import Mistake
from sync.hq.settings import read_token
from sync.protocol.authority import trusting
from sync.protocol.wire import Failure

DEFAULT_PORT: Final = 8730
ANSWER_S: Final = 600.0
TOKEN_VARIABLE: Final = "GRANARY_ADMIN_TOKEN"  # noqa: S105 — a variable's name


@dataclass(frozen=True, slots=True)
class Door:
    """Where a headquarters is, and the token that opens it."""

    address: str
    token: str = field(repr=False)
    authority: str = ""
    """The certificate of the chain's own authority, where headquarters' folder has one."""

    @classmethod
    def find(cls, address: str | None, token: str | None, folder: Path) -> Self:
        """Take the token that was given, or the surroundings', or the one in headquarters' own folder.

        Without an address: this machine's, guarded where the folder has certificates.
        """
        authority = own_authority(folder)
        address = address or f"{'https' if authority else 'http'}://127.0.0.1:{DEFAULT_PORT}"
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL as error:
            raise Refusal("hq_address", address=address) from error
        if url.scheme not in {"http", "https"} or not url.host:
            raise Refusal("hq_address", address=address)
        return cls(address, token or os.environ.get(TOKEN_VARIABLE) or read_token(folder), authority)

    def post(self, path: str, body: bytes, media_type: str, **query: str) -> bytes:
        """Ask; raise ``Refusal`` with headquarters' code, or ``Breakdown("hq_unreachable")``."""
        return b"".join(self.pieces(path, body, media_type, **query))

    def pieces(self, path: str, body: bytes, media_type: str, **query: str) -> Iterator[bytes]:
        """Ask, and give the answer as it comes; raises as `post` does."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": media_type}
        try:
            with (
                httpx.Client(base_url=self.address, timeout=ANSWER_S, trust_env=False, verify=self._trust()) as client,
                client.stream("POST", path, params=query, content=body, headers=headers) as answer,
            ):
                if not answer.is_success:
                    answer.read()
                    self._refuse(answer)
                yield from answer.iter_bytes()
        except httpx.HTTPError as error:
            raise Breakdown("hq_unreachable", address=self.address, reason=str(error)) from error

    def _trust(self) -> ssl.SSLContext | bool:
        return trusting(self.authority) if self.authority else True

    def _refuse(self, answer: httpx.Response) -> NoReturn:
        try:
            failure = msgspec.json.decode(answer.content, type=Failure)
        except msgspec.MsgspecError as error:
            raise Breakdown("hq_stranger", address=self.address, status=answer.status_code) from error
        if answer.status_code >= 500:
            raise Breakdown(failure.code, **failure.details)
        raise Refusal(failure.code, **failure.details)


class ImportSaid(msgspec.Struct, frozen=True):
    """What an import came to."""

    rows: dict[str, int]
    published: int
    warnings: Sequence[Mistake] = ()


class CodeSaid(msgspec.Struct, frozen=True):
    """A one-time code."""

    code: str
    device: str
    expires: str


def import_file(door: Door, file: Path) -> ImportSaid:
    """Send a file to where its content belongs.

    Raises ``Refusal`` with ``file_unreadable``, ``file_kind_unknown`` or ``import_mistakes``.
    """
    body = _content(file)
    path, media_type = _place_of(file, body)
    return msgspec.json.decode(door.post(path, body, media_type, name=file.name), type=ImportSaid)


def dry_run(door: Door, file: Path, *, tell: Callable[[int], None], **asked: str) -> dict[str, Any]:
    """Try a file of promotions; ``tell`` hears how many baskets were tried so far.

    Raises ``Refusal`` as an import does, and ``Breakdown`` with what broke on the way.
    """
    media_type = "text/csv" if file.suffix.lower() == ".csv" else "application/json"
    answer = door.pieces("/v1/promotions/dry-run", _content(file), media_type, name=file.name, **asked)
    for line in _lines(answer):
        said: dict[str, Any] = msgspec.json.decode(line)
        if "result" in said:
            return dict(said["result"])
        if "error" in said:
            raise Breakdown(said["error"]["code"])
        tell(said["progress"]["baskets"])
    raise Breakdown("hq_unreachable", address=door.address, reason="the answer broke off")


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Give the lines of an answer that comes in pieces, each as soon as it is whole."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refusal("file_unreadable", file=str(file), reason=error.strerror) from error


def _place_of(file: Path, body: bytes) -> tuple[str, str]:
    if file.suffix.lower() == ".csv":
        return f"/v1/{kind_of_csv(body)}/import", "text/csv"
    try:
        document: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal("file_kind_unknown", file=str(file)) from error
    if isinstance(document, list):
        return f"/v1/{_kind_of_rows(document)}/import", "application/json"
    return "/v1/import", "application/json"


def _kind_of_rows(rows: Sequence[object]) -> str:
    """Tell what a bare list has by its first row: only promotions and templates have a kind and no SKU."""
    first = rows[0] if rows and isinstance(rows[0], dict) else {}
    if "template" in first:
        return "coupons"
    if "sku" not in first and "kind" in first:
        return "coupon-templates" if first["kind"] in {"cash", "exchange"} else "promotions"
    return "products" if "name" in first else "prices"


def scan_prices(door: Door) -> Iterator[str]:
    """Scan prices to the end; give a line for what each step came to, and for each settlement frozen by it."""
    more = True
    while more:
        said: dict[str, Any] = msgspec.json.decode(door.post("/v1/prices/scan", b"", "application/json"))
        yield f"{said['listed']} listed prices and {said['sales']} sales: {said['alarms']} alarms"
        yield from (f"  left out: {count} ({reason})" for reason, count in said["left_out"].items())
        yield from (f"  frozen: {subject}" for subject in said["frozen"])
        more = said["more"]


def make_code(door: Door, store: str, register: int | None) -> CodeSaid:
    """Ask for a one-time code; raise ``Refusal`` with ``store_unknown`` or ``register_number``."""
    wanted = {"store": store} | ({} if register is None else {"register": register})
    return msgspec.json.decode(
        door.post("/v1/enrolment-codes", msgspec.json.encode(wanted), "application/json"), type=CodeSaid
    )


class QuarantineSaid(msgspec.Struct, frozen=True):
    """What trying quarantined facts again came to."""

    applied: int
    left: int


def apply_quarantined(door: Door, device: str) -> QuarantineSaid:
    """Ask for quarantined facts to be tried again: a register's, or with no name everybody's."""
    wanted = msgspec.json.encode({"device": device})
    return msgspec.json.decode(
        door.post("/v1/facts/quarantined/apply", wanted, "application/json"), type=QuarantineSaid
    )
