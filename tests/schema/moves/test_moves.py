"""People move from Halong to Takisung: each side its own half, the worker between, whatever dies on the way."""

from datetime import timedelta
from itertools import count
from typing import Any

from hub.kernel.clock import Now, system_clock
from tests.relay import Worker
from tests.schema.moves.stage import DAY, Moving, a_nik, accepting, actions, departing, key_of

_families = count(1)


async def a_family(moving: Moving) -> tuple[Any, Any, Any, str]:
    """A household in Halong with a head and a child of names of their own, and the head's NIK."""
    nik, number = a_nik(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[next(_families)]
    home = await moving.halong.household()
    head = await moving.halong.citizen(home, "HEAD", f"Aminah {number}", nik=nik, birthDate="1980-05-04", phone=None)
    child = await moving.halong.citizen(home, "CHILD", f"Budi {number}", sex="MALE", birthDate="2010-01-02")
    return await moving.halong.read_household(home), head, child, nik


async def test_a_family_moves_and_is_registered_anew_under_the_same_numbers(moving: Moving) -> None:
    home, head, child, _ = await a_family(moving)

    sent = await moving.send(household=home)
    await moving.worker.catch_up()
    offered, arrival = await moving.departure(sent), await moving.arrival(sent)
    taken = await moving.done(
        moving.takisung, "acceptMove", **accepting(arrival, village=moving.takisung.village(1), arrivedOn=DAY)
    )
    await moving.worker.catch_up()

    assert (sent["state"], offered["state"], arrival["state"]) == ("SENT", "OFFERED", "OFFERED")
    assert [(each["citizen"]["baseStatus"], each["citizen"]["endedOn"]) for each in sent["people"]["nodes"]] == [
        ("MOVED", DAY),
        ("MOVED", DAY),
    ]
    assert (await moving.halong.read_household(home))["endReason"] == "EMPTY"
    assert [each["fullName"] for each in arrival["people"]["nodes"]] == [head["fullName"], child["fullName"]]
    assert (taken["state"], taken["arrivedOn"], taken["fromCode"]) == ("ACCEPTED", DAY, moving.halong.tenant.code)
    here = [await moving.takisung.read(each["citizen"]) for each in taken["people"]["nodes"]]
    assert [(each["fullName"], each["birthDate"], each["baseStatus"]) for each in here] == [
        (head["fullName"], "1980-05-04", "ALIVE"),
        (child["fullName"], "2010-01-02", "ALIVE"),
    ]
    assert (here[0]["nik"], here[0]["id"] == head["id"]) == (head["nik"], False)
    assert (await moving.departure(sent))["state"] == "ACCEPTED"
    assert await moving.living(head["fullName"]) == [moving.takisung.tenant.id]


async def test_both_sides_know_each_others_records_and_nothing_told_is_left_lying(moving: Moving) -> None:
    home, head, _, _ = await a_family(moving)
    sent = await moving.send(household=home)
    await moving.worker.catch_up()
    arrival = await moving.arrival(sent)
    taken = await moving.done(moving.takisung, "acceptMove", **accepting(arrival, village=moving.takisung.village()))
    await moving.worker.catch_up()

    left = await moving.rows(
        "select citizen_id, arrived_id from departure_person where departure_id = $1 order by position",
        key_of(sent["id"]),
    )
    come = await moving.rows(
        "select departed_id, citizen_id from arrival_person where arrival_id = $1 order by position",
        key_of(sent["id"]),
    )
    assert left == come
    assert left[0] == (key_of(head["id"]), key_of(taken["people"]["nodes"][0]["citizen"]["id"]))
    assert await moving.rows(
        "select count(*) from arrival_person where arrival_id = $1 and told_sealed is not null", key_of(sent["id"])
    ) == [(0,)]


async def test_the_registry_follows_a_person_who_moves(moving: Moving) -> None:
    home, _, _, nik = await a_family(moving)
    sent = await moving.send(household=home)
    await moving.worker.catch_up()
    arrival = await moving.arrival(sent)
    await moving.done(moving.takisung, "acceptMove", **accepting(arrival, village=moving.takisung.village()))
    await moving.worker.catch_up()

    blind = moving.worker.keys.registry.registry_blind(nik, kind="nik")
    assert await moving.rows(
        "select home_tenant, living from person_home join person_key using (person_id) where bidx = $1 order by 1",
        blind,
    ) == [(moving.halong.tenant.id, False), (moving.takisung.tenant.id, True)]


async def test_one_of_a_family_moves_into_a_household_that_is_there(moving: Moving) -> None:
    home, head, child, _ = await a_family(moving)
    grandmother = await moving.takisung.household()
    await moving.takisung.citizen(grandmother, "HEAD", "Nenek")

    alone = await moving.refused(
        moving.halong,
        "startMove",
        people=[{"citizen": head["id"], "expectedVersion": 1}],
        to={"kind": "KECAMATAN", "kecamatan": moving.takisung.tenant.code},
        reason="FAMILY",
        departedOn=DAY,
    )
    sent = await moving.send(child)
    await moving.worker.catch_up()
    arrival = await moving.arrival(sent)
    (person,) = arrival["people"]["nodes"]
    taken = await moving.done(
        moving.takisung,
        "acceptMove",
        **accepting(
            arrival,
            household=grandmother["id"],
            people=[{"person": person["id"], "familyRelation": "GRANDCHILD"}],
        ),
    )

    assert alone == ("HEAD_NEEDED", ["newHead"])
    assert (await moving.halong.read_household(home))["members"] == {"totalCount": 1}
    assert taken["household"]["id"] == grandmother["id"]
    assert (await moving.takisung.read(taken["people"]["nodes"][0]["citizen"]))["familyRelation"] == "GRANDCHILD"


async def test_a_rejected_move_tells_why_and_the_people_can_be_registered_again(moving: Moving) -> None:
    home, head, child, _ = await a_family(moving)
    sent = await moving.send(household=home)
    await moving.worker.catch_up()
    arrival = await moving.arrival(sent)

    rejected = await moving.done(moving.takisung, "rejectMove", **accepting(arrival, reason="Alamat tidak ada"))
    await moving.worker.catch_up()
    refused = await moving.departure(sent)
    reopened = await moving.done(moving.halong, "reopenMove", **departing(refused))

    assert [(each["fullName"], each["birthDate"]) for each in rejected["people"]["nodes"]] == [(None, None)] * 2
    assert (refused["state"], refused["answer"]) == ("REFUSED", "Alamat tidak ada")
    assert actions(refused) == {"CANCEL": False, "REOPEN": True}
    assert reopened["state"] == "REOPENED"
    assert [(await moving.halong.read(each))["baseStatus"] for each in (head, child)] == ["ALIVE", "ALIVE"]
    assert (await moving.halong.read_household(home))["endReason"] is None


async def test_a_move_is_called_back_before_it_is_told_and_after(moving: Moving) -> None:
    for told in (False, True):
        home, head, _, _ = await a_family(moving)
        sent = await moving.send(household=home)
        if told:
            await moving.worker.catch_up()
        cancelled = await moving.done(moving.halong, "cancelMove", **departing(await moving.departure(sent)))
        await moving.worker.catch_up()
        after, arrival = await moving.departure(sent), await moving.arrival(sent)

        assert (cancelled["state"], after["state"], arrival["state"]) == ("CANCELLING", "CANCELLED", "WITHDRAWN")
        assert {each["fullName"] for each in arrival["people"]["nodes"]} <= {None}
        assert await moving.refused(
            moving.takisung, "acceptMove", **accepting(arrival, village=moving.takisung.village())
        ) == ("MOVE_NOT_OPEN", [])
        await moving.done(moving.halong, "reopenMove", **departing(after))
        assert await moving.living(head["fullName"]) == [moving.halong.tenant.id]


async def test_who_calls_back_too_late_hears_that_they_were_accepted(moving: Moving) -> None:
    home, head, _, _ = await a_family(moving)
    sent = await moving.send(household=home)
    await moving.worker.catch_up()
    arrival = await moving.arrival(sent)
    await moving.done(moving.takisung, "acceptMove", **accepting(arrival, village=moving.takisung.village()))
    await moving.done(moving.halong, "cancelMove", **departing(await moving.departure(sent)))
    await moving.worker.catch_up()

    assert (await moving.departure(sent))["state"] == "ACCEPTED"
    assert await moving.living(head["fullName"]) == [moving.takisung.tenant.id]


async def test_an_arrival_that_nobody_answers_expires(moving: Moving) -> None:
    home, _, _, _ = await a_family(moving)
    sent = await moving.send(household=home)
    await moving.worker.catch_up()

    def much_later() -> Now:
        return Now(system_clock().instant + timedelta(days=32))

    patient = Worker(moving.worker.dsn, moving.worker.keys, moving.worker.tenants, clock=much_later)
    await patient.catch_up()

    assert (await moving.departure(sent))["state"] == "EXPIRED"
    assert (await moving.arrival(sent))["state"] == "EXPIRED"


async def test_a_move_goes_on_wherever_the_worker_dies(moving: Moving) -> None:
    home, head, _, _ = await a_family(moving)
    sent = await moving.send(household=home)

    told = await moving.worker.die_everywhere(moving.worker.work_to_the_end)
    arrival = await moving.arrival(sent)
    await moving.done(moving.takisung, "acceptMove", **accepting(arrival, village=moving.takisung.village()))
    heard = await moving.worker.die_everywhere(moving.worker.work_to_the_end)

    assert min(told, heard) > 30
    assert (await moving.departure(sent))["state"] == "ACCEPTED"
    assert await moving.living(head["fullName"]) == [moving.takisung.tenant.id]
    entries = "select kind from journal_entry where object_id = $1 order by happened_at, id"
    assert [row[0] for row in await moving.rows(entries, key_of(sent["id"]))] == [
        "DEPARTURE_STARTED",
        "ARRIVAL_OFFERED",
        "DEPARTURE_CHANGED",
        "ARRIVAL_CHANGED",
        "DEPARTURE_CHANGED",
    ]


async def test_a_withdrawal_goes_on_wherever_the_worker_dies(moving: Moving) -> None:
    home, _, _, _ = await a_family(moving)
    sent = await moving.send(household=home)
    await moving.done(moving.halong, "cancelMove", **departing(sent))

    await moving.worker.die_everywhere(moving.worker.work_to_the_end)

    assert (await moving.departure(sent))["state"] == "CANCELLED"
    assert (await moving.arrival(sent))["people"]["nodes"] == []


async def test_an_open_commitment_of_who_moves_stays_where_it_was_made(moving: Moving) -> None:
    home, head, _, _ = await a_family(moving)
    office = moving.halong
    query = """mutation ($input: CreateCommitmentInput!) { answer: createCommitment(input: $input)
      { commitment { id state } userErrors { code path } } }"""
    made = await office.do(
        query,
        type="VILLAGE_HEAD_COMMITMENT",
        title="Komitmen warga",
        object="Kartu keluarga",
        plannedOn="2026-12-01",
        parties=[{"citizen": head["id"]}],
    )
    assert made["userErrors"] == []
    sent = await moving.send(household=home)
    await moving.worker.catch_up()
    arrival = await moving.arrival(sent)
    await moving.done(moving.takisung, "acceptMove", **accepting(arrival, village=moving.takisung.village()))
    await moving.worker.catch_up()

    read = """query ($id: ID) { commitment(id: $id) {
      state parties(first: 3) { nodes { party { ... on Citizen { fullName } } } } } }"""
    found = (await office.ask(read, {"id": made["commitment"]["id"]}))["commitment"]
    assert found == {"state": "DRAFT", "parties": {"nodes": [{"party": {"fullName": head["fullName"]}}]}}
    assert (await moving.takisung.ask("{ commitments(first: 1) { totalCount } }"))["commitments"] == {"totalCount": 0}


async def test_who_goes_abroad_is_gone_at_once_and_can_come_back(moving: Moving) -> None:
    home, head, _, _ = await a_family(moving)

    gone = await moving.send(household=home, to={"kind": "ABROAD", "place": "Malaysia"})
    await moving.worker.catch_up()
    back = await moving.done(moving.halong, "reopenMove", **departing(gone))

    assert (gone["state"], gone["place"], await moving.arrival(gone)) == ("GONE", "Malaysia", None)
    assert (back["state"], await moving.living(head["fullName"])) == ("REOPENED", [moving.halong.tenant.id])


async def test_moves_that_cannot_be_are_refused(moving: Moving) -> None:
    home, head, child, _ = await a_family(moving)
    other = await moving.halong.citizen(await moving.halong.household(), "HEAD", "Orang Lain")
    to = {"kind": "KECAMATAN", "kecamatan": moving.takisung.tenant.code}
    base = {"reason": "WORK", "departedOn": DAY}

    def one(person: Any, version: int = 1) -> dict[str, Any]:
        return {"citizen": person["id"], "expectedVersion": version}

    cases: list[tuple[dict[str, Any], tuple[str, list[str]]]] = [
        ({"to": to}, ("ONE_OF_NEEDED", ["household"])),
        ({"to": to, "people": []}, ("MOVERS_NEEDED", ["people"])),
        ({"to": to, "people": [one(child), one(child)]}, ("MOVERS_NEEDED", ["people"])),
        ({"to": to, "people": [one(child), one(other)]}, ("MOVERS_NEEDED", ["people"])),
        ({"to": to, "people": [one(child, 7)]}, ("STALE_VERSION", ["people", "0", "expectedVersion"])),
        ({"to": to, "people": [one(child)], "departedOn": "2999-01-01"}, ("DATE_IN_FUTURE", ["departedOn"])),
        ({"to": {**to, "kecamatan": "11.01.01"}, "people": [one(child)]}, ("DESTINATION_UNFIT", ["to", "kecamatan"])),
        (
            {"to": {**to, "village": "11.01.01.2001"}, "people": [one(child)]},
            ("DESTINATION_UNFIT", ["to", "kecamatan"]),
        ),
        ({"to": {"kind": "OUTSIDE"}, "people": [one(child)]}, ("DESTINATION_UNFIT", ["to", "place"])),
    ]
    for given, expected in cases:
        assert await moving.refused(moving.halong, "startMove", **{**base, **given}) == expected, given
    counter = moving.halong.counter
    assert (await moving.refused(moving.halong, "startMove", key=counter, to=to, household=home["id"], **base))[
        0
    ] == "FORBIDDEN"
    assert await moving.living(head["fullName"]) == [moving.halong.tenant.id]


async def test_acceptances_that_cannot_be_are_refused(moving: Moving) -> None:
    _, _, child, _ = await a_family(moving)
    sent = await moving.send(child)
    await moving.worker.catch_up()
    arrival = await moving.arrival(sent)
    village = moving.takisung.village()

    async def refusal(**given: Any) -> Any:
        return await moving.refused(moving.takisung, "acceptMove", **accepting(arrival, **given))

    assert await refusal() == ("HOME_NEEDED", ["village"])
    assert await refusal(village=village) == ("HOME_NEEDED", ["kkNumber"])
    assert await refusal(village=village, kkNumber="6399010101990001") == ("HEAD_NEEDED", ["familyRelation"])
    assert await refusal(village=village, arrivedOn="2026-03-03") == ("BEFORE_DEPARTURE", ["arrivedOn"])
    assert await refusal(village=village, expectedVersion=9) == ("STALE_VERSION", ["expectedVersion"])


async def test_a_village_sees_who_comes_to_it_and_nobody_else(moving: Moving) -> None:
    code = moving.takisung.tenant.code
    seen = []
    for more in (
        {"village": f"{moving.takisung.tenant.code}.2001"},
        {"village": f"{moving.takisung.tenant.code}.2002"},
        {},
    ):
        home, _, _, _ = await a_family(moving)
        sent = await moving.send(household=home, to={"kind": "KECAMATAN", "kecamatan": code, **more})
        await moving.worker.catch_up()
        seen.append(await moving.arrival(sent, key=moving.takisung.officer) is not None)

    assert seen == [True, False, False]
