"""Folders that a person would write a file into: what is plugged in first, then their own. Knows no widget."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, QStorageInfo

_PLUGGED_IN: Final = ("/media/", "/run/media/", "/mnt/", "/Volumes/")
_OWN: Final = (
    QStandardPaths.StandardLocation.DesktopLocation,
    QStandardPaths.StandardLocation.DocumentsLocation,
    QStandardPaths.StandardLocation.HomeLocation,
)
MOST: Final = 5


def usual_places() -> Sequence[str]:
    """List them, the likeliest first."""
    volumes = (each.rootPath() for each in QStorageInfo.mountedVolumes() if _can_take(each))
    own = (QStandardPaths.writableLocation(each) for each in _OWN)
    found = dict.fromkeys(path for path in (*volumes, *own) if path and Path(path).is_dir())
    return list(found)[:MOST]


def _can_take(volume: QStorageInfo) -> bool:
    root = volume.rootPath()
    drive = len(root) == len("E:/") and root[1:] == ":/" and not volume.isRoot()
    return volume.isReady() and not volume.isReadOnly() and (drive or root.startswith(_PLUGGED_IN))
