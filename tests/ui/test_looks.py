"""The look as tokens: both themes have the same ones, contrast suffices, amounts look as babel writes them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from pos_app import ui
from pos_app.ui.runtime.money_text import amount_text, time_text
from pos_app.ui.runtime.resources import ROOT, read_json
from pos_app.ui.runtime.theme import THEMES, Theme

TEXT_ON_GROUND = [
    ("ink", "ground"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink", "accent_soft"),
    ("ink_soft", "ground"),
    ("ink_soft", "surface"),
    ("ink_soft", "accent_soft"),
    ("ink_soft", "sunken"),
    ("accent_ink", "accent"),
    ("accent_ink", "accent_down"),
    ("accent_deep", "surface"),
    ("accent_deep", "accent_soft"),
    ("accent_deep", "ground"),
    ("good", "surface"),
    ("good", "accent_soft"),
    ("trouble", "surface"),
    ("trouble", "ground"),
    ("rail_ink", "rail"),
    ("rail_ink", "rail_raised"),
    ("rail_soft", "rail"),
    ("rail_soft", "rail_raised"),
    ("accent", "rail"),
    ("toast_ink", "toast"),
    ("paper_ink", "paper"),
]


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_stands_out_from_its_ground(theme: str, text: str, ground: str) -> None:
    colors = read_json("themes", f"{theme}.json")["colors"]
    light, dark = sorted((luminance(colors[text]), luminance(colors[ground])), reverse=True)

    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_both_themes_have_the_same_tokens() -> None:
    light, dark = (set(read_json("themes", f"{theme}.json")["colors"]) for theme in THEMES)

    assert light == dark


def test_every_token_is_worn_somewhere() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(ui.__path__[0]).rglob("*.py"))
    sheet = (ROOT / "themes/stylesheet.qss").read_text(encoding="utf-8")
    colors = read_json("themes", "light.json")["colors"]

    assert [token for token in colors if f'"{token}"' not in source and f"${token}" not in sheet] == []


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme", THEMES)
def test_the_stylesheet_is_filled_from_the_tokens(theme: str) -> None:
    sheet = Theme(theme).stylesheet()

    assert "$" not in sheet
    assert Theme(theme).color("accent").name() in sheet.lower()


def test_every_icon_is_tinted_by_the_theme() -> None:
    icons = list((ROOT / "icons").glob("*.svg"))

    assert icons
    assert [path.name for path in icons if "currentColor" not in path.read_text(encoding="utf-8")] == []


@given(st.integers(-(10**13), 10**13))
def test_an_amount_looks_as_babel_writes_it(fen: int) -> None:
    whole, rest = divmod(abs(fen), 100)
    wanted = format_currency(f"{whole}.{rest:02d}", "CNY", locale="zh_CN")

    assert amount_text(fen) == ("-" if fen < 0 else "") + wanted


def test_a_time_of_today_is_short_and_an_older_one_names_its_day() -> None:
    now = datetime(2026, 6, 18, 10, 42, tzinfo=UTC)

    assert time_text(now, now) == "10:42"
    assert time_text(now - timedelta(days=1), now) == "06-17 10:42"
    assert time_text(None, now) == "–"
