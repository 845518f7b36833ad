"""Every text that the counter asks for exists in every language, and every text that exists is asked for."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.architecture.tree import ROOT, Module, dotted, modules

TRANSLATIONS = sorted((ROOT / "resources" / "translations").glob("*.json"))
ERRORS = re.compile(
    r"^(Refusal|Breakdown|DiskFull|FileLocked|FileDamaged|FileTooNew|LineDown|LineTalksRubbish|PrinterDown)$"
)
SEEN_BY_A_PERSON = (
    "pos_app/services",
    "pos_app/store",
    "pos_app/devices",
    "pos_app/bootstrap",
    "pos_app/proving",
    "sync/client",
)


def _texts(name: str) -> dict[str, str]:
    text = (ROOT / "resources/translations" / name).read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text, object_pairs_hook=_each_once)
    return found


def _each_once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Read texts; two branches that were merged may have brought the same key, and JSON takes the last in silence."""
    found = dict(pairs)
    twice = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
    assert not twice, f"written twice: {twice}"
    return found


def asked_for(module: Module) -> Iterator[tuple[int, str]]:
    """Keys given to ``tr``, ``note`` and ``bind`` as they stand."""
    place = {"tr": 0, "note": 0, "bind": 1}
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        index = place.get(dotted(node.func).rpartition(".")[2], 99)
        if index < len(node.args):
            key = node.args[index]
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield node.lineno, key.value


def error_codes(module: Module) -> Iterator[tuple[int, str]]:
    """Codes of refusals and breakdowns, as they stand at the `raise`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and node.args and ERRORS.match(dotted(node.func).rpartition(".")[2]):
            code = node.args[0]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield node.lineno, code.value


def test_every_language_says_the_same_things_with_the_same_places() -> None:
    texts = {path.stem: _texts(path.name) for path in TRANSLATIONS}

    assert {"zh_CN", "en"} <= set(texts)
    first, *others = texts.values()
    for other in others:
        assert set(other) ^ set(first) == set()
        differ = [key for key in first if _places(first[key]) != _places(other[key])]
        assert differ == []


def _places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", text))


def test_every_text_that_the_window_asks_for_exists() -> None:
    texts = _texts("zh_CN.json")
    missing = [
        f"{module.path}:{line}: {key}"
        for module in modules("pos_app/ui")
        for line, key in asked_for(module)
        if key not in texts
    ]

    assert missing == []


def test_every_refusal_and_breakdown_that_a_person_may_meet_has_words() -> None:
    texts = _texts("zh_CN.json")
    missing = [
        f"{module.path}:{line}: error.{code}"
        for module in modules(*SEEN_BY_A_PERSON)
        for line, code in error_codes(module)
        if f"error.{code}" not in texts
    ]

    assert missing == []


def trouble_codes(module: Module) -> Iterator[tuple[int, str]]:
    """Codes of exceptions that headquarters makes, as they stand."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and node.args and dotted(node.func) in {"Trouble", "CannotApply"}:
            code = node.args[0]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield node.lineno, code.value


def test_every_exception_that_a_store_may_read_has_words() -> None:
    texts = _texts("zh_CN.json")
    found = [(module, line, code) for module in modules("sync/hq") for line, code in trouble_codes(module)]

    assert len(found) > 8
    assert [f"{module.path}:{line}: {code}" for module, line, code in found if f"exception.{code}" not in texts] == []


def test_no_text_is_kept_that_nobody_asks_for() -> None:
    source = [module.text for module in modules("pos_app", "sync")]
    source += [
        path.read_text(encoding="utf-8") for path in (ROOT / "resources").rglob("*.json") if path not in TRANSLATIONS
    ]
    everything = "\n".join(source)
    composed = set(re.findall(r"f\"(\w+\.[\w.]*)\{", everything))
    unused = [
        key for key in _texts("zh_CN.json") if f'"{key}"' not in everything and not key.startswith(tuple(composed))
    ]

    assert unused == []


def test_the_finders_find() -> None:
    text = 'a.tr("one.two")\nb.bind(set, "three.four")\nraise Refusal("no_price", sku=s)\nraise LineDown("line_cut")'
    module = Module(PurePosixPath("pos_app/ui/x.py"), text)

    assert [key for _, key in asked_for(module)] == ["one.two", "three.four"]
    assert [code for _, code in error_codes(module)] == ["no_price", "line_cut"]
