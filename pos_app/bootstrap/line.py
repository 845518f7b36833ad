"""A register's end of the line to headquarters: enrolling, and what the sync engine stands on.

Imports httpx and cryptography only when called: the window's process never needs them but to enrol.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import TYPE_CHECKING

from pos_app.bootstrap.register import upgrade_journal
from pos_app.domain.errors import Refusal
from pos_app.domain.ids import DeviceId
from pos_app.store.journal.opening import Beginning, create_journal
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity

if TYPE_CHECKING:
    import httpx

    from sync.client.clock import HqClock
    from sync.client.engine import Wiring
    from sync.client.transport import HqLine
    from sync.protocol.wire import EnrolAnswer


def open_line(
    folder: RegisterFolder,
    identity: RegisterIdentity,
    transport: "httpx.BaseTransport | None" = None,
    *,
    clock: "HqClock | None" = None,
) -> "HqLine":
    """Open a line to a register's headquarters, signed by its key; who opens it closes it."""
    from sync.client.clock import HqClock
    from sync.client.signing import Identity as Signer
    from sync.client.transport import HqLine
    from sync.protocol.authority import trusting

    signer = Signer.read(identity.device, folder.key() or b"")
    trust = trusting(folder.authority()) if folder.authority() else True
    return HqLine(identity.headquarters, clock or HqClock(), identity=signer, transport=transport, verify=trust)


@contextmanager
def wired_sync(
    folder: RegisterFolder,
    identity: RegisterIdentity,
    transport: "httpx.BaseTransport | None" = None,
    *,
    clock: "HqClock | None" = None,
) -> Iterator["Wiring"]:
    """Join what the sync engine stands on, and close it at the end.

    It alone writes the replica: one engine for a folder at a time, else ``FileLocked``. Another ``transport`` and
    ``clock`` than this machine's are a proof's.
    """
    from pos_app.store.journal.reading import JournalReader
    from pos_app.store.peers.shelf import PeerReader
    from pos_app.store.replica.replica_store import ReplicaStore
    from sync.client.engine import Wiring
    from sync.client.signing import Identity as Signer

    with ExitStack() as stack:
        signer = Signer.read(identity.device, folder.key() or b"")
        line = open_line(folder, identity, transport, clock=clock)
        stack.callback(line.close)
        source = JournalReader(folder.journal)
        stack.callback(source.close)
        sink = ReplicaStore(folder.replica)
        stack.callback(sink.close)
        yield Wiring(line, signer, source, sink, folder.spool, PeerReader(folder.peers))


def enrol_register(
    folder: RegisterFolder,
    address: str,
    code: str,
    *,
    transport: "httpx.BaseTransport | None" = None,
    clock: "HqClock | None" = None,
) -> RegisterIdentity:
    """Make this folder a register of the headquarters at ``address``, and fetch the first replica.

    Where the code carries a fingerprint, headquarters' authority is that one and no other, now and later. The key is
    kept before it is sent, and the same key goes with a code that is tried again: a lost answer loses nothing.

    Raises ``Refusal`` (address or code) or ``Breakdown`` (line, disk).
    """
    from sync.client.clock import HqClock
    from sync.client.engine import SyncEngine
    from sync.client.enrolment import enrol, make_key
    from sync.client.transport import HqLine
    from sync.protocol.authority import split_code, trusting
    from sync.protocol.signatures import public_hex, read_key

    address = address.strip().rstrip("/")
    if not address.startswith(("http://", "https://")):
        raise Refusal("address_format", field="address", text=address)
    folder.prepare()
    pem = folder.key() or make_key()
    folder.keep_key(pem)
    clock = clock or HqClock()
    once, wanted = split_code(code)
    authority = folder.authority()
    if wanted:
        authority = _authority_at(address, wanted, clock, transport)
    line = HqLine(address, clock, transport=transport, verify=trusting(authority) if authority else True)
    try:
        answer = enrol(line, once, pem).answer
    finally:
        line.close()
    if authority:
        folder.keep_authority(authority)
    identity = RegisterIdentity(
        device=answer.device,
        store=answer.store,
        store_name=answer.store_name,
        zone=answer.zone,
        register=answer.register,
        headquarters=address,
        utc_offset_minutes=answer.utc_offset_minutes,
        epoch=answer.epoch,
        public_key=public_hex(read_key(pem)),
    )
    _begin(folder, identity, answer)
    with wired_sync(folder, identity, transport, clock=clock) as wiring:
        SyncEngine(wiring).pull_once()
    return identity


def _begin(folder: RegisterFolder, identity: RegisterIdentity, answer: "EnrolAnswer") -> None:
    """Begin the journal where headquarters said, and keep who the register is; that comes last and says it is one."""
    receipts = {date.fromisoformat(day): number for day, number in answer.receipts.items()}
    closed_day = date.fromisoformat(answer.closed_day) if answer.closed_day else None
    beginning = Beginning(DeviceId(identity.device), max(identity.epoch, 1), receipts, answer.shift, closed_day)
    create_journal(folder.journal, beginning, upgrade_journal)
    if answer.store_secret:
        folder.keep_store_secret(answer.store_secret)
    folder.keep_identity(identity)


def _authority_at(address: str, wanted: str, clock: "HqClock", transport: "httpx.BaseTransport | None") -> str:
    """Fetch the certificate of an authority by its fingerprint.

    Nothing secret is said over this line: who answers is not known yet.
    """
    import ssl

    from sync.client.enrolment import fetch_authority
    from sync.client.transport import HqLine

    if not address.startswith("https://"):
        raise Refusal("address_plain", field="address", text=address)
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    line = HqLine(address, clock, transport=transport, verify=anybody)
    try:
        return fetch_authority(line, wanted)
    finally:
        line.close()
