"""A register's process once its window stands: what it has loaded, and what it looks through for garbage."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pos_app.domain.ids import DeviceId
from pos_app.store.journal.opening import Beginning, create_journal
from pos_app.store.journal.upgrading import bring_up_to_date
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity

PROGRAM = """
import gc, sys
from pathlib import Path
from pos_app.bootstrap.commands import run_window
from pos_app.store.register_folder import RegisterFolder

def opened():
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    def look():
        if gc.isenabled():
            watch.stop()
            print(gc.get_freeze_count(), *(name for name in sys.argv[2:] if name in sys.modules))
            QApplication.closeAllWindows()

    watch = QTimer(QApplication.instance(), interval=10)
    watch.timeout.connect(look)
    watch.start()

quiet = [sys.executable, "-c", "import sys; sys.stdin.read()"]
sys.exit(run_window(RegisterFolder(Path(sys.argv[1])), "none", agent=quiet, ready=opened))
"""
NOT_FOR_A_SCAN = ("httpx", "apscheduler", "sqlalchemy", "alembic", "biip", "babel", "PIL", "structlog")


@pytest.fixture
def enrolled(tmp_path: Path) -> RegisterFolder:
    folder = RegisterFolder(tmp_path / "register")
    folder.prepare()
    create_journal(folder.journal, Beginning(DeviceId("S001-R1")), bring_up_to_date)
    folder.keep_identity(
        RegisterIdentity(
            device="S001-R1",
            store="S001",
            store_name="和平店",
            zone="east",
            register=1,
            headquarters="http://127.0.0.1:9",
            utc_offset_minutes=480,
            epoch=1,
            public_key="00",
        )
    )
    return folder


def test_an_open_register_has_loaded_what_a_scan_needs_and_set_aside_what_stays(enrolled: RegisterFolder) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(enrolled.path), *NOT_FOR_A_SCAN],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    set_aside, *loaded = done.stdout.split()
    assert int(set_aside) > 10_000
    assert loaded == []
