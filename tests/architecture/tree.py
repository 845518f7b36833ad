"""The source tree as the house-style checks see it: modules with their text and syntax tree, and findings with advice.

Knows nothing of any rule.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ("pos_app", "sync")
TESTED = (*SOURCE, "tests", "tools")


@dataclass(frozen=True)
class Module:
    """One Python file, by its path from the root of the project."""

    path: PurePosixPath
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    def within(self, *rooms: str) -> bool:
        """Say whether the file is one of these, or lies in one of these folders."""
        return any(self.path == PurePosixPath(room) or PurePosixPath(room) in self.path.parents for room in rooms)


@dataclass(frozen=True)
class Finding:
    """One place that a rule objects to, and what to do there."""

    module: Module
    line: int
    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.module.path}:{self.line}: {self.what}\n    → {self.advice}"


def modules(*tops: str) -> Iterator[Module]:
    for top in tops or TESTED:
        for path in sorted((ROOT / top).rglob("*.py")):
            yield Module(PurePosixPath(path.relative_to(ROOT).as_posix()), path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function with its qualified name (``Class.method``, ``outer.inner``)."""
    yield from _functions_in(tree, "")


def _functions_in(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name, child
            yield from _functions_in(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.ClassDef):
            yield from _functions_in(child, f"{prefix}{child.name}.")
        else:
            yield from _functions_in(child, prefix)


def dotted(node: ast.AST) -> str:
    """Read a chain of names as written, ``datetime.now``; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (head := dotted(node.value)):
        return f"{head}.{node.attr}"
    return ""
