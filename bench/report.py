"""The figures as tables, as a drawing and as JSON."""

import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from bench.contenders import NOTES
from bench.data import VILLAGES, Size
from bench.load import CONNECTIONS, Cell, least, median
from bench.operations import FLOOR, HUB, OPERATIONS, PEER, VARIANTS

if TYPE_CHECKING:  # memory reports through us
    from bench.memory import Held, Point

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "BENCHMARKS.md"
BEGIN, END = "<!-- figures: written by `make bench` -->", "<!-- end of figures -->"
REGISTER_BEGIN, REGISTER_END = "<!-- register: written by `make bench-register` -->", "<!-- end of register -->"
MEMORY_BEGIN, MEMORY_END = "<!-- memory: written by `make bench-memory` -->", "<!-- end of memory -->"


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured."""

    cells: dict[str, dict[str, list[Cell]]]  # operation -> contender -> rounds
    values: dict[str, int]  # values in one answer
    memory: "dict[str, Held]"


def text(found: Found, rounds: int, seconds: float, size: Size) -> str:
    """All tables in Markdown."""
    parts = [_machine(rounds, seconds, size), _summary(found)]
    parts += [_table(name, found) for name in found.cells]
    parts.append(_held(found))
    return "\n\n".join(parts) + "\n"


def write(found: Found, tables: str) -> None:
    """Renew the figures of docs/BENCHMARKS.md, its drawing, and results.json."""
    _replace(BEGIN, END, tables)
    (PAGE.parent / "benchmarks.svg").write_text(drawing(found))
    kept = {
        "commit": _commit(),
        "machine": _cpu(),
        "cells": {
            name: {contender: [asdict(each) for each in cells] for contender, cells in row.items()}
            for name, row in found.cells.items()
        },
        "memory": {name: asdict(each) for name, each in found.memory.items()},
    }
    (HERE / "results.json").write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2) + b"\n")


def write_memory(points: "Sequence[Point]") -> None:
    """Renew the curve of docs/BENCHMARKS.md."""
    lines = ["| requests | the hub, MB | PostgreSQL's connections, MB |", "|--:|--:|--:|"]
    lines += [f"| {each.requests:,} | {each.held.server:.0f} | {each.held.database:.0f} |" for each in points]
    _replace(MEMORY_BEGIN, MEMORY_END, "\n".join(lines) + "\n")


def write_register(table: str, rows: int) -> None:
    """Renew the figures of the register's commands in docs/BENCHMARKS.md."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    said = f"Commit {_commit()}; {_cpu()}, {os.cpu_count()} cores, load at the end {load}; {rows:,} rows of 43 columns."
    _replace(REGISTER_BEGIN, REGISTER_END, f"{said}\n\n{table}\n")


def _replace(begin: str, end: str, inside: str) -> None:
    page = PAGE.read_text()
    head, _, rest = page.partition(begin)
    PAGE.write_text(f"{head}{begin}\n\n{inside}\n{end}{rest.partition(end)[2]}")


def _machine(rounds: int, seconds: float, size: Size) -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"Commit {_commit()}; {_cpu()}, {os.cpu_count()} cores, load {load}; {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}. {size.tenants} tenants × {size.people:,} people in {VILLAGES} villages; "
        f"{rounds} rounds of {seconds:g} s for each contender and operation, in turn; {CONNECTIONS} keep-alive "
        f"connections, {VARIANTS} variants of each question."
    )


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607  # git
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _summary(found: Found) -> str:
    lines = ["| operation | × floor | share of PostGraphile | goal |", "|---|--:|--:|---|"]
    goals = {"point": "≤ 1.6 floor, ≤ ¼", "nested": "≤ 1.4 floor, ≤ ¼", "relay": "≤ ¼", "list": "≤ 1.4 floor, ≤ ¼"}
    for name, row in found.cells.items():
        hub = least(row[HUB]) if HUB in row else None
        shares = [f"{hub / least(row[each]):.2f}" if hub and each in row else "" for each in (FLOOR, PEER)]
        lines.append(f"| {name} | {shares[0]} | {shares[1]} | {goals.get(name, '')} |")
    return "### The hub in short\n\nProcessor time of one request, least of all rounds.\n\n" + "\n".join(lines)


def _table(name: str, found: Found) -> str:
    row = found.cells[name]
    title = next(each.title for each in OPERATIONS if each.name == name)
    lines = [
        f"### {title[0].upper()}{title[1:]}",
        "",
        f"{found.values[name]:,} values in an answer. CPU in milliseconds of one request, medians.",
        "",
        "| | server | PostgreSQL | both | least | × floor | × PostGraphile | req/s | p50 ms | p99 ms |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for contender, cells in row.items():
        shares = [f"{least(cells) / least(row[each]):.2f}" if each in row else "" for each in (FLOOR, PEER)]
        lines.append(
            f"| {NOTES[contender]} | {median(cells, 'server'):.2f} | {median(cells, 'database'):.2f} "
            f"| {median(cells, 'whole'):.2f} | {least(cells):.2f} | {shares[0]} | {shares[1]} "
            f"| {median(cells, 'rate'):.0f} | {median(cells, 'p50'):.2f} | {median(cells, 'p99'):.2f} |"
        )
    return "\n".join(lines)


def _held(found: Found) -> str:
    lines = [
        "### Memory after all rounds",
        "",
        "Megabytes: the server's resident size, and what its PostgreSQL connections hold of their own.",
        "",
        "| | server | PostgreSQL | connections |",
        "|---|--:|--:|--:|",
    ]
    lines += [
        f"| {NOTES[name]} | {held.server:.0f} | {held.database:.0f} | {held.connections} |"
        for name, held in found.memory.items()
    ]
    return "\n".join(lines)


_COLOURS = {"plain": "#b07aa1", "resolvers": "#9c755f", "postgraphile": "#f28e2b", "hub": "#1f6feb", "floor": "#76b7b2"}
_SVG = "http://www.w3.org/2000/svg"
_HEADING = "CPU of one request, server and PostgreSQL, as multiples of the floor"
_WIDTH, _LABELS, _BAR, _GAP = 860, 250, 15, 22


def drawing(found: Found) -> str:
    """Bars of processor time as multiples of the floor, cut at ten."""
    rows = list(_bars(found))
    height = 40 + sum(_BAR + 4 if bar else _GAP for _, bar, _ in rows)
    parts = [
        f'<svg xmlns="{_SVG}" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
        f'<text x="8" y="20" font-weight="bold">{_HEADING}</text>',
    ]
    y = 34
    for label, bar, colour in rows:
        if not bar:
            parts.append(f'<text x="8" y="{y + 14}" font-weight="bold">{label}</text>')
            y += _GAP
            continue
        length = (_WIDTH - _LABELS - 60) * min(bar, 10) / 10
        parts += [
            f'<text x="24" y="{y + 12}">{label}</text>',
            f'<rect x="{_LABELS}" y="{y}" width="{length:.1f}" height="{_BAR}" fill="{colour}"/>',
            f'<text x="{_LABELS + length + 6:.1f}" y="{y + 12}">{bar:.1f}{" (cut)" if bar > 10 else ""}</text>',  # noqa: PLR2004  # the cut
        ]
        y += _BAR + 4
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bars(found: Found) -> Iterator[tuple[str, float, str]]:
    for name, row in found.cells.items():
        if FLOOR not in row:
            continue
        yield name, 0.0, ""
        for contender, cells in row.items():
            yield NOTES[contender], least(cells) / least(row[FLOOR]), _COLOURS[contender]
