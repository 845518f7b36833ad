"""The simulated providers behind HTTP, on loopback. Says in every answer that it is no real provider."""

import json
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

from pos_app.devices.payment.simulator.desks import MALFORMED, AlipayDesk, Reply, WechatDesk
from pos_app.devices.payment.simulator.ledger import Ledger

LOOPBACK: Final = "127.0.0.1"
LEDGER_FILE: Final = "ledger.db"
_MOST_BYTES: Final = 64 * 1024
_LOOK_S: Final = 0.05
"""How often it looks whether it is to close."""
_UNREADABLE: Final = Reply(400, {"code": "PARAM_ERROR", "message": "simulated: the request cannot be read"})


class PaymentSimulator:
    """Both providers at one port; their books in a folder."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        """Open the books and answer from now on. Port 0 is any free one."""
        self.ledger = Ledger(folder / LEDGER_FILE)
        self._server = _Server((LOOPBACK, port), _Handler)
        self._server.desks = (WechatDesk(self.ledger), AlipayDesk(self.ledger))
        self.host, self.port = LOOPBACK, int(self._server.server_address[1])
        self._thread = Thread(target=self._server.serve_forever, args=(_LOOK_S,), name="payment-simulator", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer nobody any more, and close the books."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.ledger.close()


class _Server(ThreadingHTTPServer):
    """One thread for each request: one that is slow holds up no other."""

    daemon_threads = True
    block_on_close = False
    desks: tuple[WechatDesk, AlipayDesk]


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the desk, answers or hangs up."""

    server: _Server
    timeout = 30

    def do_GET(self) -> None:
        self._serve("")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isdecimal() else 0
        self._serve(self.rfile.read(min(size, _MOST_BYTES)).decode(errors="replace"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base class's name
        """Say nothing: what was charged is in the books."""

    def _serve(self, body: str) -> None:
        wechat, alipay = self.server.desks
        try:
            if self.path.startswith("/gateway.do"):
                reply = alipay.answer(body)
            else:
                reply = wechat.answer(self.command, self.path, json.loads(body) if body else {})
        except MALFORMED:
            reply = _UNREADABLE
        if reply is None:
            self.close_connection = True
            return
        time.sleep(reply.after_s)
        self._reply(reply.status, reply.body)

    def _reply(self, status: int, said: Mapping[str, Any]) -> None:
        data = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Simulated", "no money moves")
        self.end_headers()
        self.wfile.write(data)
