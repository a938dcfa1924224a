"""How many men and women of each age: the national structure, cut into villages."""

# ruff: noqa: S311
# (not a secret: the draw must repeat)

import csv
from datetime import date, timedelta
from functools import cache
from random import Random

from hub.demo.villages import DATA, villages_of

SEED = "kecamatan-hub"
AS_OF = date(2026, 11, 1)  # every age of the demo is the age on this day

_OPEN_GROUP = 100
Body = tuple[bool, int]  # female, age in years


def born(age: int, rng: Random) -> date:
    """A birth date of somebody who is `age` on AS_OF."""
    return AS_OF.replace(year=AS_OF.year - age) - timedelta(days=rng.randrange(365))


def bodies_of(village_code: str, seed: str = SEED) -> list[Body]:
    """Sex and age of everybody in a village; the villages of a kecamatan add up exactly."""
    kecamatan = village_code.rpartition(".")[0]
    return list(_cut(kecamatan, seed)[village_code])


def shares() -> list[tuple[int, int, float, float]]:
    """Age from, age to, share of men, share of women; all shares together are one."""
    with (DATA / "age_sex_indonesia_2020.csv").open(encoding="utf-8") as file:
        rows = [
            (
                int(row["age_from"]),
                int(row["age_to"] or _OPEN_GROUP),
                int(row["calibrated_sp2020_male"]),
                int(row["calibrated_sp2020_female"]),
            )
            for row in csv.DictReader(file)
        ]
    total = sum(male + female for _, _, male, female in rows)
    return [(low, high, male / total, female / total) for low, high, male, female in rows]


def apportion(total: int, weights: list[float]) -> list[int]:
    """`total` split by `weights` with the largest remainders."""
    scale = total / sum(weights)
    exact = [weight * scale for weight in weights]
    counts = [int(value) for value in exact]
    order = sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])
    for i in order[: total - sum(counts)]:
        counts[i] += 1
    return counts


@cache
def _cut(kecamatan: str, seed: str) -> dict[str, list[Body]]:
    plans = villages_of(kecamatan)
    groups = shares()
    weights = [share for _, _, male, female in groups for share in (male, female)]
    counts = apportion(sum(plan.people for plan in plans), weights)
    rng = Random(f"{seed}:{kecamatan}:ages")
    everybody: list[Body] = []
    for position, (low, high, _, _) in enumerate(groups):
        for female in (False, True):
            count = counts[2 * position + female]
            everybody += [(female, low + i % (high - low + 1)) for i in range(count)]
    rng.shuffle(everybody)
    result, start = {}, 0
    for plan in plans:
        result[plan.code] = everybody[start : start + plan.people]
        start += plan.people
    return result
