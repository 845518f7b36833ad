"""Finding the store's other registers where nobody named them: DNS-SD over multicast (RFC 6762, 6763).

What is found is an address to ask and nothing more: only who holds the store's secret is believed when it answers. A
register says a mark of its store, by which those of other stores in the building are passed over; the mark is no secret
and tells none. Where multicast is forbidden nothing is found, and `state` says so. Loads `zeroconf`.
"""

import logging
import socket
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from threading import Event, Lock, Thread
from time import monotonic
from typing import Final

from zeroconf import Error, InterfaceChoice, IPVersion, ServiceBrowser, ServiceInfo, ServiceListener, Zeroconf

from sync.client.lan import Speaker
from sync.client.network import Discovered

SERVICE: Final = "_granary._tcp.local."
MOST_FOUND: Final = 20
SILENT_AFTER_S: Final = 15.0
"""So long it is waited for the own word to come back before it is said that multicast does not work."""
AGAIN_S: Final = 60.0
"""After so long a network that could not be had is tried again."""
_INFO_MS: Final = 3000
_NAME_BYTES: Final = 40
_MULTICAST: Final = ("224.0.0.251", 5353)
_ANY: Final = frozenset({"", "0.0.0.0"})  # noqa: S104 — it is not bound here, only recognized

_log = logging.getLogger(__name__)


class Discovery(ServiceListener):
    """Says where this register is, and hears where the others are. Starts at once, on a thread of its own."""

    def __init__(self, me: Speaker, host: str, port: int) -> None:
        """Say that ``me`` answers at a port of this machine; ``host`` as it is listened at."""
        self._me, self._host, self._port = me, host, port
        self._mark = blake2b(b"granary-lan-2 store", key=me.secret, digest_size=8).hexdigest()
        self._lock = Lock()
        self._found: dict[str, tuple[str, str]] = {}
        self._own_heard = False
        self._begun_s = monotonic()
        self._failed = False
        self._stopped = Event()
        self._zeroconf: Zeroconf | None = None
        self._thread = Thread(target=self._run, name="discovery", daemon=True)
        self._thread.start()

    @property
    def state(self) -> Discovered:
        """Tell whether multicast works here: what the register says itself must come back to it."""
        if self._own_heard:
            return "works"
        return "silent" if self._failed or monotonic() - self._begun_s > SILENT_AFTER_S else "looking"

    def addresses(self) -> Mapping[str, str]:
        """Tell the registers that were found, and their ``host:port``."""
        with self._lock:
            return dict(self._found.values())

    def close(self) -> None:
        """Say farewell and hear no more."""
        self._stopped.set()
        self._thread.join()

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """Hear of a register (zeroconf's own word)."""
        info = zc.get_service_info(type_, name, _INFO_MS)
        said = {} if info is None else info.properties
        if info is None or said.get(b"store") != self._mark.encode():
            return
        device = (said.get(b"register") or b"").decode("utf-8", "replace")
        if device == self._me.name:
            self._own_heard = True
            return
        addresses = info.parsed_addresses(IPVersion.V4Only)
        with self._lock:
            if addresses and info.port and (name in self._found or len(self._found) < MOST_FOUND):
                self._found[name] = (device, f"{addresses[0]}:{info.port}")

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """Hear that a register is elsewhere (zeroconf's own word)."""
        self.add_service(zc, type_, name)

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:  # noqa: ARG002 — zeroconf's own signature
        """Hear that a register is gone (zeroconf's own word)."""
        with self._lock:
            self._found.pop(name, None)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._open()
            except (OSError, Error) as error:
                self._failed = True
                _log.info("no_multicast: %s", error)
                self._stopped.wait(AGAIN_S)
            else:
                self._failed = False
                self._stopped.wait()
        if self._zeroconf is not None:
            with suppress(OSError, Error):
                self._zeroconf.close()

    def _open(self) -> None:
        interfaces = InterfaceChoice.All if self._host in _ANY else [self._host]
        address = _own_address() if self._host in _ANY else self._host
        name = f"{self._me.name.encode()[:_NAME_BYTES].decode('utf-8', 'ignore')}-{self._mark}"
        service = ServiceInfo(
            SERVICE,
            f"{name}.{SERVICE}",
            addresses=[socket.inet_aton(address)],
            port=self._port,
            properties={"store": self._mark, "register": self._me.name},
            server=f"{name}.local.",
        )
        opened = Zeroconf(interfaces=interfaces, ip_version=IPVersion.V4Only)
        try:
            ServiceBrowser(opened, SERVICE, self)
            opened.register_service(service)
        except BaseException:
            opened.close()
            raise
        self._zeroconf = opened


def _own_address() -> str:
    """Tell this machine's address on the network that multicast goes out by; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(_MULTICAST)
        return str(asking.getsockname()[0])
