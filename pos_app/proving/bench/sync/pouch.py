"""PouchDB beside us: a server process of its own over loopback HTTP, replicated from and to, both into LevelDB.

It replicates our product documents as they are, one by one as it does; it applies nothing, finds nothing by a barcode.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from pos_app.proving.bench.goods import Goods, product_of
from pos_app.proving.bench.peer import Missing, Peer, Recipe, install
from pos_app.proving.bench.sync import peers
from pos_app.proving.bench.sync.following import CHANGED

PUSHED: Final = 1_000
_HERE: Final = Path(peers.__file__).parent
_PACKAGES: Final = ("pouchdb@9.0.0", "express-pouchdb@4.2.0", "express@4.21.2")
POUCHDB: Final = Recipe(
    name="PouchDB",
    needs="npm",
    steps=(
        ("npm", "init", "--yes"),
        ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *_PACKAGES),
    ),
    made="node_modules/pouchdb",
    runs=("node", str(_HERE / "pouchdb.cjs")),
)


@dataclass(frozen=True, slots=True)
class Theirs:
    """What a peer took, in nanoseconds: for each document down and up, and for a whole delta. Empty: not measured."""

    document: Sequence[int] = ()
    delta: Sequence[int] = ()
    pushed: Sequence[int] = ()


def measured(folder: Path, products: int, *, runs: int) -> Theirs:
    """Install it where it is not yet, and let it do the same; raise `Missing` where it cannot be had."""
    folder.mkdir(parents=True, exist_ok=True)
    scene = folder / "products.jsonl"
    goods = Goods()
    with scene.open("wb") as file:
        for at in range(products):
            _, sku, body = product_of(goods.good(at))
            file.write(msgspec.json.encode({"_id": sku, **body}) + b"\n")
    install(POUCHDB, folder / POUCHDB.name)
    changed = min(CHANGED, products)
    with Peer(POUCHDB, folder / POUCHDB.name, scene) as peer:
        return Theirs(
            document=[_asked(peer, "bootstrap", products) // products for _ in range(runs)],
            delta=[_asked(peer, f"delta {changed}", changed) for _ in range(runs)],
            pushed=[_asked(peer, f"push {PUSHED}", PUSHED) // PUSHED for _ in range(runs)],
        )


def _asked(peer: Peer, what: str, documents: int) -> int:
    """Have it replicate; hold it to its word that all of it went over."""
    taken_ns, written = map(int, peer.ask(what).split())
    if written != documents:
        raise Missing(f"PouchDB replicated {written} of {documents} documents")
    return taken_ns
