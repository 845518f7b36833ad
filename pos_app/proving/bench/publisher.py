"""A headquarters that never runs dry, in the sync agent's own process: a line that always has more to say.

It publishes one thing after the other, each as large as a price change of the whole assortment's twentieth, in chunks
as large as headquarters makes them; and it confirms every fact. Knows no file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count
from typing import Final
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec

from pos_app.devices.clock import SystemClock
from pos_app.domain.facts import read_fact
from pos_app.proving.bench.goods import CHAIN_SCOPE, STORE_SCOPE, Document, Goods, prices_of, product_of, stock_of
from pos_app.proving.bench.ground import INCARNATION, UTC_OFFSET_MINUTES
from sync.protocol.compression import ENCODING, compress, decompress
from sync.protocol.topics import STOCK
from sync.protocol.wire import (
    MAX_CHUNK_DOCUMENTS,
    MAX_FACTS_BODY_BYTES,
    Change,
    ChunkEnd,
    FactsAnswer,
    cursor_text,
    parse_cursor,
)

CHUNKS_A_PUBLICATION: Final = 10
"""So many chunks say that more waits; with the next one prices take effect, and the window prices its basket anew."""
_STRIDE: Final = 7919
"""A prime: the goods that change lie all over the file."""


@dataclass(slots=True)
class NeverDry(httpx.BaseTransport):
    """The line."""

    products: int
    goods: Goods = field(default_factory=Goods)
    clock: SystemClock = field(default_factory=lambda: SystemClock(UTC_OFFSET_MINUTES))
    chunks: int = 0
    _documents: Iterator[Document] = field(init=False)

    def __post_init__(self) -> None:
        """Begin to publish."""
        self._documents = self._changes()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        url = urlsplit(request.url.raw_path.decode())
        if request.method == "POST":
            return self._confirmed(request.read())
        return self._chunk(parse_cursor(parse_qs(url.query)["after"][0]))

    def _confirmed(self, body: bytes) -> httpx.Response:
        last = decompress(body, limit_bytes=MAX_FACTS_BODY_BYTES).splitlines()[-1]
        position = read_fact(last).position
        answer = FactsAnswer(position.epoch, position.seq, INCARNATION, self._time())
        return _packed("application/json", msgspec.json.encode(answer))

    def _chunk(self, after: Mapping[str, int]) -> httpx.Response:
        cursor = dict(after)
        lines = bytearray()
        for _ in range(MAX_CHUNK_DOCUMENTS):
            topic, key, body = next(self._documents)
            scope = STORE_SCOPE if topic == STOCK else CHAIN_SCOPE
            cursor[scope] += 1
            lines += msgspec.json.encode(Change(scope, cursor[scope], topic, key, body)) + b"\n"
        self.chunks += 1
        end = ChunkEnd(
            after=cursor_text(after),
            cursor=cursor_text(cursor),
            incarnation=INCARNATION,
            time=self._time(),
            more=self.chunks % CHUNKS_A_PUBLICATION != 0,
            count=MAX_CHUNK_DOCUMENTS,
            checksum=blake2b(lines, digest_size=32).hexdigest(),
        )
        return _packed("application/jsonl", bytes(lines) + msgspec.json.encode(end) + b"\n")

    def _changes(self) -> Iterator[Document]:
        """Change prices, stock and now and then a product, without end."""
        for turn in count():
            good = self.goods.good(turn * _STRIDE % self.products)
            yield from prices_of(good, more_fen=turn % 100)
            yield stock_of(good, turn % 1000 * 1000)
            if turn % 10 == 0:
                yield product_of(good)

    def _time(self) -> str:
        return self.clock.now().isoformat()


def _packed(media_type: str, body: bytes) -> httpx.Response:
    headers = {"Content-Type": media_type, "Content-Encoding": ENCODING}
    return httpx.Response(200, headers=headers, stream=httpx.ByteStream(compress(body)))
