"""A later month's file lets suppose what happened; an officer's word makes events of it, or says there were none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from hub.domains.imports import confirming
from hub.domains.imports.confirming import Word
from hub.domains.imports.errors import AbsenceUnanswered, EventDayNeeded, ProposalClosed, ProposalsNeeded
from hub.domains.imports.model import AbsentAs, RowAction
from hub.integrations.opensid.report import Report
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Reader, Scope
from hub.store.unit import writing
from hub.tenants.permissions import Permission
from tests.integrations.opensid.conftest import MakeBook, MakePerson, Person
from tests.integrations.opensid.desk import Desk
from tests.integrations.opensid.test_undoing import batch_of

CARD, OTHER_CARD, NEW_CARD = "3201010101100001", "3201010101100002", "3201010101100003"
OPEN = """
    select p.id, p.kind, p.state, p.occurred_on, coalesce(p.full_name, c.full_name) as name, p.birth_date,
           p.sealed is not null as told, p.vital_event_id, p.departure_id, p.citizen_id
      from proposed_event p left join citizen c on c.tenant_id = p.tenant_id and c.id = p.citizen_id
     where p.village_id = $1 order by p.kind, name
"""
EVENTS = """
    select e.type, e.occurred_on, array_agg(c.full_name order by c.full_name) as who
      from vital_event e
      join vital_event_subject s on s.tenant_id = e.tenant_id and s.event_id = e.id
      join citizen c on c.tenant_id = s.tenant_id and c.id = s.citizen_id
     where e.village_id = $1 group by e.id, e.type, e.occurred_on order by e.type
"""
DAY = date(2026, 11, 1)
KECAMATAN = "32.14.09"


@pytest.fixture
async def desk(village_desk: Desk) -> Desk:
    """An empty village."""
    return village_desk


@pytest.fixture
def people(person: MakePerson) -> list[Person]:
    """Two families: parents with two children, an old couple."""
    base = {"status_dasar": 1, "status_kawin": 1, "tanggalperkawinan": None, "ibu_nik": None}
    return [
        person(**base, no_kk=CARD, kk_level=1, sex=1, nama="Ahmad Contoh"),
        person(**base, no_kk=CARD, kk_level=3, nama="Aminah Contoh"),
        person(**base, no_kk=CARD, kk_level=4, sex=1, nama="Anwar Contoh"),
        person(**base, no_kk=CARD, kk_level=4, nama="Anita Contoh"),
        person(**base, no_kk=OTHER_CARD, kk_level=1, sex=1, nama="Badrun Contoh"),
        person(**base, no_kk=OTHER_CARD, kk_level=4, nama="Bahria Contoh"),
    ]


def month_later(people: list[Person], person: MakePerson) -> list[Person]:
    """Two married each other, one died, a family left, one is absent, a name, a newborn, a family that came."""
    after = [dict(one) for one in people]
    for one in after[:2]:
        one |= {"status_kawin": 2, "tanggalperkawinan": date(2026, 10, 3)}
    after[1] |= {"nama": "Siti Aminah"}
    after[2] |= {"status_dasar": 2}
    for one in after[4:]:
        one |= {"status_dasar": 3}
    born = person(no_kk=CARD, kk_level=4, nama="Bayi Contoh", tanggallahir=date(2026, 10, 9), ibu_nik=people[1]["nik"])
    came = person(no_kk=NEW_CARD, kk_level=1, nama="Cici Contoh")
    child = person(no_kk=NEW_CARD, kk_level=4, nama="Candra Contoh", tanggallahir=date(2020, 1, 1))
    return [*after[:3], *after[4:], child, came, born]


async def proposed(desk: Desk) -> list[dict[str, Any]]:
    return [dict(row) for row in await desk.ask(OPEN, desk.village)]


async def kinds(desk: Desk) -> list[tuple[str, str]]:
    """Kind and name of what is open."""
    return [(each["kind"], each["name"]) for each in await proposed(desk) if each["state"] == "OPEN"]


async def confirm(
    desk: Desk, report: Report, ids: Sequence[UUID], word: Word | None = None, *, scope: Scope | None = None
) -> None:
    services = desk.hub.services
    async with writing(desk.hub.pools.of(Reader.API), scope or desk.scope, services.clock()) as unit:
        await confirming.confirm(unit, services.keys, batch_of(report), ids, word or Word())


async def decline(desk: Desk, report: Report, ids: Sequence[UUID]) -> None:
    async with writing(desk.hub.pools.of(Reader.API), desk.scope, desk.hub.services.clock()) as unit:
        await confirming.decline(unit, batch_of(report), ids)


async def compared(people: list[Person], person: MakePerson, book: MakeBook, desk: Desk) -> tuple[Report, list[Person]]:
    """The first month is in, the second was compared."""
    await desk.bring(book(people))
    later = month_later(people, person)
    return await desk.bring(book(later)), later


async def test_a_first_file_supposes_nothing(people: list[Person], book: MakeBook, desk: Desk) -> None:
    await desk.bring(book(people))

    assert await proposed(desk) == []


async def test_a_later_file_is_told_as_what_may_have_happened_and_changes_nothing(
    people: list[Person], person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    await desk.bring(book(people))
    before = await desk.fingerprint()

    report = await desk.bring(book(month_later(people, person)))

    assert report.waiting == {"NEW": 3, "CHANGED": 2, "DIED": 1, "MOVED": 2, "MISSING": 1}
    assert await desk.fingerprint() == before
    assert await kinds(desk) == [
        ("ABSENCE", "Anita Contoh"),
        ("ARRIVAL", "Candra Contoh"),
        ("ARRIVAL", "Cici Contoh"),
        ("BIRTH", "Bayi Contoh"),
        ("DEATH", "Anwar Contoh"),
        ("DEPARTURE", "Badrun Contoh"),
        ("DEPARTURE", "Bahria Contoh"),
        ("MARRIAGE", "Ahmad Contoh"),
        ("MARRIAGE", "Aminah Contoh"),
        ("NAME_CHANGE", "Siti Aminah"),
    ]
    days = {each["kind"]: each["occurred_on"] for each in await proposed(desk) if each["occurred_on"]}
    assert days == {"BIRTH": date(2026, 10, 9), "MARRIAGE": date(2026, 10, 3)}


async def test_confirmed_all_at_once_it_is_events_and_the_file_says_nothing_more(
    people: list[Person], person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    report, later = await compared(people, person, book, desk)
    word = Word(occurred_on=DAY, absent_as=AbsentAs.DEATH, note="Berkas November")

    await confirm(desk, report, [each["id"] for each in await proposed(desk)], word)

    events = [(row["type"], row["occurred_on"], row["who"]) for row in await desk.ask(EVENTS, desk.village)]
    assert sorted(events) == [
        ("BIRTH", date(2026, 10, 9), ["Bayi Contoh", "Siti Aminah"]),
        ("DEATH", DAY, ["Anita Contoh"]),
        ("DEATH", DAY, ["Anwar Contoh"]),
        ("MARRIAGE", date(2026, 10, 3), ["Ahmad Contoh", "Siti Aminah"]),
        ("MOVE_IN_PERMANENT", DAY, ["Candra Contoh"]),
        ("MOVE_IN_PERMANENT", DAY, ["Cici Contoh"]),
        ("NAME_CHANGE", DAY, ["Siti Aminah"]),
    ]
    left = await desk.ask("select whole, place, note from departure where village_id = $1", desk.village)
    assert [tuple(row) for row in left] == [(True, confirming.PLACE, "Berkas November")]
    answered = await proposed(desk)
    assert {(each["state"], each["told"], each["birth_date"]) for each in answered} == {("CONFIRMED", False, None)}
    made = [(each["vital_event_id"] is None, each["departure_id"] is None) for each in answered]
    assert sorted(set(made)) == [(False, True), (True, False)]
    assert [each["kind"] for each in answered if each["citizen_id"] is None] == []
    assert (await desk.said())["PROPOSAL_CONFIRMED"] == 10

    again = await desk.bring(book(later))

    assert (again.waiting, await kinds(desk)) == ({}, [])


async def test_declined_ones_leave_the_register_and_are_not_proposed_again(
    people: list[Person], person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    report, later = await compared(people, person, book, desk)
    before = await desk.fingerprint()
    wanted = {"ABSENCE", "NAME_CHANGE", "ARRIVAL"}

    await decline(desk, report, [each["id"] for each in await proposed(desk) if each["kind"] in wanted])

    assert await desk.fingerprint() == before
    rows = [each for each in await proposed(desk) if each["kind"] in wanted]
    assert {(each["state"], each["told"], each["birth_date"]) for each in rows} == {("DECLINED", False, None)}
    again = await desk.bring(book(later))
    assert [kind for kind, _ in await kinds(desk) if kind in wanted] == []
    assert len(await kinds(desk)) == 6
    assert again.waiting == report.waiting  # `confirmImport` may still take the file's word over

    corrected = await desk.bring(book(later), apply=frozenset((RowAction.CHANGED,)))

    assert corrected.applied == {"CHANGED": 2}
    assert [kind for kind, _ in await kinds(desk)] == ["BIRTH", "DEATH", "DEPARTURE", "DEPARTURE"]


async def test_a_refusal_names_the_proposal_and_nothing_of_the_others_is_recorded(
    people: list[Person], person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    report, _ = await compared(people, person, book, desk)
    by_kind = {each["kind"]: each["id"] for each in await proposed(desk)}
    before = await desk.fingerprint()
    died = "update citizen set ended_at = now(), end_reason = 'DIED' where village_id = $1 and full_name = $2"
    await desk.ask(died, desk.village, "Anwar Contoh")
    word = Word(occurred_on=DAY)

    for ids, said, refusal, path in (
        ([], word, ProposalsNeeded, ("proposals",)),
        ([by_kind["BIRTH"]] * 2, word, ProposalsNeeded, ("proposals",)),
        ([by_kind["ABSENCE"]], word, AbsenceUnanswered, ("absentAs",)),
        ([by_kind["BIRTH"], by_kind["ARRIVAL"]], Word(), EventDayNeeded, ("occurredOn",)),
        ([by_kind["BIRTH"], UUID(int=1)], word, ProposalClosed, ("proposals", "1")),
        ([by_kind["BIRTH"], by_kind["DEATH"]], word, HubError, ("proposals", "1")),
    ):
        with pytest.raises(refusal) as refused:
            await confirm(desk, report, ids, said)
        assert refused.value.path[:2] == path
    stranger = replace(desk.scope, permissions=desk.scope.permissions - {Permission.RECORD_EVENT})
    with pytest.raises(Forbidden):
        await confirm(desk, report, [by_kind["BIRTH"]], word, scope=stranger)

    assert await desk.ask(EVENTS, desk.village) == []
    assert len(await kinds(desk)) == 10
    assert before != await desk.fingerprint()  # by the test's own hand alone


async def test_each_comparison_takes_the_place_of_what_was_open(
    people: list[Person], person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    report, _ = await compared(people, person, book, desk)
    old = [each["id"] for each in await proposed(desk)]

    await desk.bring(book(people))

    assert await kinds(desk) == []
    with pytest.raises(ProposalClosed):
        await confirm(desk, report, old[:1], Word(occurred_on=DAY, absent_as=AbsentAs.DEPARTURE))


async def test_nothing_of_a_proposal_that_a_file_says_of_somebody_new_but_name_and_birth_date_stands_in_the_clear(
    people: list[Person], person: MakePerson, book: MakeBook, desk: Desk
) -> None:
    _, later = await compared(people, person, book, desk)

    rows = await desk.ask("select p::text as whole, sealed from proposed_event p where village_id = $1", desk.village)

    told = "".join(row["whole"] for row in rows)
    assert "Bayi Contoh" in told
    assert [one["nik"] for one in later if str(one["nik"]) in told] == []
    assert NEW_CARD not in told
