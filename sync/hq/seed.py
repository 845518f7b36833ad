"""Filling a headquarters with a chain document (`resources/demo/chain.json`), through the doors that people use.

Done twice it changes nothing.
"""

from functools import partial
from pathlib import Path

from sync.hq.headquarters import Headquarters
from sync.hq.importing.documents import Import, read_document
from sync.hq.importing.importing import Imported, import_rows
from sync.hq.importing.mistakes import Mistakes


async def seed(hq: Headquarters, document: Path) -> Imported:
    """Import a chain document; raise ``Refusal("import_mistakes")`` with all that is wrong with it."""
    return await import_rows(hq, partial(_read, document))


def _read(document: Path, mistakes: Mistakes) -> Import:
    return read_document(document.name, document.read_bytes(), mistakes)
