"""Where a register's files live, and the two that say who it is: its name in the chain and its key.

Knows nothing of what is in the journal and the replica, nor of how a key is made.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final

from pos_app.domain.errors import Breakdown, FileDamaged
from pos_app.store.atomic_file import write_whole

LOG_LIMIT_BYTES: Final = 2 * 1024 * 1024
_NUMBERS: Final = ("register", "utc_offset_minutes", "epoch")


@dataclass(frozen=True, slots=True)
class RegisterIdentity:
    """Who this register is, as headquarters said at enrolment. ``public_key`` is hex."""

    device: str
    store: str
    store_name: str
    zone: str
    register: int
    headquarters: str
    utc_offset_minutes: int
    epoch: int
    public_key: str


class RegisterFolder:
    """A folder with everything of one register."""

    def __init__(self, path: Path) -> None:
        """Use ``path``; it is made when something is kept in it."""
        self.path = path
        self.journal = path / "journal.db"
        self.replica = path / "replica"
        self.peers = path / "peers.db"
        self.spool = path / "spool"
        self.printouts = path / "printouts"
        self.payments = path / "payments.toml"
        self.simulated_payments = path / "simulated-payments"
        self.preferences = path / "preferences.json"
        self.log = path / "sync.log"
        self._identity = path / "register.json"
        self._key = path / "device.key"
        self._authority = path / "authority.pem"
        self._store_key = path / "store.key"

    def prepare(self) -> None:
        """Make the folders; raise ``Breakdown("file_not_writable")`` when it cannot be."""
        try:
            for folder in (self.path, self.replica, self.spool):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Breakdown("file_not_writable", file=str(self.path), reason=error.strerror) from error

    def is_begun(self) -> bool:
        """Tell whether a register was ever started here; it may be half broken, or not enrolled yet."""
        return any(part.exists() for part in (self._identity, self.journal, self.replica))

    def open_log(self) -> IO[bytes]:
        """Open the sync engine's log for appending; one that has grown long becomes the last one's."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        return self.log.open("ab")

    def identity(self) -> RegisterIdentity | None:
        """Tell who the register is, None before it was enrolled; raise ``FileDamaged`` when it cannot be read."""
        if not self._identity.exists():
            return None
        try:
            document = json.loads(self._identity.read_text(encoding="utf-8"))
            fields = {name: document[name] for name in RegisterIdentity.__dataclass_fields__}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise FileDamaged("file_damaged", file=self._identity.name, reason=str(error)) from error
        for name, value in fields.items():
            if type(value) is not (int if name in _NUMBERS else str):
                raise FileDamaged("file_damaged", file=self._identity.name, reason=name)
        return RegisterIdentity(**fields)

    def keep_identity(self, identity: RegisterIdentity) -> None:
        """Write down who the register is."""
        write_whole(self._identity, json.dumps(asdict(identity), ensure_ascii=False, indent=2).encode())

    def authority(self) -> str:
        """Give the certificate (PEM) of the chain's own authority, empty where the register knows none."""
        return self._authority.read_text(encoding="ascii") if self._authority.exists() else ""

    def keep_authority(self, certificate: str) -> None:
        """Write down which authority vouches for headquarters, from now on alone."""
        write_whole(self._authority, certificate.encode())

    def key(self) -> bytes | None:
        """Give the private key (PEM), None before one was made."""
        return self._key.read_bytes() if self._key.exists() else None

    def keep_key(self, pem: bytes) -> None:
        """Write the private key, readable by its owner alone."""
        write_whole(self._key, pem)

    def store_secret(self) -> bytes:
        """Give what the store's registers know each other by, empty where headquarters gave none.

        Raises ``FileDamaged`` when it cannot be read.
        """
        if not self._store_key.exists():
            return b""
        try:
            return bytes.fromhex(self._store_key.read_text(encoding="ascii"))
        except ValueError as error:
            raise FileDamaged("file_damaged", file=self._store_key.name, reason="it is no key") from error

    def keep_store_secret(self, secret: str) -> None:
        """Write it (hex), readable by its owner alone."""
        write_whole(self._store_key, secret.encode("ascii"))
