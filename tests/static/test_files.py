"""The static files keep the promises: light, mirrored by themselves, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "matchmaker" / "static"
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*.html") if "mail" not in path.parts
)
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|inset)-(?:left|right|top|bottom)\b"
    r"|(?:left|right|top|bottom|width|height|min-width|max-width|min-height|max-height)\s*:"
    r"|text-align:\s*(?:left|right)|float:\s*(?:left|right))"
)
NOT_RULES = re.compile(r"@media[^{]*|/\*.*?\*/", re.S)


def sheets() -> list[Path]:
    return sorted(STATIC.rglob("*.css"))


@pytest.mark.parametrize("sheet", sheets(), ids=lambda path: path.name)
def test_style_sheets_use_logical_properties_only(sheet: Path) -> None:
    css = NOT_RULES.sub("", sheet.read_text(encoding="utf-8"))
    assert PHYSICAL.findall(css) == []


@pytest.mark.parametrize("sheet", sheets(), ids=lambda path: path.name)
def test_style_sheets_load_nothing(sheet: Path) -> None:
    assert re.findall(r"@import|url\(", sheet.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_style_or_script(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert re.findall(r"\sstyle=|<style|<script(?! src=)|\son\w+=|\|\s*safe\b", source) == []


def test_icons_of_the_templates_are_in_the_sprite() -> None:
    sprite = (STATIC / "icons.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    asked = {
        name
        for template in TEMPLATES
        for name in re.findall(r"\bicon\('([\w-]+)'", template.read_text(encoding="utf-8"))
    }
    assert asked - known == set()


def test_what_every_page_loads_is_light() -> None:
    names = ("app.css", "app.js", "icons.svg")
    sizes = {name: (STATIC / name).stat().st_size for name in names}
    assert sum(sizes.values()) < 55_000, sizes
    assert sizes["app.js"] < 4096
