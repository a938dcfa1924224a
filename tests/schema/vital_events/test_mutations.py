"""Recording and correcting events over HTTP."""

from typing import Any

from tests.schema.citizens.stage import END, SET_HEAD, UPDATE, Office
from tests.schema.vital_events.stage import DAY, changes, changing, correct, done, person, record, refused

MAN = {"sex": "MALE", "maritalStatus": "SINGLE"}
WOMAN = {"sex": "FEMALE", "maritalStatus": "SINGLE"}


async def couple(office: Office) -> tuple[Any, Any]:
    """A man and a woman, each the head of a household."""
    his, hers = await office.household(), await office.household()
    return await office.citizen(his, "HEAD", "Ahmad", **MAN), await office.citizen(hers, "HEAD", "Wati", **WOMAN)


# Births


async def test_a_child_is_born_into_the_mothers_household(office: Office) -> None:
    home, (_, mother) = await office.family("HEAD", "WIFE")

    answer = await done(
        office,
        "recordBirth",
        mother=mother["id"],
        fullName="Bayi Laki",
        sex="MALE",
        birthPlace="Takisung",
        place="RSUD",
    )

    child, event = answer["citizen"], answer["event"]
    assert (child["household"]["id"], child["birthDate"], child["familyRelation"]) == (home["id"], DAY, "CHILD")
    assert [(each["part"], each["citizen"]["fullName"]) for each in event["subjects"]["nodes"]] == [
        ("CHILD", "Bayi Laki"),
        ("MOTHER", "Wife"),
    ]
    assert changes(event) == [("BASE_STATUS", "Bayi Laki", None, "ALIVE")]
    assert (event["type"], event["state"], event["timeliness"], event["place"]) == (
        "BIRTH",
        "RECORDED",
        "ON_TIME",
        "RSUD",
    )


async def test_a_birth_needs_a_household_and_parents_that_can_be(office: Office) -> None:
    _, (head, wife) = await office.family("HEAD", "WIFE")
    man = await office.citizen(await office.household(), "HEAD", "Ahmad", **MAN)
    child = {"fullName": "Bayi", "sex": "MALE"}

    assert await refused(office, "recordBirth", **child) == ("HOUSEHOLD_NEEDED", ["household"])
    assert await refused(office, "recordBirth", **child, mother=man["id"]) == ("PART_UNFIT", ["mother"])
    assert await refused(office, "recordBirth", **child, mother=wife["id"], father=head["id"]) == (
        "PART_UNFIT",
        ["father"],
    )


async def test_days_that_cannot_be_are_refused(office: Office) -> None:
    mother = await office.citizen(await office.household(), birthDate="2000-01-01")
    child = {"fullName": "Bayi", "sex": "MALE", "mother": mother["id"]}

    future = await refused(office, "recordBirth", **child, occurredOn="2999-01-01", reportedOn=None)
    early = await refused(office, "recordBirth", **child, reportedOn="2026-03-03")
    unborn = await refused(office, "recordBirth", **child, occurredOn="1999-12-31")

    assert future == ("DATE_IN_FUTURE", ["occurredOn"])
    assert early == ("REPORTED_BEFORE", ["reportedOn"])
    assert unborn == ("BEFORE_BIRTH", ["occurredOn"])


async def test_a_birth_of_a_mother_who_had_died_is_refused_and_on_the_day_itself_is_not(office: Office) -> None:
    _, (_, mother) = await office.family("HEAD", "WIFE")
    await done(office, "recordDeath", **await changing(office, mother))
    child = {"fullName": "Bayi", "sex": "FEMALE", "mother": mother["id"]}

    late = await refused(office, "recordBirth", **child, occurredOn="2026-03-05", reportedOn="2026-03-06")
    same = await done(office, "recordBirth", **child)

    assert late == ("AFTER_DEATH", ["occurredOn"])
    assert same["citizen"]["baseStatus"] == "ALIVE"


async def test_a_corrected_birth_leaves_nobody_behind(office: Office) -> None:
    home, (_, mother) = await office.family("HEAD", "WIFE")
    born = await done(office, "recordBirth", mother=mother["id"], fullName="Keliru", sex="MALE")

    answer = await correct(office, born["event"])

    child = await person(office, born["citizen"])
    assert (child["baseStatus"], child["endReason"]) == ("INVALID", "INVALID")
    assert (await office.read_household(home))["members"] == {"totalCount": 2}
    assert answer["corrected"] == {
        "id": born["event"]["id"],
        "state": "CORRECTED",
        "version": 2,
        "correctedBy": {"id": answer["event"]["id"]},
    }
    assert (answer["event"]["state"], answer["event"]["timeliness"]) == ("CORRECTION", "NO_LIMIT")


# Deaths


async def test_a_head_who_dies_leaves_a_new_head(office: Office) -> None:
    home, (head, wife) = await office.family("HEAD", "WIFE")
    dying = await changing(office, head)

    alone = await refused(office, "recordDeath", **dying)
    answer = await done(office, "recordDeath", **dying, newHead=wife["id"])

    assert alone == ("HEAD_NEEDED", ["newHead"])
    assert (answer["citizen"]["baseStatus"], answer["citizen"]["endedOn"]) == ("DEAD", DAY)
    assert (await office.read_household(home))["head"] == {"fullName": "Wife"}
    assert ("FAMILY_RELATION", "Wife", "WIFE", "HEAD") in changes(answer["event"])


async def test_nobody_dies_twice(office: Office) -> None:
    _, (_, child) = await office.family("HEAD", "CHILD")
    dying = await changing(office, child)
    await done(office, "recordDeath", **dying)

    assert await refused(office, "recordDeath", **dying) == ("CITIZEN_ENDED", ["citizen"])


async def test_the_last_one_takes_the_household_along_and_brings_it_back(office: Office) -> None:
    home = await office.household()
    head = await office.citizen(home, "HEAD", "Sendiri")
    died = await done(office, "recordDeath", **await changing(office, head))
    assert (await office.read_household(home))["endReason"] == "EMPTY"

    await correct(office, died["event"])

    found = await office.read_household(home)
    assert (found["endReason"], found["head"], found["members"]) == (None, {"fullName": "Sendiri"}, {"totalCount": 1})
    alive = await person(office, head)
    assert (alive["baseStatus"], alive["endedOn"], alive["familyRelation"]) == ("ALIVE", None, "HEAD")


async def test_a_corrected_death_gives_headship_and_marriage_back(office: Office) -> None:
    home = await office.household()
    head = await office.citizen(home, "HEAD", "Suami", sex="MALE", maritalStatus="MARRIED")
    wife = await office.citizen(home, "WIFE", "Istri", maritalStatus="MARRIED")
    died = await done(
        office,
        "recordDeath",
        **await changing(office, head),
        newHead=wife["id"],
        widowed=await changing(office, wife),
    )
    widow = await person(office, wife)
    assert (widow["maritalStatus"], widow["familyRelation"]) == ("WIDOWED", "HEAD")

    await correct(office, died["event"])

    back = [await person(office, each) for each in (head, wife)]
    assert [(each["baseStatus"], each["maritalStatus"], each["familyRelation"]) for each in back] == [
        ("ALIVE", "MARRIED", "HEAD"),
        ("ALIVE", "MARRIED", "WIFE"),
    ]


async def test_who_returns_where_another_became_head_since_says_as_what(office: Office) -> None:
    home, (head, wife, child) = await office.family("HEAD", "WIFE", "CHILD")
    died = await done(office, "recordDeath", **await changing(office, head), newHead=wife["id"])
    version = (await office.read_household(home))["version"]
    await office.do(
        SET_HEAD, household=home["id"], expectedVersion=version, citizen=child["id"], formerHeadRelation="PARENT"
    )
    back = {"event": died["event"]["id"], "expectedVersion": 1, "reason": "Masih hidup"}

    assert await refused(office, "correctEvent", **back) == ("HEAD_EXISTS", ["familyRelation"])
    await done(office, "correctEvent", **back, familyRelation="PARENT")

    assert (await person(office, head))["familyRelation"] == "PARENT"
    assert (await office.read_household(home))["head"] == {"fullName": "Child"}


async def test_who_was_widowed_must_have_been_married(office: Office) -> None:
    _, (head, wife) = await office.family("HEAD", "WIFE")
    dying = {**await changing(office, head), "newHead": wife["id"]}

    found = await refused(office, "recordDeath", **dying, widowed=await changing(office, wife))

    assert found == ("NOT_MARRIED", ["widowed", "citizen"])
    assert (await person(office, head))["baseStatus"] == "ALIVE"


# Couples


async def test_a_couple_marries_and_she_moves_to_him(office: Office) -> None:
    him, her = await couple(office)
    hers = her["household"]

    answer = await done(
        office,
        "recordMarriage",
        certificate="AK-7",
        spouse=await changing(office, him),
        otherSpouse=await changing(office, her, household=him["household"]["id"], familyRelation="WIFE"),
    )

    wife = await person(office, her)
    assert (wife["maritalStatus"], wife["familyRelation"], wife["household"]) == ("MARRIED", "WIFE", him["household"])
    assert (await person(office, him))["maritalStatus"] == "MARRIED"
    assert (await office.read_household(hers))["endReason"] == "EMPTY"
    assert [each["part"] for each in answer["event"]["subjects"]["nodes"]] == ["SPOUSE", "SPOUSE"]

    await correct(office, answer["event"])

    alone = await person(office, her)
    assert (alone["maritalStatus"], alone["familyRelation"], alone["household"]) == ("SINGLE", "HEAD", hers)
    assert (await office.read_household(hers))["endReason"] is None


async def test_a_married_woman_does_not_marry_and_nobody_marries_themselves(office: Office) -> None:
    him, her = await couple(office)
    await done(office, "recordMarriage", spouse=await changing(office, her))

    again = await refused(
        office, "recordMarriage", spouse=await changing(office, him), otherSpouse=await changing(office, her)
    )
    alone = await refused(
        office, "recordMarriage", spouse=await changing(office, him), otherSpouse=await changing(office, him)
    )

    assert again == ("ALREADY_MARRIED", ["otherSpouse", "citizen"])
    assert alone == ("PART_UNFIT", ["otherSpouse", "citizen"])


async def test_a_marriage_is_not_taken_back_after_the_divorce_but_the_divorce_is(office: Office) -> None:
    him, her = await couple(office)
    both: dict[str, Any] = {"spouse": await changing(office, him), "otherSpouse": await changing(office, her)}
    married = await done(office, "recordMarriage", **both)
    both = {"spouse": await changing(office, him), "otherSpouse": await changing(office, her)}
    divorced = await done(office, "recordDivorce", **both, certificate="AC-1")
    back = {"event": married["event"]["id"], "expectedVersion": 1, "reason": "Keliru"}

    assert await refused(office, "correctEvent", **back) == ("CHANGED_SINCE", ["event"])
    await correct(office, divorced["event"])
    assert (await person(office, her))["maritalStatus"] == "MARRIED"
    await correct(office, married["event"])
    assert (await person(office, her))["maritalStatus"] == "SINGLE"


async def test_a_stale_spouse_and_a_move_without_relation_are_refused_where_they_stand(office: Office) -> None:
    him, her = await couple(office)
    spouse = await changing(office, him)

    stale = await refused(
        office, "recordMarriage", spouse=spouse, otherSpouse={"citizen": her["id"], "expectedVersion": 9}
    )
    nowhere = await refused(
        office,
        "recordMarriage",
        spouse=spouse,
        otherSpouse=await changing(office, her, household=him["household"]["id"]),
    )

    assert stale == ("STALE_VERSION", ["otherSpouse", "expectedVersion"])
    assert nowhere == ("RELATION_NEEDED", ["otherSpouse", "familyRelation"])


async def test_only_the_married_divorce(office: Office) -> None:
    him, _ = await couple(office)

    assert await refused(office, "recordDivorce", spouse=await changing(office, him)) == (
        "NOT_MARRIED",
        ["spouse", "citizen"],
    )


# Names and the rest


async def test_a_former_name_is_kept_and_found_with_the_person(office: Office) -> None:
    _, (head,) = await office.family("HEAD")

    await done(office, "recordNameChange", **await changing(office, head), fullName="Nama Baru", note="Penetapan 1")

    query = "query ($id: ID) { citizen(id: $id) { fullName formerNames(first: 9) { nodes { before after } } } }"
    found = (await office.ask(query, {"id": head["id"]}))["citizen"]
    assert found == {"fullName": "Nama Baru", "formerNames": {"nodes": [{"before": "Head", "after": "Nama Baru"}]}}


async def test_an_adopted_child_goes_to_another_family_and_comes_back_with_a_correction(office: Office) -> None:
    home, (_, child) = await office.family("HEAD", "CHILD")
    other, _ = await office.family("HEAD")
    moving = await changing(office, child, household=other["id"], familyRelation="CHILD")

    answer = await done(office, "recordOtherEvent", type="ADOPTION", **moving, fatherName="Ayah Angkat")

    assert (await person(office, child))["household"] == {"id": other["id"]}
    assert ("FATHER_NAME", "Child", None, "Ayah Angkat") in changes(answer["event"])
    await correct(office, answer["event"])
    assert (await person(office, child))["household"] == {"id": home["id"]}


async def test_an_address_changes_for_the_household(office: Office) -> None:
    home, (head,) = await office.family("HEAD")

    answer = await done(
        office, "recordOtherEvent", type="ADDRESS_CHANGE", **await changing(office, head), address="Jl. Baru", rt="002"
    )

    assert changes(answer["event"]) == [("ADDRESS", None, None, "Jl. Baru"), ("RT", None, None, "002")]
    await correct(office, answer["event"])
    found = await office.read_household(home)
    assert (found["address"], found["rt"]) == (None, None)


async def test_citizenship_and_stay_change_by_their_own_events(office: Office) -> None:
    _, (head,) = await office.family("HEAD")

    native = await refused(
        office,
        "recordOtherEvent",
        type="FOREIGN_LIMITED_TO_PERMANENT",
        kitasNumber="P-1",
        **await changing(office, head),
    )
    limited = await done(
        office,
        "recordOtherEvent",
        type="LIMITED_STAY",
        citizenship="FOREIGN",
        kitasNumber="T-1",
        **await changing(office, head),
    )
    permanent = await done(
        office,
        "recordOtherEvent",
        type="FOREIGN_LIMITED_TO_PERMANENT",
        kitasNumber="P-1",
        **await changing(office, head),
    )

    assert native == ("NOT_FOREIGN", ["citizen"])
    assert changes(limited["event"]) == [
        ("CITIZENSHIP", "Head", None, "FOREIGN"),
        ("KITAS_NUMBER", "Head", None, "T-1"),
    ]
    assert changes(permanent["event"]) == [("KITAS_NUMBER", "Head", "T-1", "P-1")]


async def test_a_type_takes_only_its_own_fields_and_parts(office: Office) -> None:
    _, (head, wife) = await office.family("HEAD", "WIFE")
    subject = await changing(office, wife)

    foreign = await refused(office, "recordOtherEvent", type="ADOPTION", **subject, kitasNumber="1")
    missing = await refused(office, "recordOtherEvent", type="CITIZENSHIP_CHANGE", **subject)
    own = await refused(office, "recordOtherEvent", type="DEATH", **subject)
    part = await refused(
        office, "recordOtherEvent", type="STILLBIRTH", **subject, others=[{"citizen": head["id"], "part": "SPOUSE"}]
    )

    assert foreign == ("FIELD_UNFIT", ["kitasNumber"])
    assert missing == ("FIELD_NEEDED", ["citizenship"])
    assert own == ("OWN_MUTATION", ["type"])
    assert part == ("PART_UNFIT", ["others", "0", "citizen"])


async def test_a_stillbirth_changes_nothing_in_the_register(office: Office) -> None:
    home, (_, mother) = await office.family("HEAD", "WIFE")
    before = await person(office, mother)

    answer = await done(office, "recordOtherEvent", type="STILLBIRTH", **await changing(office, mother))

    assert changes(answer["event"]) == []
    assert (await person(office, mother), await office.read_household(home)) == (before, home)


# Corrections in general


async def test_an_event_is_taken_back_once_and_a_correction_never(office: Office) -> None:
    _, (head,) = await office.family("HEAD")
    renamed = await done(office, "recordNameChange", **await changing(office, head), fullName="Baru")
    counter = (await correct(office, renamed["event"]))["event"]

    twice = await refused(office, "correctEvent", event=renamed["event"]["id"], expectedVersion=2, reason="Lagi")
    itself = await refused(office, "correctEvent", event=counter["id"], expectedVersion=1, reason="Lagi")
    stale = await refused(office, "correctEvent", event=renamed["event"]["id"], expectedVersion=1, reason="Lagi")

    assert twice == ("EVENT_NOT_IN_FORCE", ["event"])
    assert itself == ("EVENT_NOT_IN_FORCE", ["event"])
    assert stale == ("STALE_VERSION", ["expectedVersion"])
    assert (await person(office, head))["fullName"] == "Head"


async def test_what_was_changed_by_hand_since_is_not_overwritten(office: Office) -> None:
    _, (head,) = await office.family("HEAD")
    renamed = await done(office, "recordNameChange", **await changing(office, head), fullName="Baru")
    await office.do(UPDATE, **await changing(office, head), fullName="Lain Lagi")

    found = await refused(office, "correctEvent", event=renamed["event"]["id"], expectedVersion=1, reason="Keliru")

    assert found == ("CHANGED_SINCE", ["event"])
    assert (await person(office, head))["fullName"] == "Lain Lagi"


async def test_who_ended_otherwise_is_not_brought_back_by_a_births_correction(office: Office) -> None:
    _, (_, mother) = await office.family("HEAD", "WIFE")
    born = await done(office, "recordBirth", mother=mother["id"], fullName="Pindah", sex="MALE")
    await office.do(END, **await changing(office, born["citizen"]), status="MOVED", on=DAY)

    found = await refused(office, "correctEvent", event=born["event"]["id"], expectedVersion=1, reason="Keliru")

    assert found == ("CHANGED_SINCE", ["event"])


# Who may


async def test_an_officer_records_in_the_own_village_only(office: Office) -> None:
    _, (mine,) = await office.family("HEAD")
    _, (theirs,) = await office.family("HEAD", village=1)

    answer = await done(
        office, "recordNameChange", key=office.officer, **await changing(office, mine), fullName="Punya Desa"
    )
    other = await refused(
        office, "recordNameChange", key=office.officer, **await changing(office, theirs), fullName="Bukan"
    )

    assert answer["citizen"]["fullName"] == "Punya Desa"
    assert other == ("NOT_FOUND", ["citizen"])


async def test_a_counter_officer_reads_events_and_records_none(office: Office) -> None:
    _, (head,) = await office.family("HEAD")
    renamed = await done(office, "recordNameChange", **await changing(office, head), fullName="Dibaca")

    found = await refused(
        office, "recordNameChange", key=office.counter, **await changing(office, head), fullName="Tidak"
    )
    query = "query ($id: ID) { vitalEvent(id: $id) { type } }"
    seen = await office.ask(query, {"id": renamed["event"]["id"]}, key=office.counter)

    assert found == ("FORBIDDEN", [])
    assert seen == {"vitalEvent": {"type": "NAME_CHANGE"}}


async def test_a_repeated_birth_is_one_child(office: Office) -> None:
    home, (_, mother) = await office.family("HEAD", "WIFE")
    given = {"mother": mother["id"], "fullName": "Sekali", "sex": "MALE", "idempotencyKey": "lahir-1"}

    first = await record(office, "recordBirth", **given)
    again = await record(office, "recordBirth", **given)

    assert again["event"]["id"] == first["event"]["id"]
    assert (await office.read_household(home))["members"] == {"totalCount": 3}
