"""What a person chose at this register, in a small JSON file of the window's own: language, theme, when it locks.

Expendable: a file that cannot be read gives the defaults.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pos_app.domain.errors import Breakdown
from pos_app.ui.runtime.theme import THEMES
from pos_app.ui.runtime.translations import LANGUAGES

LOCK_MINUTES = (0, 5, 10, 30)
"""What the settings offer; the file may say any number up to a day."""
MOST_LOCK_MINUTES = 24 * 60
CUSTOMER_SCREENS = ("auto", "on", "off")
"""When the customer's screen is shown: where there is a second monitor, always, never."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """The choices."""

    language: str = LANGUAGES[0]
    theme: str = THEMES[0]
    lock_minutes: int = 10
    """It locks itself after so many minutes without a hand; 0 is never."""
    customer_screen: str = CUSTOMER_SCREENS[0]


@dataclass(frozen=True, slots=True)
class PreferenceFile:
    """Where they are kept; None keeps nothing (a tour, a test)."""

    path: Path | None = None

    @property
    def keymap_changes(self) -> Path | None:
        """Where a store's own keys would lie: ``keymap.json`` beside the preferences."""
        return None if self.path is None else self.path.with_name("keymap.json")

    def read(self) -> Preferences:
        """Read the choices; what is missing, unknown or unreadable is the default."""
        try:
            document = json.loads(self.path.read_text(encoding="utf-8")) if self.path else {}
        except (OSError, ValueError):
            return Preferences()
        chosen = document if isinstance(document, dict) else {}
        language, theme, minutes = chosen.get("language"), chosen.get("theme"), chosen.get("lock_minutes")
        facing = chosen.get("customer_screen")
        usual = Preferences()
        return Preferences(
            language if language in LANGUAGES else usual.language,
            theme if theme in THEMES else usual.theme,
            minutes if type(minutes) is int and 0 <= minutes <= MOST_LOCK_MINUTES else usual.lock_minutes,
            facing if facing in CUSTOMER_SCREENS else usual.customer_screen,
        )

    def keep(self, preferences: Preferences) -> None:
        """Write the choices in one step; raise ``Breakdown("preferences_not_kept")`` when it cannot be."""
        if self.path is None:
            return
        beside = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(asdict(preferences)), encoding="utf-8")
            beside.replace(self.path)
        except OSError as error:
            raise Breakdown("preferences_not_kept", file=str(self.path)) from error
