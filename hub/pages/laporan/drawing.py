"""Bars and maps of a report, as plain shapes that the templates write as SVG. No script, no library.

Nothing is told by colour alone: every bar and every village bears its value in words, and the table beside them is the
data itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

WIDTH = 480
STEP, BAR, TOP = 46, 16, 22  # units: of one line, of its bar, and down to the baseline of its words
MOST_BARS = 40
LINE = 44
"""Characters that fit above a bar: the name and the value."""
SHADES = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A value to be shown: whose it is, what it is (None where nothing is known), and how it reads."""

    code: str
    name: str
    value: Decimal | None
    text: str
    beyond: str = ""  # why it stands out, in words


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the chart. `name` is cut so that it does not run into the value; the whole stands in the table."""

    mark: Mark
    name: str
    text_y: int
    bar_y: int
    length: int


@dataclass(frozen=True, slots=True)
class Chart:
    """All lines; `limit` is where the threshold's line stands. `left_out` lines are in the table only."""

    bars: tuple[Bar, ...]
    height: int
    limit: int | None
    left_out: int


@dataclass(frozen=True, slots=True)
class Shape:
    """A village on the map. `shade` is 0 where nothing is known."""

    mark: Mark
    path: str
    x: int
    y: int
    number: int
    shade: int


@dataclass(frozen=True, slots=True)
class Map:
    """The villages of a kecamatan."""

    width: int
    height: int
    shapes: tuple[Shape, ...]


def chart(marks: Sequence[Mark], *, whole: Decimal | None, limit: Decimal | None) -> Chart | None:
    """Bars; None where there is nothing to draw. `whole` is what a full bar means, if that is fixed."""
    shown = marks[:MOST_BARS]
    known = [mark.value for mark in shown if mark.value is not None]
    if not known:
        return None
    most = max([*known, *([] if whole is None else [whole]), *([] if limit is None else [limit])])

    def length(value: Decimal) -> int:
        return 0 if most <= 0 else int(max(value, Decimal(0)) * WIDTH / most)

    bars = tuple(
        Bar(mark, _short(mark), TOP + STEP * at, TOP + STEP * at + 6, 0 if mark.value is None else length(mark.value))
        for at, mark in enumerate(shown)
    )
    return Chart(bars, STEP * len(shown), None if limit is None else length(limit), len(marks) - len(shown))


def _short(mark: Mark) -> str:
    room = max(LINE - len(mark.text), LINE // 3)
    return mark.name if len(mark.name) <= room else mark.name[: room - 1].rstrip() + "…"


def village_map(kecamatan: str, marks: Sequence[Mark], *, whole: Decimal | None) -> Map | None:
    """The villages of a kecamatan whose borders the hub knows; None for the others."""
    borders = _borders(kecamatan)
    if borders is None:
        return None
    found: Mapping[str, Mark] = {mark.code: mark for mark in marks}
    known = [mark.value for mark in marks if mark.value is not None]
    most = max([*known, *([] if whole is None else [whole])], default=Decimal(0))
    shapes = tuple(
        Shape(
            mark=(mark := found.get(each["code"], Mark(each["code"], each["name"], None, ""))),
            path=each["path"],
            x=each["x"],
            y=each["y"],
            number=at,
            shade=_shade(mark.value, most),
        )
        for at, each in enumerate(borders["shapes"], 1)
    )
    return Map(borders["width"], borders["height"], shapes)


def _shade(value: Decimal | None, most: Decimal) -> int:
    if value is None:
        return 0
    if most <= 0 or value <= 0:
        return 1
    return min(SHADES, 1 + int(value * SHADES / most))


@cache
def _borders(kecamatan: str) -> Mapping[str, Any] | None:
    source = files("hub.pages") / "maps" / f"{kecamatan}.json"
    found: Mapping[str, Any] | None = orjson.loads(source.read_bytes()) if source.is_file() else None
    return found
