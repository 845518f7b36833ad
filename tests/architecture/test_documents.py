"""What a document lists is compared with what is there: commands, targets, rooms, links, locks, translations."""

import re
import tomllib
from pathlib import Path

import pytest

from pos_app.cli import COMMANDS
from tests.architecture.tree import ROOT

DOCUMENTS = sorted(path for folder in (".", "docs", "decisions") for path in (ROOT / folder).glob("*.md"))
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
ELSEWHERE = r"(?<![\w.>}*])/(home|Users|work)/\w+|\.\./shared"
TEXT = {"", ".css", ".csv", ".html", ".json", ".lock", ".md", ".mako", ".py", ".spec", ".sql", ".toml"}


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _rooms_of(package: str) -> set[str]:
    """What lies directly in a package: its modules by name, its packages with a slash."""
    folder = ROOT / package
    packages = {f"{path.parent.name}/" for path in folder.glob("*/__init__.py")}
    return packages | {path.stem for path in folder.glob("*.py") if path.stem != "__init__"}


def planned_rooms(document: str) -> dict[str, set[str]]:
    """Read the first drawing of ARCHITECTURE.md: each top folder and the rooms indented below it."""
    rooms: dict[str, set[str]] = {}
    top = ""
    for line in document.split("```")[1].splitlines():
        if not line.strip():
            continue
        name = line.split()[0]
        if line.startswith(" "):
            rooms[top].add(name)
        else:
            top = name
            rooms[top] = set()
    return rooms


@pytest.mark.parametrize("package", ["pos_app", "sync"])
def test_the_plan_names_every_room_and_no_other(package: str) -> None:
    assert planned_rooms(_read("ARCHITECTURE.md"))[f"{package}/"] == _rooms_of(package)


def test_every_top_folder_of_the_plan_is_there() -> None:
    missing = [name for name in planned_rooms(_read("ARCHITECTURE.md")) if not (ROOT / name).is_dir()]

    assert not missing


def test_a_room_that_the_plan_forgets_would_be_seen() -> None:
    drawing = (
        "```\npos_app/   the counter\n  cli    door\n  domain/   rules\nsync/   both ends\n  hq/   headquarters\n```"
    )

    assert planned_rooms(drawing) == {"pos_app/": {"cli", "domain/"}, "sync/": {"hq/"}}


def test_the_layers_drawn_are_the_layers_held() -> None:
    settings = tomllib.loads(_read("pyproject.toml"))
    contract = next(each for each in settings["tool"]["importlinter"]["contracts"] if each["id"] == "house")
    held = [set(re.findall(r"[\w.]+", layer)) for layer in contract["layers"]]
    drawing = _read("ARCHITECTURE.md").split("```")[3]
    drawn = [set(re.findall(r"[\w.]+", line)) for line in drawing.strip().splitlines()]

    assert drawn == held


def test_readme_has_every_command_and_no_other() -> None:
    listed = set(re.findall(r"^\| `granary ([\w-]+)", _read("README.md"), re.MULTILINE))

    assert listed == set(COMMANDS)


def test_readme_has_every_target_of_make_and_no_other() -> None:
    phony = re.search(r"^\.PHONY: (.*)", _read("Makefile"), re.MULTILINE)
    assert phony is not None
    listed = set(re.findall(r"^\| `make ([\w-]+)", _read("README.md"), re.MULTILINE))

    assert listed == set(phony[1].split()) - {"help", "setup-run"}


def test_every_rule_of_make_is_phony_or_a_file() -> None:
    makefile = _read("Makefile")
    phony = re.search(r"^\.PHONY: (.*)", makefile, re.MULTILINE)
    assert phony is not None

    assert set(re.findall(r"^([\w-]+):(?!=)", makefile, re.MULTILINE)) == set(phony[1].split())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_mark_of_a_merge_is_left(document: Path) -> None:
    assert re.findall(r"^(?:<{7}|>{7}) .*", document.read_text(encoding="utf-8"), re.MULTILINE) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8"))

    targets = [(document.parent / link).resolve() for link in links]
    assert [str(target) for target in targets if not target.exists() or ROOT not in target.parents] == []


def test_no_file_names_a_place_on_one_machine() -> None:
    """The project stands alone: no home folder, nothing beside the checkout."""
    folders = [".ci", *(name.strip("/") for name in planned_rooms(_read("ARCHITECTURE.md")))]
    # in a worktree of git, a file of that name says where the repository is
    files = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    files += [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    named = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in files
        if path.suffix in TEXT and "__pycache__" not in path.parts
        for found in [re.search(ELSEWHERE, path.read_text(encoding="utf-8"))]
        if found
    ]

    assert named == []


def test_a_place_on_one_machine_would_be_seen() -> None:
    somebody = "home"

    assert re.search(ELSEWHERE, f"see /{somebody}/me/granary")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_a_document_names_is_there(document: Path) -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", document.read_text(encoding="utf-8"))

    assert [name for name in named if f"def {name}(" not in tests] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_a_document_names_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"`((?:pos_app|sync|tests|tools|docs|decisions|requirements|resources)/[\w./-]+)`", text)

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_decisions_have_a_number_of_their_own_and_are_all_listed() -> None:
    pages = sorted(path.name for path in (ROOT / "decisions").glob("[0-9]*.md"))
    index = _read("decisions/README.md")

    numbers = [page[:4] for page in pages]
    assert [number for number in numbers if numbers.count(number) > 1] == []
    assert [page for page in pages if page not in index] == []


@pytest.mark.parametrize("page", sorted((ROOT / "decisions").glob("[0-9]*.md")), ids=lambda path: path.stem)
def test_a_decision_says_what_was_left_and_what_holds_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert [part for part in ("**Before us.**", "**Choice.**", "**Left.**", "**Held by**") if part not in text] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_locks_carry_hashes_and_name_no_host(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    requirements = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    hashed = re.findall(r"^([\w.-]+)==[^\n]*\\\n\s+--hash=sha256:", text, re.MULTILINE)

    assert requirements
    assert requirements == hashed
    assert not re.search(r"https?://|file:|--(extra-)?index|--find-links", text)


def test_the_locks_know_every_dependency() -> None:
    project = tomllib.loads(_read("pyproject.toml"))["project"]
    wanted = {
        "run": project["dependencies"],
        "test": project["dependencies"] + project["optional-dependencies"]["test"],
    }
    for lock in LOCKS:
        locked = {_plain(name) for name in re.findall(r"^([\w.-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)}
        names = {_plain(re.split(r"[^\w.-]", line)[0]) for line in wanted[lock.stem]}

        assert names - locked == set(), "run `make locks`"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_lock_of_a_till_is_part_of_the_lock_for_tests() -> None:
    run, test = (
        set(re.findall(r"^[\w.-]+==[^\s\\]+", lock.read_text(encoding="utf-8"), re.MULTILINE)) for lock in LOCKS
    )

    assert run <= test
