"""House style over the whole tree: what the shape and trade checks find. CONTRIBUTING.md tells the rules."""

from collections.abc import Callable, Iterator

import pytest

from tests.architecture.shape_checks import EDGES, SHAPE_CHECKS
from tests.architecture.trade_checks import TRADE_CHECKS
from tests.architecture.tree import ROOT, Finding, Module, modules

Check = Callable[[Module], Iterator[Finding]]


@pytest.mark.parametrize("check", [*SHAPE_CHECKS, *TRADE_CHECKS], ids=lambda check: check.__name__)
def test_the_tree_keeps_house_style(check: Check) -> None:
    findings = [str(finding) for module in modules() for finding in check(module)]

    assert not findings, f"{len(findings)} to mend:\n" + "\n".join(findings)


def test_the_checks_see_the_whole_tree() -> None:
    seen = {str(module.path) for module in modules()}

    assert {"pos_app/domain/money.py", "sync/protocol/__init__.py", "tests/architecture/tree.py"} <= seen


def test_an_edge_that_is_named_exists_and_catches_everything() -> None:
    gone = [edge for edge in EDGES if "except Exception" not in (ROOT / edge).read_text(encoding="utf-8")]

    assert not gone, f"no edge any more, take them off EDGES: {gone}"
