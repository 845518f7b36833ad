"""Checks on shape: size, names, docstrings, imports, edges, and what may not be left lying about.

Knows nothing of money or time: those are in ``trade_checks``. What ruff can say by itself is not said again here,
but where our rule is another one (positional parameters) or needs our advice.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tests.architecture.tree import Finding, Module, functions

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_POSITIONAL = 4
VAGUE = frozenset({"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"})
DOORS = ("pos_app/__main__.py", "pos_app/cli.py", "pos_app/bootstrap/")
BROAD = frozenset({"Exception", "BaseException"})
EDGES = {
    "pos_app/ui/runtime/tasks.py": "worker loop: the thread lives on, and the window's own edge raises it",
    "pos_app/devices/printer/queue.py": "worker loop: one bad receipt does not stop those behind it",
    "sync/hq/facts/applying.py": "worker loop: a fact that our code trips over is quarantined (docs/sync.md §2)",
    "sync/client/worker.py": "worker loop: the other duties go on, and this one rests",
    "sync/client/lan_server.py": "request handler: what a neighbour's question trips over ends nothing here",
    "pos_app/proving/simulate/register/agent.py": "worker loop: whatever the engine fails on is what is looked for",
    "pos_app/proving/simulate/register/counter.py": "slot runner: the same of what the counter sees to by itself",
    "pos_app/proving/simulate/hq/stepped_loop.py": "worker loop: a future carries what a thread raised",
}
"""The files that may catch everything, and which edge each is: slot runner, request handler or worker loop."""
LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
IGNORE = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:|mypy:)(?P<rest>.*)")
IGNORE_CODE = re.compile(r"^\s*(\[[\w, -]+\]|:\s*[A-Z]+\d+(\s*,\s*[A-Z]+\d+)*|no (cover|branch))")


def not_too_long(module: Module) -> Iterator[Finding]:
    lines = module.text.count("\n")
    if lines > MAX_FILE_LINES:
        yield Finding(module, 1, f"{lines} lines", f"which two things is it? Split it (over {MAX_FILE_LINES})")
    if module.within("sync/hq/db/migrations", "pos_app/store/journal/migrations"):
        return  # a revision is a list of steps that nobody edits again
    for name, node in functions(module.tree):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > MAX_FUNCTION_LINES:
            yield Finding(module, node.lineno, f"`{name}` has {length} lines", f"split it (over {MAX_FUNCTION_LINES})")


def few_positional_parameters(module: Module) -> Iterator[Finding]:
    """Past four, a call is a riddle. Fixtures of tests are named by themselves."""
    if module.within("tests"):
        return
    for name, node in functions(module.tree):
        named = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        count = len(named) - (named[:1] in (["self"], ["cls"]))
        overrides = any(isinstance(d, ast.Name) and d.id == "override" for d in node.decorator_list)
        if count > MAX_POSITIONAL and not overrides:
            advice = f"at most {MAX_POSITIONAL}, then `*` and keywords; or one object that has a name"
            yield Finding(module, node.lineno, f"`{name}` takes {count} positional parameters", advice)


def plain_names(module: Module) -> Iterator[Finding]:
    for part in (*module.path.parts[:-1], module.path.stem):
        if set(part.split("_")) & VAGUE:
            yield Finding(module, 1, f"the name `{part}`", "say in the trade's words what is inside")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and re.search(r"(Manager|Helper|Utils?|Misc)$", node.name):
            yield Finding(module, node.lineno, f"the class `{node.name}`", "name it for what it is or does")


def said_what_for(module: Module) -> Iterator[Finding]:
    """Every module and class of ours has a docstring; tests speak by their names."""
    if module.within("tests") or (module.path.name == "__init__.py" and not module.text.strip()):
        return
    tree = module.tree
    if not ast.get_docstring(tree) and "migrations/versions" not in str(module.path):
        yield Finding(module, 1, "no module docstring", "say what it is for and what it knows nothing of")
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not ast.get_docstring(node):
            yield Finding(module, node.lineno, f"`{node.name}` has no docstring", "say in a line what one of them is")


def init_is_a_docstring(module: Module) -> Iterator[Finding]:
    """An import of a package runs nothing: who imports one leaf does not load the tree."""
    if module.path.name != "__init__.py":
        return
    for index, node in enumerate(module.tree.body):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if index > 0 or not is_text:
            yield Finding(module, node.lineno, "code in `__init__.py`", "put it in a module with a name")


def imports_stand_at_the_top(module: Module) -> Iterator[Finding]:
    if str(module.path).startswith(DOORS) or module.within("tests"):
        return
    advice = "import at the top; what must come late is decided in bootstrap, alone"
    for name, node in functions(module.tree):
        for inner in ast.walk(node):
            if isinstance(inner, ast.Import | ast.ImportFrom):
                yield Finding(module, inner.lineno, f"an import inside `{name}`", advice)
    for part in ast.walk(module.tree):
        if isinstance(part, ast.Attribute) and part.attr == "import_module":
            yield Finding(module, part.lineno, "`import_module`", advice)


def broad_except_at_the_edges(module: Module) -> Iterator[Finding]:
    """Catching everything hides bugs; it is for the three edges. Who raises again hides nothing."""
    if str(module.path) in EDGES or module.within("tests"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and not _raises_again(node):
            advice = "catch what you expect; if this is a new edge, name it in EDGES (tests/architecture) and say why"
            yield Finding(module, node.lineno, "a broad `except`", advice)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if called == "suppress" and any(_is_broad(argument) for argument in node.args):
                yield Finding(module, node.lineno, "a broad `suppress`", "suppress what you expect")


def _is_broad(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(isinstance(one, ast.Name) and one.id in BROAD for one in kinds)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    return bool(handler.body) and isinstance(handler.body[-1], ast.Raise)


def nothing_left_over(module: Module) -> Iterator[Finding]:
    """No note to do it later, and every silenced check says which and why."""
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type != tokenize.COMMENT:
            continue
        if match := LEFT_OVER.search(token.string):
            yield Finding(module, token.start[0], match.group(), "do it, or open an issue and delete the note")
        if ignore := IGNORE.search(token.string):
            code = IGNORE_CODE.match(ignore["rest"])
            reason = ignore["rest"][code.end() :].strip(" #—–-:,;.") if code else ""
            if not code or not reason:
                advice = "`# noqa: S608 — the names are ours`: its code, then the reason, on the same line"
                yield Finding(module, token.start[0], f"a bare {token.string.strip()!r}", advice)


SHAPE_CHECKS = (
    not_too_long,
    few_positional_parameters,
    plain_names,
    said_what_for,
    init_is_a_docstring,
    imports_stand_at_the_top,
    broad_except_at_the_edges,
    nothing_left_over,
)
