"""From counts to what is told outside: wholes, parts and what is left of them, in villages, kecamatan and region."""

from datetime import date
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domains.reports import assembling, protecting
from hub.domains.reports.assembling import Given, Stand
from hub.domains.reports.catalogue import REPORTS
from hub.domains.reports.protecting import Table, figure_key, protect, whole_key
from hub.domains.reports.suppression import HIDDEN, Outcome, Treatment
from hub.kernel.scope import TenantRef, Zone
from tests.domains.reports.test_suppression import Attacker, T

R01, R06, R07 = REPORTS["R-01"], REPORTS["R-06"], REPORTS["R-07"]
KTP = ("KTP_EL", "")
Counts = tuple[int, int, int]  # held, not known, eligible


def kecamatan(number: int, villages: list[Counts]) -> Given:
    """Of documents; villages are numbered from 2001."""
    code = f"63.11.0{number}"
    places = tuple(
        assembling.Place(UUID(int=number * 100 + each), f"{code}.{2001 + each}", "Desa")
        for each in range(len(villages))
    )
    stands = [
        Stand(figure, place.id, KTP, (None, None), value, eligible, "REGISTER", date(2026, 11, 22))
        for place, (held, unknown, eligible) in zip(places, villages, strict=True)
        for figure, value in (("held", held), ("unknown", unknown))
    ]
    return Given(TenantRef(number, code, Zone.WITA), "Uji", places, tuple(stands))


def of_documents(*villages: list[Counts]) -> Table:
    return Table(R07, "63.11", [kecamatan(number, each) for number, each in enumerate(villages, start=1)])


def shown(outcome: Outcome) -> int | None:
    return outcome.value


def test_villages_make_a_kecamatan_and_kecamatan_a_region() -> None:
    found = protect([of_documents([(70, 10, 100), (60, 20, 100)], [(50, 20, 90), (40, 20, 80)])])
    held = {place: shown(found[figure_key(R07, "held", place, KTP)]) for place in ("63.11.01", "63.11.02", "63.11")}
    due = {place: shown(found[whole_key(R07, "held", place, KTP)]) for place in ("63.11.01.2001", "63.11.02", "63.11")}
    assert held == {"63.11.01": 130, "63.11.02": 90, "63.11": 220}
    assert due == {"63.11.01.2001": 100, "63.11.02": 170, "63.11": 370}
    assert whole_key(R07, "held", "63.11", KTP) == whole_key(R07, "unknown", "63.11", KTP)
    assert {each.treatment for each in found.values()} == {Treatment.SHOWN}


def test_the_few_that_a_figure_leaves_out_are_protected_though_no_figure_names_them() -> None:
    found = protect([of_documents([(87, 10, 100), (60, 20, 100), (55, 25, 110)], [(50, 20, 90), (40, 20, 80)])])
    place = "63.11.01.2001"
    keys = [
        figure_key(R07, "held", place, KTP),
        figure_key(R07, "unknown", place, KTP),
        whole_key(R07, "held", place, KTP),
    ]
    assert None in [shown(found[key]) for key in keys]
    assert found["R-07", "not held or unknown", place, *KTP] == HIDDEN


def test_growth_is_published_as_the_two_counts_and_hides_with_either() -> None:
    counts = {("2024", "KIA"): 4, ("2025", "KIA"): 60, ("2026", "KIA"): 50}
    day = date(2026, 11, 22)
    stands = [
        Stand("issued", None, (year, kind), (year, None), number, None, "ACTS", day)
        for (year, kind), number in counts.items()
    ]
    stands += [
        Stand("growth", None, ("2025", "KIA"), ("2025", None), 60, 4, "ACTS", day),
        Stand("growth", None, ("2026", "KIA"), ("2026", None), 50, 60, "ACTS", day),
    ]
    given_ = [Given(TenantRef(n, f"63.11.0{n}", Zone.WITA), "Uji", (), tuple(stands)) for n in (1, 2)]
    found = protect([Table(R06, "63.11", given_)])

    def growth(year: str, place: str) -> tuple[int | None, int | None]:
        at = (year, "KIA")
        keys = figure_key(R06, "growth", place, at), whole_key(R06, "growth", place, at)
        return shown(found[keys[0]]), shown(found[keys[1]])

    assert growth("2026", "63.11.01") == (50, 60)
    assert growth("2025", "63.11.01") == (60, None)
    assert growth("2026", "63.11") == (100, 120)
    assert [key for key in found if "growth" in repr(key) or "of " in repr(key)] == []


def test_acts_are_told_as_they_are() -> None:
    stands = (Stand("coverage", None, ("", ""), (None, None), 3, 9, "PROFILE", date(2026, 11, 22)),)
    found = protect([Table(R01, "63.11", [Given(TenantRef(1, "63.11.01", Zone.WITA), "Uji", (), stands)])])
    assert shown(found[figure_key(R01, "coverage", "63.11")]) == 3
    assert shown(found[whole_key(R01, "coverage", "63.11.01")]) == 9


VILLAGE = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 12)).map(
    lambda each: (each[0], each[1], sum(each))
)


@settings(max_examples=15, deadline=None, report_multiple_bugs=False)
@given(st.lists(st.lists(VILLAGE, min_size=2, max_size=3), min_size=2, max_size=3), st.data())
def test_neither_a_village_nor_a_kecamatan_works_out_a_few_of_another(
    villages: list[list[Counts]], data: st.DataObject
) -> None:
    table = of_documents(*villages)
    sheet = protecting._sheet(table)
    cells, sums = list(protecting._cells(sheet)), list(protecting._sums(sheet))
    attacker = Attacker(sums, [protect([table])])
    offices = sorted({office for cell in cells for office in cell.known_to})
    reader = data.draw(st.sampled_from(["", *offices]))
    theirs = {cell.key: cell.value for cell in cells if reader in cell.known_to}
    for key, value in theirs.items():
        attacker.knows(0, key, value)
    for cell in cells:
        if 0 < cell.value < T and cell.key not in theirs:
            low, high = attacker.bounds((1, 0, cell.key))
            assert high >= T, cell
            assert high - low >= T - 1, cell
