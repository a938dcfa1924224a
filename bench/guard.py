"""The guard: the hub's processor time as a multiple of the floor's must not grow. Ratios travel between machines."""

from pathlib import Path

import orjson

from bench.load import least
from bench.operations import FLOOR, HUB
from bench.report import Found

OPERATIONS = ("point", "nested", "relay", "list", "feedback", "plan", "survey")
TOLERANCE = 1.25
ROUNDS, SECONDS = 15, 0.4  # many and short: noise comes in bursts, and the least of all counts
KEPT = Path(__file__).parent / "guard.json"


def ratios(found: Found) -> dict[str, float]:
    """The least of all rounds of the hub by the least of the floor, by operation."""
    return {name: round(least(each[HUB]) / least(each[FLOOR]), 3) for name, each in found.cells.items()}


def keep(found: Found) -> int:
    """Make these the ratios to hold."""
    KEPT.write_bytes(orjson.dumps(ratios(found), option=orjson.OPT_INDENT_2) + b"\n")
    print(KEPT.read_text())
    return 0


def judge(found: Found) -> int:
    """1 where an operation costs more than its kept ratio allows."""
    kept: dict[str, float] = orjson.loads(KEPT.read_bytes())
    worse = 0
    for name, ratio in ratios(found).items():
        allowed = kept[name] * TOLERANCE
        verdict = "ok" if ratio <= allowed else "REGRESSION"
        worse |= ratio > allowed
        print(f"{name}: {ratio:.2f} × the floor, kept {kept[name]:.2f}, allowed {allowed:.2f}: {verdict}")
    return int(worse)
