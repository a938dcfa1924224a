"""Make the package data of `hub.domains.regions` from a folder of cahyadsn/wilayah extracts.

    python -m tools.make_region_data FOLDER

reads provinces, regencies, districts, villages, name_differences and district_code_history (all
.csv) and writes `places.csv.gz` and `history.csv`. The same input gives the same bytes. How
predecessors are found is told in `hub/domains/regions/data/SOURCES.md`.
"""

import csv
import gzip
import io
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

TARGET = Path(__file__).parent.parent / "hub/domains/regions/data"
EARLIEST = "2018"  # the oldest edition at hand: a code seen there may be older

Row = dict[str, str]


def read(folder: Path, name: str) -> list[Row]:
    """All rows of one CSV file."""
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def parent(code: str) -> str:
    """The code one level up."""
    return code.rpartition(".")[0]


def plain(name: str) -> str:
    """A name as compared: letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def places(folder: Path) -> Iterator[list[str]]:
    """Coordinates, area and population of every code in force."""
    yield ["code", "latitude", "longitude", "area_km2", "population"]
    for level in ("provinces", "regencies", "districts", "villages"):
        for row in read(folder, level):
            latitude, longitude = (row[key] and f"{float(row[key]):.4f}" for key in ("lat", "lng"))
            area = row["area_km2"] and f"{float(row['area_km2']):.2f}"
            yield [row["code"], latitude, longitude, area, row.get("population", "")]


def successors(history: list[Row]) -> dict[str, str]:
    """Ended district code -> the new code of the same district.

    First the names that one ended and one new code bear; these tell which regency became which;
    then the remaining names, within regencies that belong together.
    """
    ended = [row for row in history if row["current"] == "0"]
    fresh: dict[str, list[str]] = defaultdict(list)
    for row in history:
        if row["current"] == "1" and row["first_edition"] > EARLIEST:
            for name in {plain(seen) for seen in row["names_seen"].split("|")}:
                fresh[name].append(row["code"])
    certain = Counter(plain(row["name_latest"]) for row in ended)
    found: dict[str, str] = {}
    for row in ended:
        name = plain(row["name_latest"])
        if certain[name] == 1 and len(fresh[name]) == 1:
            found[row["code"]] = fresh[name][0]
    became = regencies_became(found)
    for row in ended:
        within = became.get(parent(row["code"]), "")
        same = [code for code in fresh[plain(row["name_latest"])] if parent(code) == within]
        if len(same) == 1:
            found[row["code"]] = same[0]
        elif parent(found.get(row["code"], "")) != within:
            found.pop(row["code"], None)
    return found


def regencies_became(districts: dict[str, str]) -> dict[str, str]:
    """Ended regency code -> the regency most of its districts went to."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for old, new in districts.items():
        votes[parent(old)][parent(new)] += 1
    return {old: count.most_common(1)[0][0] for old, count in votes.items()}


def history(folder: Path) -> Iterator[list[str]]:
    """Codes that came or ended after the first edition, and names also borne or written."""
    yield ["code", "name", "first_edition", "last_edition", "ended", "predecessor", "aliases"]
    rows = read(folder, "district_code_history")
    regency_names = {row["code"]: row["name"] for row in read(folder, "regencies")}
    also = {row["code"]: row["idn_area_data_4.0.1"] for row in read(folder, "name_differences")}
    became = successors(rows)
    came_from = {new: old for old, new in became.items()}
    regencies = regencies_became(became)
    yield from upper_levels(rows, regencies, regency_names)
    for row in rows:
        aliases = [name for name in row["names_seen"].split("|") if name != row["name_latest"]]
        if other := also.pop(row["code"], ""):
            aliases.append(other)
        ended = row["current"] == "0"
        first = row["first_edition"] if row["first_edition"] > EARLIEST else ""
        if ended or first or aliases:
            last, origin = (row["last_edition"] if ended else ""), came_from.get(row["code"], "")
            yield [row["code"], row["name_latest"], first, last, "1" if ended else "", origin,
                   "|".join(dict.fromkeys(aliases))]  # fmt: skip
    for code, other in also.items():
        if not set(other) & set('"*'):  # there a quote stands for an apostrophe, a star for a footnote
            yield [code, "", "", "", "", "", other.strip()]


def upper_levels(rows: list[Row], regencies: dict[str, str], names: dict[str, str]) -> Iterator[list[str]]:
    """The ended regencies and their successors, and the provinces that were split off."""
    provinces: dict[str, tuple[str, str]] = {}
    for old, new in sorted(regencies.items(), key=lambda pair: pair[1]):
        last = max(row["last_edition"] for row in rows if parent(row["code"]) == old)
        first = min(row["first_edition"] for row in rows if parent(row["code"]) == new)
        yield [old, names[new], "", last, "1", "", ""]
        yield [new, names[new], first, "", "", old, ""]
        provinces[parent(new)] = (parent(old), first)
    for code, (origin, first) in provinces.items():
        yield [code, "", first, "", "", origin, ""]


def text(rows: Iterable[list[str]]) -> bytes:
    """Rows as CSV."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode()


def main(folder: Path) -> None:
    """Write both files."""
    (TARGET / "places.csv.gz").write_bytes(gzip.compress(text(places(folder)), 9, mtime=0))
    (TARGET / "history.csv").write_bytes(text(history(folder)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
