"""A register that does not open lets go of its files, so that the next try may have them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from pos_app.bootstrap.register import Surroundings, open_register, upgrade_journal
from pos_app.domain.errors import Breakdown
from pos_app.domain.ids import DeviceId
from pos_app.store.journal.opening import Beginning, create_journal
from pos_app.store.register_folder import RegisterFolder, RegisterIdentity
from tests.support.ports import DEVICE, CountedIds, HandClock, Tray

IDENTITY = RegisterIdentity(DEVICE, "S001", "禾丰路店", "east", 1, "http://hq.test", 480, 1, "")


@dataclass(slots=True)
class FailingOnce:
    """No identity can be had the first time."""

    ids: CountedIds = field(default_factory=CountedIds)
    failed: bool = False

    def new(self) -> UUID:
        if not self.failed:
            self.failed = True
            raise Breakdown("disk_failing", file="/dev/urandom")
        return self.ids.new()


def test_a_register_that_failed_to_open_opens_at_the_next_try(tmp_path: Path) -> None:
    folder, tray = RegisterFolder(tmp_path), Tray()
    folder.prepare()
    create_journal(folder.journal, Beginning(DeviceId(DEVICE)), upgrade_journal)
    around = Surroundings(HandClock(datetime(2026, 6, 18, tzinfo=UTC)), FailingOnce(), tray, tray)

    with pytest.raises(Breakdown, match="disk_failing"):
        open_register(folder, IDENTITY, around, background=False)

    open_register(folder, IDENTITY, around, background=False).close()
