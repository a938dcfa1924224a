"""The synthetic population of the three demo kecamatan, row by row as a village book has it.

Takisung has exactly 31,020 people in exactly 9,379 households. Nobody in it exists: sex and age
follow the national structure, families are assembled by rule, names are drawn, and the numbers
cannot have been issued to anybody (`hub.demo.numbers` says why). The same seed gives the same rows.
"""

# ruff: noqa: PLR2004, S311
# (a drawn population: shares stand where they are used, and the draw must repeat)

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from hub.demo import traits
from hub.demo.households import DIVORCED, MARRIED, SINGLE, Household, Person, households_of
from hub.demo.names import given_name, with_degree
from hub.demo.numbers import ELSEWHERE_PREFIXES, HOME_PREFIXES, Numbers
from hub.demo.pool import AS_OF, SEED
from hub.demo.villages import HALONG, LEUWILIANG, TAKISUNG, Hamlet, VillagePlan, villages
from hub.demo.writing import Cell, Hand

Row = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class PlantedTwin:
    """One number that two kecamatan hold: the case a registry across tenants must find."""

    nik: str
    name: str
    female: bool
    born: date
    village_codes: tuple[str, str]


PLANTED_TWINS = (
    PlantedTwin(
        nik="6399011203889901", name="Muhammad Rifani Hidayat", female=False, born=date(1988, 3,
        12), village_codes=("63.01.01.2004", "63.11.02.2005"),
    ),
    PlantedTwin(
        nik="6399025708949902", name="Siti Norjannah", female=True, born=date(1994, 8, 17),
        village_codes=("63.01.01.2002", "63.11.02.2011"),
    ),
    PlantedTwin(
        nik="3299140506799903", name="Dadang Sutisna", female=False, born=date(1979, 6, 5),
        village_codes=("32.01.14.2001", "63.01.01.2005"),
    ),
)  # fmt: skip

_BIRTHPLACES = {
    TAKISUNG: ("Takisung", "Tanah Laut", "Pelaihari", "TAKISUNG", "Banjarmasin"),
    HALONG: ("Halong", "Balangan", "Paringin", "HALONG", "Amuntai"),
    LEUWILIANG: ("Bogor", "BOGOR", "Leuwiliang", "Bogor", "Jakarta"),
}
_FAR_BIRTHPLACES = ("Banjarbaru", "Malang", "Lamongan", "Kulon Progo", "Tasikmalaya", "Ponorogo")
_STREETS = (
    "Melati", "Mawar", "Pesisir", "Karya Bakti", "Handayani", "Pasar Lama", "Masjid", "Veteran",
    "Pendidikan", "Kenanga", "Sawah Lega", "Simpang Tiga", "Poros Desa", "Rambutan", "Jembatan",
)  # fmt: skip
_NEWBORN_WITHOUT_NIK = 0.1
_ISSUED_ELSEWHERE = 0.09
_WRITTEN_WITH_WRONG_YEAR = 0.002
_MARRIED_FROM = 17
_LEAP_DAY = (2, 29)
_PASSPORT = 0.004


def people(village_code: str, *, seed: str = SEED) -> Iterator[Row]:
    """Everybody in a village with OpenSID's 43 columns, household after household, heads first.

    Values stand as this village writes them: codes as number or label, dates as date or text.
    """
    return _Book(villages()[village_code], seed).rows()


class _Book:
    """One village's book while it is being written."""

    def __init__(self, plan: VillagePlan, seed: str) -> None:
        self._plan = plan
        self._rng = Random(f"{seed}:{plan.code}:book")
        self._hand = Hand(plan, seed)
        self._numbers = Numbers(plan)
        self._households = households_of(plan.code, seed)
        self._disabled = traits.disabled_people(self._rng, self._households)
        self._cardless = traits.elderly_without_card(self._rng, plan, self._households)
        self._twins = self._choose_twins()

    def rows(self) -> Iterator[Row]:
        """All rows."""
        for household in self._households:
            yield from self._household(household)

    def _choose_twins(self) -> dict[int, PlantedTwin]:
        """Who becomes the planted twin: the first of that sex and age, the birth date moved."""
        chosen: dict[int, PlantedTwin] = {}
        for twin in PLANTED_TWINS:
            if self._plan.code in twin.village_codes:
                age = _age(twin.born)
                person = next(
                    person
                    for household in self._households
                    for person in household.members
                    if (person.female, person.age) == (twin.female, age) and id(person) not in chosen
                )
                person.born = twin.born
                chosen[id(person)] = twin
        return chosen

    def _household(self, household: Household) -> Iterator[Row]:
        rng, plan = self._rng, self._plan
        ethnicity, religion = traits.ethnicity_and_religion(rng, plan)
        for person in household.members:
            self._name(person, ethnicity, religion)
        hamlet = rng.choice(plan.hamlets)
        shared = self._shared(household, hamlet, ethnicity, religion)
        for person in household.members:
            yield self._hand.write(shared | self._own(person, household, ethnicity, religion))

    def _name(self, person: Person, ethnicity: str, religion: int) -> None:
        """Name and NIK, before the rows: children quote those of their parents."""
        twin = self._twins.get(id(person))
        if twin:
            person.name, person.nik = twin.name, twin.nik
            return
        person.name = self._some_name(ethnicity, religion, female=person.female, age=person.age)
        person.nik = self._some_nik(person)

    def _some_name(self, ethnicity: str, religion: int, *, female: bool, age: int) -> str:
        muslim = religion == traits.ISLAM
        return given_name(self._rng, ethnicity=ethnicity, female=female, age=age, muslim=muslim)

    def _some_nik(self, person: Person) -> str:
        rng = self._rng
        if person.age == 0 and rng.random() < _NEWBORN_WITHOUT_NIK:
            return "0"
        if id(person) in self._cardless and rng.random() < 0.5:
            return self._numbers.temporary()
        born = person.born
        if rng.random() < _WRITTEN_WITH_WRONG_YEAR and (born.month, born.day) != _LEAP_DAY:
            born = born.replace(year=born.year - 1)
        elsewhere = person.age >= traits.CARD_AGE and rng.random() < _ISSUED_ELSEWHERE
        home = HOME_PREFIXES[self._plan.kecamatan]
        prefix = rng.choice(ELSEWHERE_PREFIXES) if elsewhere else home
        return self._numbers.nik(born, female=person.female, prefix=prefix)

    def _shared(self, household: Household, hamlet: Hamlet, ethnicity: str, religion: int) -> dict[str, Cell]:
        """What everybody in a household has in common."""
        rng, plan = self._rng, self._plan
        youngest = min(member.age for member in household.members)
        issued = AS_OF - timedelta(days=rng.randrange(30, 365 * min(youngest + 2, 14)))
        located = rng.random() < 0.3
        return {
            "alamat": f"Jl. {rng.choice(_STREETS)} No. {rng.randrange(1, 120)}",
            "dusun": hamlet.name,
            "rw": hamlet.rw,
            "rt": rng.choice(hamlet.rts),
            "no_kk": self._numbers.kk(issued),
            "agama_id": religion,
            "suku": ethnicity,
            "lat": f"{plan.latitude + rng.gauss(0, 0.004):.5f}" if located else None,
            "lng": f"{plan.longitude + rng.gauss(0, 0.004):.5f}" if located else None,
        }

    def _own(self, person: Person, household: Household, ethnicity: str, religion: int) -> dict[str, Cell]:
        """What is a person's own."""
        return {
            **self._identity(person),
            **self._standing(person),
            **self._health(person),
            **self._parents(person, ethnicity, religion),
            **self._marriage(person, household),
        }

    def _identity(self, person: Person) -> dict[str, Cell]:
        rng = self._rng
        ktp_el, recorded = traits.card(rng, person, without=id(person) in self._cardless)
        return {
            "nama": person.name,
            "nik": person.nik,
            "sex": 2 if person.female else 1,
            "tempatlahir": self._birthplace(person),
            "tanggallahir": person.born,
            "kk_level": person.relation,
            "warganegara_id": 1,
            "akta_lahir": self._birth_certificate(person),
            "dokumen_pasport": f"X{rng.randrange(10**6):06d}" if rng.random() < _PASSPORT else None,
            "ktp_el": ktp_el,
            "status_rekam": recorded,
            "status_dasar": 1,
        }

    def _standing(self, person: Person) -> dict[str, Cell]:
        rng = self._rng
        learnt, school = traits.schooling(rng, person), traits.attending(rng, person)
        work = traits.occupation(rng, person, self._plan, school=school, learnt=learnt)
        facts: dict[str, Cell] = {
            "pendidikan_kk_id": learnt,
            "pendidikan_sedang_id": school,
            "pekerjaan_id": work,
            "status_kawin": person.marital,
        }
        if learnt >= traits.BACHELOR and id(person) not in self._twins and rng.random() < 0.4:
            facts["nama"] = with_degree(rng, person.name)
        return facts

    def _health(self, person: Person) -> dict[str, Cell]:
        rng = self._rng
        insured = traits.insurance(rng)
        wife = person.female and person.marital == MARRIED
        disabled = id(person) in self._disabled
        return {
            "golongan_darah_id": traits.blood(rng),
            "cacat_id": traits.disability(rng) if disabled else traits.NOT_DISABLED,
            "cara_kb_id": traits.contraception(rng, person),
            "hamil": (1 if traits.pregnant(rng, person) else 2) if wife else None,
            "id_asuransi": insured,
            "no_asuransi": f"999{rng.randrange(10**10):010d}" if insured in (2, 3) else None,
        }

    def _birthplace(self, person: Person) -> str:
        near = self._rng.random() < (0.97 if person.age < traits.CARD_AGE else 0.86)
        return self._rng.choice(_BIRTHPLACES[self._plan.kecamatan] if near else _FAR_BIRTHPLACES)

    def _birth_certificate(self, person: Person) -> str | None:
        held = self._rng.random() < (0.93 if person.age < 18 else 0.28)
        prefix = HOME_PREFIXES[self._plan.kecamatan][:4]
        registered = person.born + timedelta(days=self._rng.randrange(20, 200))
        if not held or person.nik == "0" or registered > AS_OF:
            return None
        return f"{prefix}-LT-{registered:%d%m%Y}-{self._rng.randrange(1, 60):04d}"

    def _parents(self, person: Person, ethnicity: str, religion: int) -> dict[str, Cell]:
        older = person.age + 27
        father, mother = person.father, person.mother
        return {
            "ayah_nik": father.nik if father else None,
            "nama_ayah": father.name if father else self._some_name(ethnicity, religion, female=False, age=older),
            "ibu_nik": mother.nik if mother else None,
            "nama_ibu": mother.name if mother else self._some_name(ethnicity, religion, female=True, age=older),
        }

    def _marriage(self, person: Person, household: Household) -> dict[str, Cell]:
        """Papers of marriage and divorce; a wedding lies before the eldest child's birth."""
        rng = self._rng
        if person.marital == SINGLE:
            return {}
        if person.marital != MARRIED:
            ended = AS_OF - timedelta(days=rng.randrange(60, 2500))
            divorced = person.marital == DIVORCED and rng.random() < 0.6
            return {
                "akta_perceraian": f"{rng.randrange(1, 900):04d}/AC/{ended.year}" if divorced else None,
                "tanggalperceraian": ended if divorced else None,
            }
        wed = self._wedding(person, household)
        if wed is None or (person.born.toordinal() + wed.toordinal()) % 4 == 0:
            return {}
        number = wed.toordinal() % 700 + 1
        return {
            "akta_perkawinan": f"{number:04d}/{wed.month:02d}/{wed.year}",
            "tanggalperkawinan": wed,
        }

    def _wedding(self, person: Person, household: Household) -> date | None:
        spouse = person.spouse or person
        children = [m.born for m in household.members if m.mother in (person, spouse)]
        earliest = max(person.born, spouse.born) + timedelta(days=_MARRIED_FROM * 365 + 400)
        latest = min([*children, AS_OF]) - timedelta(days=280)
        if earliest >= latest:
            return None
        span = (latest - earliest).days
        # both spouses must get the same day, so it is made from their birth dates, not drawn
        mixed = (person.born.toordinal() * spouse.born.toordinal()) % 997
        return latest - timedelta(days=min(span, mixed))


def _age(born: date) -> int:
    before = (AS_OF.month, AS_OF.day) < (born.month, born.day)
    return AS_OF.year - born.year - before
