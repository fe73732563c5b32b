"""The static files keep the promises: light, mirrored by themselves, nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

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
ICON_AT = {
    "icon": 0,
    "button": 2,
    "pill": 2,
    "empty_state": 2,
    "link_button": 3,
    "post_button": 3,
    "notice": 3,
}
"""The place of the icon's name among the arguments of a macro."""
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
    unknown = [
        f"{template.name}: {name}"
        for template in TEMPLATES
        for name in icons_of(template)
        if name and name not in known
    ]
    assert unknown == []


def icons_of(template: Path) -> Iterator[str]:
    """The icon names written out in the calls of our macros."""
    syntax = Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(
        template.read_text("utf-8")
    )
    for call in syntax.find_all(nodes.Call):
        macro = getattr(call.node, "attr", getattr(call.node, "name", ""))
        if macro not in ICON_AT:
            continue
        given = call.args[ICON_AT[macro] : ICON_AT[macro] + 1]
        given += [word.value for word in call.kwargs if word.key == "icon_name"]
        yield from (value.value for value in given if isinstance(value, nodes.Const))


def test_what_every_page_loads_is_light() -> None:
    names = ("app.css", "app.js", "icons.svg")
    sizes = {name: (STATIC / name).stat().st_size for name in names}
    assert sum(sizes.values()) < 55_000, sizes
    assert sizes["app.js"] < 4096
