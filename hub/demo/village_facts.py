"""What the demo tells about each village beside its people: officials, roads, network."""

# ruff: noqa: S311
# (not a secret: the draw must repeat)

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from hub.demo.names import given_name
from hub.demo.pool import SEED
from hub.demo.traits import ISLAM, ethnicity_and_religion
from hub.demo.villages import Hamlet, VillagePlan, villages

_OFFICES = (
    ("SECRETARY", "Sekretaris Desa"),
    ("AFFAIRS_HEAD", "Kepala Urusan Keuangan"),
    ("AFFAIRS_HEAD", "Kepala Urusan Tata Usaha dan Umum"),
    ("SECTION_HEAD", "Kepala Seksi Pemerintahan"),
    ("SECTION_HEAD", "Kepala Seksi Kesejahteraan"),
    ("BPD_MEMBER", "Ketua BPD"),
    ("BPD_MEMBER", "Anggota BPD"),
    ("BPD_MEMBER", "Anggota BPD"),
    ("POSYANDU_CADRE", "Kader Posyandu"),
    ("EMPOWERMENT_CADRE", "Kader Pemberdayaan Masyarakat Desa"),
)
_WOMENS_OFFICES = frozenset({"POSYANDU_CADRE"})
_ELECTED_2017 = 2017


@dataclass(frozen=True, slots=True)
class Official:
    """Who holds an office in a village; `position` is a VillagePosition, `title` the Indonesian."""

    position: str
    title: str
    name: str
    since: date
    hamlet: str | None = None


@dataclass(frozen=True, slots=True)
class VillageFact:
    """One village as the profile of its kecamatan shows it.

    `head_is_new` marks the heads that came in the election of 2017 (figure F-08).
    """

    code: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    people: int
    households: int
    hamlets: tuple[Hamlet, ...]
    distance_km: float
    travel_hours: float
    terrain: tuple[str, ...]
    connectivity: str
    head_name: str
    head_since: date
    head_is_new: bool
    officials: tuple[Official, ...]
    latitude: float
    longitude: float


def village_facts(*, seed: str = SEED) -> tuple[VillageFact, ...]:
    """All 47 villages: Takisung 12, Halong 24, Leuwiliang 11. Names of people are invented."""
    return tuple(_fact(plan, seed) for plan in villages().values())


def _fact(plan: VillagePlan, seed: str) -> VillageFact:
    rng = Random(f"{seed}:{plan.code}:officials")
    head = _name(rng, plan, female=rng.random() < 0.1)  # noqa: PLR2004
    return VillageFact(
        code=plan.code,
        name=plan.name,
        aliases=plan.aliases,
        kind=plan.kind,
        people=plan.people,
        households=plan.households,
        hamlets=plan.hamlets,
        distance_km=plan.distance_km,
        travel_hours=plan.travel_hours,
        terrain=plan.terrain,
        connectivity=plan.connectivity,
        head_name=head,
        head_since=plan.head_since,
        head_is_new=plan.head_since.year == _ELECTED_2017,
        officials=_officials(rng, plan, head),
        latitude=plan.latitude,
        longitude=plan.longitude,
    )


def _officials(rng: Random, plan: VillagePlan, head: str) -> tuple[Official, ...]:
    found = [Official("HEAD", "Kepala Desa", head, plan.head_since)]
    for position, title in _OFFICES:
        female = position in _WOMENS_OFFICES or rng.random() < 0.3  # noqa: PLR2004
        name = _name(rng, plan, female=female)
        found.append(Official(position, title, name, _since(rng, plan)))
    for hamlet in plan.hamlets:
        name = _name(rng, plan, female=False)
        found.append(Official("HAMLET_HEAD", "Kepala Dusun", name, _since(rng, plan), hamlet=hamlet.name))
    return tuple(found)


def _since(rng: Random, plan: VillagePlan) -> date:
    return plan.head_since + timedelta(days=rng.randrange(30, 700))


def _name(rng: Random, plan: VillagePlan, *, female: bool) -> str:
    ethnicity, religion = ethnicity_and_religion(rng, plan)
    age = rng.randrange(30, 56)
    return given_name(rng, ethnicity=ethnicity, female=female, age=age, muslim=religion == ISLAM)
