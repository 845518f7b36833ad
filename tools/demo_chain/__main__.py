"""`python -m tools.demo_chain`: make `resources/demo/chain.json` from the tables beside it, or check that it is."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.demo_chain.chain import build, render
from tools.demo_chain.tables import BadTables

DEMO = Path(__file__).resolve().parents[2] / "resources" / "demo"
COUNTED = (
    *("places", "products", "prices", "operators", "members", "stock"),
    *("promotions", "coupon_templates", "coupons"),
)
OUT_OF_DATE = 1
BAD_TABLES = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Make or check; nothing is written unless every table is right."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo_chain", description=__doc__)
    parser.add_argument("--tables", type=Path, default=DEMO, help="the folder of tables")
    parser.add_argument("--out", type=Path, help="where to write; chain.json beside the tables by default")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the file is not what they say")
    options = parser.parse_args(arguments)
    out: Path = options.out or options.tables / "chain.json"
    try:
        chain = build(options.tables)
    except BadTables as bad:
        print(*bad.problems, f"{len(bad.problems)} to put right; {out.name} is as it was", sep="\n", file=sys.stderr)
        return BAD_TABLES
    text = render(chain).encode()
    if options.check:
        if out.is_file() and out.read_bytes() == text:
            return 0
        print(f"{out} is not what the tables say: run python -m tools.demo_chain", file=sys.stderr)
        return OUT_OF_DATE
    out.write_bytes(text)
    counts = (f"{len(chain[name])} {name}" for name in COUNTED)
    print(f"{out.name}: {', '.join(counts)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
