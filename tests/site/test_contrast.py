"""Words and signs stand out from what is behind them, in the light and in the dark (WCAG 2.2, AA)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "static" / "css" / "site.css").read_text()

WORDS = 4.5
SIGNS = 3.0  # outlines and pictures that carry meaning

# What is written on what, over all pages.
PAIRS = [
    *[(ink, ground, WORDS) for ink in ("ink", "ink-soft", "egen", "teto", "danger") for ground in ("paper", "card")],
    *[(ink, "egen-soft", WORDS) for ink in ("ink", "egen")],
    *[(ink, "teto-soft", WORDS) for ink in ("ink", "teto")],
    ("ink", "line", WORDS),
    ("ink-soft", "dot", WORDS),
    ("on-accent", "egen", WORDS),
    ("on-accent", "teto", WORDS),
    ("sticker-ink", "sticker-egen", WORDS),
    ("sticker-ink", "sticker-teto", WORDS),
    *[("focus", ground, SIGNS) for ground in ("paper", "card", "egen-soft", "teto-soft")],
    *[("edge", ground, SIGNS) for ground in ("paper", "card")],
]


def palette(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6});", block))


LIGHT = palette(CSS.split("@media (prefers-color-scheme: dark)")[0])
DARK = {**LIGHT, **palette(CSS.split("@media (prefers-color-scheme: dark)")[1].split("*,")[0])}


def luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("theme", "colors"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_it_stands_out(theme, colors, ink, ground, least):
    reached = contrast(colors[ink], colors[ground])
    assert reached >= least, f"--{ink} on --{ground} reaches {reached:.2f} in the {theme}"
