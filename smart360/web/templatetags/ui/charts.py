"""Charts, drawn by the server: bars with the same figures as a table below, dials of a score."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from smart360.web.shown import Bar
from smart360.web.templatetags.ui.library import register

WIDTH, HEIGHT = 640, 190
LEFT, RIGHT, TOP, BOTTOM = 56, 4, 22, 22
MOST_LABELS = 13


class _Drawn(NamedTuple):
    """One bar where it stands; ``mid`` is its middle, ``above`` where a mark stands."""

    bar: Bar
    x: float
    y: float
    width: float
    height: float
    mid: float
    above: float
    is_labelled: bool


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(bars: Sequence[Bar], *, label: str, heads: Sequence[str], id: str) -> dict[str, Any]:
    """Bars from nought, flagged ones marked; `heads` are those of the table that says the same.

    `label` says what is shown. A bar below nought stands at nought: the table says how much.
    """
    if not all(isinstance(each, Bar) for each in bars):
        raise TypeError("a bar chart is made of Bar")
    if any(len(each.cells) != len(heads) for each in bars):
        raise ValueError("each bar wants a cell for every head of the table")
    most = max((float(each.value) for each in bars), default=0.0)
    return {
        "drawn": _drawn(bars, most),
        "bars": bars,
        "label": label,
        "heads": heads,
        "id": id,
        "view": f"0 0 {WIDTH} {HEIGHT}",
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "lines": [(y, y + 4, _short(value)) for y, value in _lines(most)],
        "labels_y": HEIGHT - 6,
        "is_flagged": any(each.flag for each in bars),
    }


ROUND = 339.3
"""The length of the dial's circle: its radius is 54."""
GOOD, FAIR = 70, 40
"""From where on a dial, or a bar beside it, is green, and yellow; it is red below."""


def tone_of(score: float) -> str:
    """The tone of a value between 0 and 100; its number says the same."""
    if score >= GOOD:
        return "green"
    return "yellow" if score >= FAIR else "red"


@register.inclusion_tag("components/dial.html")
def dial(score: int, *, label: str) -> dict[str, Any]:
    """A score of 0 to 100 as a ring with its number."""
    if not 0 <= score <= 100:
        raise ValueError("a dial shows 0 to 100")
    filled = round(ROUND * score / 100, 1)
    return {"score": score, "label": label, "tone": tone_of(score), "dash": f"{filled} {ROUND}"}


@register.inclusion_tag("components/part_bar.html")
def part_bar(value: Decimal | str, *, label: str) -> dict[str, Any]:
    """One value between 0 and 100 as a bar in a row of a table."""
    return {"value": value, "label": label, "tone": tone_of(float(value))}


def _lines(most: float) -> list[tuple[float, float]]:
    """The lines across with their values: nought, the half, the most."""
    high = HEIGHT - TOP - BOTTOM
    parts = (0.0, 0.5, 1.0) if most else (0.0,)
    return [(round(HEIGHT - BOTTOM - high * part, 1), most * part) for part in parts]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or not value else f"{value:,.2f}"


def _drawn(bars: Sequence[Bar], most: float) -> list[_Drawn]:
    if not bars:
        return []
    room = (WIDTH - LEFT - RIGHT) / len(bars)
    every = -(-len(bars) // MOST_LABELS)
    found = []
    for at, each in enumerate(bars):
        share = max(0.0, float(each.value)) / most if most > 0 else 0.0
        high = round((HEIGHT - TOP - BOTTOM) * share, 1)
        x = LEFT + room * at + room * 0.15
        y = round(HEIGHT - BOTTOM - high, 1)
        is_labelled = (len(bars) - 1 - at) % every == 0
        found.append(
            _Drawn(each, round(x, 1), y, round(room * 0.7, 1), high,
                   round(x + room * 0.35, 1), round(y - 6, 1), is_labelled)
        )  # fmt: skip
    return found
