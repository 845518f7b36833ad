"""Checks on what the trade cannot forgive: money that is rounded by accident, and time read where it should be given.

Knows nothing of layout or size: those are in ``shape_checks``.
"""

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import Finding, Module, dotted

PURE = ("pos_app/domain", "pos_app/services")
MONEY_NAME = re.compile(r"(^|_)(fen|yuan|amount|price|payable|gross|net|saving|tendered|refund)$")
CLOCKS = ("datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "time.time_ns")
NAIVE = ("datetime.utcnow", "datetime.utcfromtimestamp")
TZINFO_POSITION = 8
CJK = re.compile(r"[\u3400-\u9fff]")


def no_float_in_pure_rooms(module: Module) -> Iterator[Finding]:
    """The domain and the services count in integers: no ``float``, no ``/``, no ``round``."""
    if not module.within(*PURE):
        return
    advice = "count fen and thousandths as int; divide by `half_up` or `//` (docs/pricing.md)"
    tree = module.tree
    refused = {id(name) for name in _asked_by_isinstance(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "float" and id(node) not in refused:
            yield Finding(module, node.lineno, "`float` in a room of exact figures", advice)
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield Finding(module, node.lineno, f"the float {node.value}", advice)
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield Finding(module, node.lineno, "`/` makes a float", advice)
        elif isinstance(node, ast.Call) and dotted(node.func) == "round":
            yield Finding(module, node.lineno, "`round` rounds halves to even", advice)


def _asked_by_isinstance(tree: ast.Module) -> Iterator[ast.AST]:
    """Who asks ``isinstance(x, float)`` does so to refuse it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func) == "isinstance":
            yield from ast.walk(node.args[-1])


def no_money_as_float(module: Module) -> Iterator[Finding]:
    """Nowhere is a name of money annotated as a float, nor a column declared as one."""
    for node in ast.walk(module.tree):
        target, annotation = _annotated(node)
        if target and MONEY_NAME.search(target) and annotation is not None and _mentions(annotation, "float"):
            yield Finding(module, annotation.lineno, f"`{target}` is money and a float", "use int fen (`Fen`)")
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            for alias in node.names:
                if alias.name in {"Float", "REAL", "Double", "DOUBLE"}:
                    yield Finding(
                        module, node.lineno, f"a {alias.name} column", "store fen and thousandths as integers"
                    )


def _annotated(node: ast.AST) -> tuple[str, ast.expr | None]:
    if isinstance(node, ast.arg):
        return node.arg, node.annotation
    if isinstance(node, ast.AnnAssign):
        return dotted(node.target).rpartition(".")[2], node.annotation
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name, node.returns
    return "", None


def _mentions(annotation: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(annotation))


def no_signal_of_int(module: Module) -> Iterator[Finding]:
    """Qt's ``int`` is 32 bits: an amount that crosses ``Signal(int)`` comes out as another amount."""
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "Signal"):
            continue
        if any(_mentions(argument, "int") for argument in node.args):
            yield Finding(module, node.lineno, "`Signal(int)` keeps 32 bits", "declare `Signal(object)`")


def no_naive_datetime(module: Module) -> Iterator[Finding]:
    """A moment without an offset means another instant in another place."""
    advice = "give the offset: `datetime(…, tzinfo=UTC)`, `fromtimestamp(…, tz=UTC)`, or an `Instant`"
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func)
        short = ".".join(name.split(".")[-2:])
        given = {keyword.arg for keyword in node.keywords}
        if short in NAIVE:
            yield Finding(module, node.lineno, f"`{short}` is naive", advice)
        elif name in {"datetime", "datetime.datetime"} and _lacks_tzinfo(node):
            yield Finding(module, node.lineno, "a datetime with no tzinfo", advice)
        elif short == "datetime.fromtimestamp" and len(node.args) < len(("at", "tz")) and "tz" not in given:
            yield Finding(module, node.lineno, "`fromtimestamp` with no tz", advice)
        elif short == "datetime.strptime":
            yield Finding(
                module, node.lineno, "`strptime` reads no offset", "use `datetime.fromisoformat` and check it"
            )


def _lacks_tzinfo(call: ast.Call) -> bool:
    given = {keyword.arg for keyword in call.keywords}
    return len(call.args) < TZINFO_POSITION and "tzinfo" not in given and None not in given


def no_clock_but_the_clock(module: Module) -> Iterator[Finding]:
    """One module reads the wall clock (``clock.py``); everyone else is handed the time."""
    if module.path.name == "clock.py" or module.within("tests"):
        return
    advice = "take a clock as an argument (services/ports.py names it): the simulation must be able to move time"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            short = ".".join(dotted(node.func).split(".")[-2:])
            if short in CLOCKS:
                yield Finding(module, node.lineno, f"`{short}()` outside the clock", advice)
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            for alias in node.names:
                if f"time.{alias.name}" in CLOCKS:
                    yield Finding(module, node.lineno, f"`{alias.name}` outside the clock", advice)


def no_chinese_in_code(module: Module) -> Iterator[Finding]:
    """What a person reads stands in ``resources/translations``, so that it can be switched at once."""
    if not module.within("pos_app/ui", "pos_app/services", "pos_app/devices"):
        return
    tree = module.tree
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings:
            continue
        if CJK.search(node.value):
            advice = "give it a key in resources/translations and ask for the text by it"
            yield Finding(module, node.lineno, f"the text {node.value[:20]!r}", advice)


TRADE_CHECKS = (
    no_float_in_pure_rooms,
    no_money_as_float,
    no_signal_of_int,
    no_naive_datetime,
    no_clock_but_the_clock,
    no_chinese_in_code,
)
