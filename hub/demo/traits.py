"""What a register notes about a person beside family and name: drawn by age, sex and village.

Every function returns an OpenSID code (`data/opensid_codes.csv`). Shares are plausible, not
measured; disability is 1.25 per cent of a village's people.
"""

# ruff: noqa: PLR2004
# (a drawn population: shares stand where they are used, and the draw must repeat)

from random import Random

from hub.demo.households import MARRIED, Household, Person
from hub.demo.villages import VillagePlan

ISLAM, KRISTEN, KATHOLIK, HINDU, BUDHA, KHONGHUCU, BELIEF = 1, 2, 3, 4, 5, 6, 7
NOT_DISABLED = 7
PUPIL, HOUSEWIFE, WITHOUT_WORK, PENSIONER = 3, 2, 1, 4
BACHELOR = 8
CARD_AGE = 17
DISABLED_SHARE = 0.0125

Shares = tuple[tuple[int, float], ...]

_ETHNIC: dict[str, tuple[tuple[str, float], ...]] = {
    "COAST": (("Banjar", 0.84), ("Bugis", 0.07), ("Jawa", 0.07), ("Madura", 0.02)),
    "TRANS": (("Jawa", 0.73), ("Banjar", 0.18), ("Sunda", 0.05), ("Madura", 0.04)),
    "BANJAR": (("Banjar", 0.88), ("Jawa", 0.07), ("Dayak Meratus", 0.05)),
    "MIXED": (("Banjar", 0.57), ("Dayak Meratus", 0.32), ("Jawa", 0.11)),
    "DAYAK": (("Dayak Meratus", 0.84), ("Banjar", 0.13), ("Jawa", 0.03)),
    "SUNDA": (("Sunda", 0.93), ("Jawa", 0.04), ("Betawi", 0.03)),
}
_RELIGION: dict[str, Shares] = {
    "Banjar": ((ISLAM, 1.0),),
    "Bugis": ((ISLAM, 1.0),),
    "Madura": ((ISLAM, 1.0),),
    "Betawi": ((ISLAM, 1.0),),
    "Sunda": ((ISLAM, 0.996), (KRISTEN, 0.004)),
    "Jawa": ((ISLAM, 0.962), (KRISTEN, 0.02), (KATHOLIK, 0.012), (HINDU, 0.006)),
    "Dayak Meratus": (
        (BUDHA, 0.29), (KRISTEN, 0.26), (BELIEF, 0.2), (HINDU, 0.1), (KATHOLIK, 0.08),
        (ISLAM, 0.07),
    ),
}  # fmt: skip
_SCHOOLING: tuple[tuple[int, Shares], ...] = (
    (0, ((1, 1.0),)),
    (6, ((2, 0.9), (1, 0.1))),
    (13, ((3, 0.93), (2, 0.07))),
    (16, ((4, 0.84), (3, 0.16))),
    (19, ((3, 0.14), (4, 0.27), (5, 0.58), (6, 0.01))),
    (23, ((3, 0.15), (4, 0.25), (5, 0.46), (6, 0.01), (7, 0.03), (BACHELOR, 0.1))),
    (35, ((1, 0.01), (2, 0.07), (3, 0.35), (4, 0.24), (5, 0.25), (7, 0.03), (BACHELOR, 0.045),
          (9, 0.005))),
    (55, ((1, 0.12), (2, 0.25), (3, 0.42), (4, 0.1), (5, 0.08), (7, 0.01), (BACHELOR, 0.02))),
)  # fmt: skip
_ATTENDING: tuple[tuple[int, Shares], ...] = (
    (0, ((1, 1.0),)),
    (5, ((2, 0.65), (1, 0.35))),
    (7, ((4, 0.99), (14, 0.004), (16, 0.006))),
    (13, ((6, 0.91), (18, 0.09))),
    (16, ((7, 0.74), (18, 0.26))),
    (19, ((18, 0.84), (11, 0.12), (10, 0.04))),
    (24, ((18, 0.995), (12, 0.005))),
    (55, ((18, 0.9), (3, 0.05), (5, 0.04), (17, 0.01))),
)
_IN_SCHOOL = frozenset({4, 6, 7, 10, 11, 12, 14, 16})
_MEN_WORK: dict[str, Shares] = {
    "FISHING": ((11, 0.4), (21, 0.14), (9, 0.14), (88, 0.1), (19, 0.08), (84, 0.05), (15, 0.09)),
    "FARMING": ((9, 0.5), (20, 0.1), (88, 0.1), (15, 0.13), (19, 0.08), (26, 0.04), (81, 0.05)),
    "RUBBER": ((9, 0.6), (20, 0.13), (15, 0.1), (88, 0.06), (19, 0.06), (27, 0.02), (10, 0.03)),
    "TOWN": ((88, 0.24), (15, 0.26), (84, 0.12), (19, 0.12), (9, 0.1), (81, 0.06), (35, 0.04),
             (26, 0.06)),
}  # fmt: skip
_GRADUATE_WORK: Shares = ((65, 0.24), (5, 0.2), (18, 0.17), (15, 0.2), (88, 0.12), (85, 0.04),
                          (74, 0.02), (16, 0.01))  # fmt: skip
_BLOOD: Shares = ((13, 0.5), (4, 0.18), (2, 0.13), (1, 0.12), (3, 0.04), (11, 0.02), (7, 0.01))
_INSURANCE: Shares = ((2, 0.47), (3, 0.22), (1, 0.18), (4, 0.11), (99, 0.02))
_DISABILITY: Shares = ((1, 0.38), (2, 0.15), (3, 0.2), (4, 0.17), (5, 0.06), (6, 0.04))
_CONTRACEPTION: Shares = ((3, 0.52), (1, 0.24), (5, 0.12), (2, 0.06), (6, 0.04), (4, 0.02))
_FERTILE = range(18, 46)


def ethnicity_and_religion(rng: Random, plan: VillagePlan) -> tuple[str, int]:
    """Those of a household; everybody in it shares them."""
    names, weights = zip(*_ETHNIC[plan.mix], strict=True)
    ethnicity: str = rng.choices(names, weights)[0]
    return ethnicity, _draw(rng, _RELIGION[ethnicity])


def schooling(rng: Random, person: Person) -> int:
    """Highest education, pendidikan_kk_id."""
    return _draw(rng, _by_age(_SCHOOLING, person.age))


def attending(rng: Random, person: Person) -> int:
    """Present schooling, pendidikan_sedang_id."""
    return _draw(rng, _by_age(_ATTENDING, person.age))


def occupation(rng: Random, person: Person, plan: VillagePlan, *, school: int, learnt: int) -> int:
    """Pekerjaan_id, consistent with schooling and age."""
    if school in _IN_SCHOOL:
        return PUPIL
    if person.age < CARD_AGE:
        return WITHOUT_WORK
    if learnt >= BACHELOR:
        return PENSIONER if person.age >= 60 else _draw(rng, _GRADUATE_WORK)
    if person.age >= 70 or rng.random() < 0.04:
        return WITHOUT_WORK
    if person.female and rng.random() < (0.68 if person.marital == MARRIED else 0.25):
        return HOUSEWIFE
    return _draw(rng, _MEN_WORK[plan.livelihood])


def blood(rng: Random) -> int:
    """Blood type, mostly not known."""
    return _draw(rng, _BLOOD)


def insurance(rng: Random) -> int:
    """Health insurance."""
    return _draw(rng, _INSURANCE)


def disability(rng: Random) -> int:
    """The kind, for somebody who is disabled."""
    return _draw(rng, _DISABILITY)


def contraception(rng: Random, person: Person) -> int | None:
    """Cara_kb_id of a wife, or None."""
    if person.female and person.marital == MARRIED and person.age in _FERTILE:
        return _draw(rng, _CONTRACEPTION) if rng.random() < 0.6 else None
    return None


def pregnant(rng: Random, person: Person) -> bool:
    """Whether a wife of fertile age expects a child."""
    wife = person.female and person.marital == MARRIED and person.age in _FERTILE
    return wife and rng.random() < 0.035


def card(rng: Random, person: Person, *, without: bool) -> tuple[int, int]:
    """ktp_el and status_rekam."""
    if person.age < CARD_AGE:
        return 1, 1
    if without:
        return 1, 2
    drawn = rng.random()
    if person.age == CARD_AGE and drawn < 0.45:
        return 1, 2
    if drawn < 0.03:
        return 1, 3
    return 2, 8 if drawn < 0.4 else 4


def disabled_people(rng: Random, households: list[Household]) -> set[int]:
    """`id()` of 1.25 per cent of the people, the old more often than the young."""
    people = [person for household in households for person in household.members]
    count = int(len(people) * DISABLED_SHARE + rng.random())
    people.sort(key=lambda person: rng.random() ** (1 / (10 + person.age)))
    return {id(person) for person in people[len(people) - count :]}


def elderly_without_card(rng: Random, plan: VillagePlan, households: list[Household]) -> set[int]:
    """`id()` of the planned number of people from 65 who never came to be recorded."""
    old = [p for household in households for p in household.members if p.age >= 65]
    return {id(person) for person in rng.sample(old, plan.elderly_without_card)}


def _by_age(table: tuple[tuple[int, Shares], ...], age: int) -> Shares:
    found = table[0][1]
    for start, shares in table:
        if age >= start:
            found = shares
    return found


def _draw(rng: Random, shares: Shares) -> int:
    drawn = rng.random() * sum(share for _, share in shares)
    for code, share in shares:
        drawn -= share
        if drawn < 0:
            return code
    return shares[-1][0]
