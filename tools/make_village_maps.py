"""Makes the small village maps of the report pages from GeoJSON: `python -m tools.make_village_maps FILE…`.

A map is drawn once, here: borders simplified to what a telephone shows, in whole units of a plane 1,000 wide. Nothing
is measured on it. Where the polygons come from stands in hub/pages/maps/SOURCES.md.
"""

import json
import math
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "hub/pages/maps"
WIDTH = 1_000
COARSE = 3.0  # units by which a border may be moved
LEAST = 30.0  # square units; what is smaller cannot be seen

Point = tuple[float, float]


def main(sources: Sequence[str]) -> None:
    """One file for each kecamatan."""
    for source in sources:
        features = json.loads(Path(source).read_text(encoding="utf-8"))["features"]
        for code in sorted({each["properties"]["parent_code"] for each in features}):
            own = [each for each in features if each["properties"]["parent_code"] == code]
            text = json.dumps(drawn(own), ensure_ascii=False, separators=(",", ":"))
            (TARGET / f"{code}.json").write_text(text.replace('{"code"', '\n{"code"') + "\n", encoding="utf-8")


def drawn(features: Sequence[Any]) -> dict[str, Any]:
    """The map of these villages."""
    rings = {each["properties"]["code"]: outer(each["geometry"]) for each in features}
    points = [point for own in rings.values() for ring in own for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrow)

    def place(point: Point) -> Point:
        return (point[0] - west) * narrow * scale, (north - point[1]) * scale

    shapes = []
    for each in sorted(features, key=lambda one: str(one["properties"]["code"])):
        own = [[place(point) for point in ring] for ring in rings[each["properties"]["code"]]]
        own.sort(key=lambda ring: -area(ring))
        seen = [ring for ring in own if area(ring) >= LEAST] or own[:1]
        x, y = middle(own[0])
        path = "".join(written(simple(ring)) for ring in seen)
        shapes.append(
            {
                "code": each["properties"]["code"],
                "name": each["properties"]["name"],
                "x": round(x),
                "y": round(y),
                "path": path,
            }
        )
    return {"width": WIDTH, "height": math.ceil((north - south) * scale), "shapes": shapes}


def outer(geometry: Any) -> list[list[Point]]:
    """The outer borders, without holes."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[(point[0], point[1]) for point in polygon[0]] for polygon in polygons]


def simple(ring: list[Point]) -> list[Point]:
    """Fewer points (Douglas and Peucker), each half of the ring by itself."""
    far = max(range(len(ring)), key=lambda index: math.dist(ring[0], ring[index]))
    return [*thinned(ring[: far + 1]), *thinned(ring[far:])[1:-1]]


def thinned(line: list[Point]) -> list[Point]:
    """A line without the points that lie close to it."""
    if len(line) <= 2:  # noqa: PLR2004  # two ends and nothing between
        return line
    index, off = max(
        ((at, away(line[at], line[0], line[-1])) for at in range(1, len(line) - 1)), key=lambda found: found[1]
    )
    if off <= COARSE:
        return [line[0], line[-1]]
    return [*thinned(line[: index + 1]), *thinned(line[index:])[1:]]


def away(point: Point, start: Point, end: Point) -> float:
    """How far a point is from the line between two others."""
    length = math.dist(start, end)
    if length == 0:
        return math.dist(point, start)
    (x, y), (x1, y1), (x2, y2) = point, start, end
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length


def area(ring: Sequence[Point]) -> float:
    """Square units."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def middle(ring: Sequence[Point]) -> Point:
    """Where a number stands: the centre of gravity of the border."""
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    cross = [x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs]
    whole = sum(cross)
    x = sum((x1 + x2) * each for ((x1, _), (x2, _)), each in zip(pairs, cross, strict=True)) / (3 * whole)
    y = sum((y1 + y2) * each for ((_, y1), (_, y2)), each in zip(pairs, cross, strict=True)) / (3 * whole)
    return x, y


def written(ring: Sequence[Point]) -> str:
    """A ring as SVG draws it."""
    whole = [(round(x), round(y)) for x, y in ring]
    steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(whole)]
    lines = "".join(f"{x}{'' if y < 0 else ' '}{y} " for x, y in steps if (x, y) != (0, 0)).strip()
    return f"M{whole[0][0]} {whole[0][1]}l{lines}z"


if __name__ == "__main__":
    main(sys.argv[1:])
