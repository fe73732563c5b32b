"""The contrast of every pair of colours that meet, in both themes (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLE = Path(__file__).parents[2] / "matchmaker" / "static" / "app.css"
TEXT, EDGE = 4.5, 3.0
GROUNDS = ("paper", "card")
TONES = ("good", "attention", "problem")


def pairs() -> list[tuple[str, str, float]]:
    """Foreground, background and the least contrast."""
    found = [
        (name, ground, TEXT)
        for ground in GROUNDS
        for name in ("ink", "quiet", "accent", "accent-strong", *TONES)
    ]
    found += [(name, ground, EDGE) for ground in GROUNDS for name in ("edge", "accent")]
    found += [(tone, f"{tone}-pale", TEXT) for tone in TONES]
    found += [("ink", f"{tone}-pale", TEXT) for tone in TONES]
    found += [("ink", "neutral-pale", TEXT), ("quiet", "neutral-pale", TEXT)]
    found += [(name, "accent-pale", TEXT) for name in ("ink", "quiet", "accent", "accent-strong")]
    found += [("on-accent", "accent", TEXT), ("on-accent", "accent-strong", TEXT)]
    # The focus ring is amber with a rim of ink: one of the two is seen on every ground.
    found += [("ink", ground, EDGE) for ground in (*GROUNDS, "accent-pale")]
    return [*found, ("card", "problem", TEXT)]


def tokens(theme: str) -> dict[str, str]:
    """The custom properties of a theme; dark ones lie over the light ones."""
    css = STYLE.read_text(encoding="utf-8")
    light = re.search(r"^:root \{(.*?)^\}", css, re.S | re.M)
    dark = re.search(r'^:root\[data-theme="dark"\] \{(.*?)^\}', css, re.S | re.M)
    assert light
    assert dark
    blocks = [light.group(1)] + ([dark.group(1)] if theme == "dark" else [])
    return {
        name: value
        for block in blocks
        for name, value in re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block)
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_is_enough_in_the_theme(theme: str) -> None:
    colours = tokens(theme)
    weak = {
        f"{front} on {ground}": round(contrast(colours[front], colours[ground]), 2)
        for front, ground, least in pairs()
        if contrast(colours[front], colours[ground]) < least
    }
    assert weak == {}


def test_dark_tokens_are_the_same_by_device_and_by_choice() -> None:
    css = STYLE.read_text(encoding="utf-8")
    by_device = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\}', css, re.S)
    by_choice = re.search(r'^:root\[data-theme="dark"\] \{(.*?)\}', css, re.S | re.M)
    assert by_device
    assert by_choice
    named = re.compile(r"--[\w-]+: [^;]+;")
    assert named.findall(by_device.group(1)) == named.findall(by_choice.group(1))


def contrast(one: str, other: str) -> float:
    """From 1 (equal) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
