"""The register's mutations over HTTP."""

from typing import Any
from uuid import UUID

import pytest

from hub.domains.citizens import vault
from hub.domains.citizens.model import Citizen
from hub.journal import personal
from hub.kernel.ids import decode
from hub.kernel.nik import Nik
from hub.wiring import Hub
from tests.schema.citizens.stage import (
    ASSIGN_NIK,
    CHANGE_HOUSEHOLD,
    CORRECT_NIK,
    END,
    REGISTER,
    REGISTER_HOUSEHOLD,
    SET_HEAD,
    UPDATE,
    UPDATE_HOUSEHOLD,
    Office,
)
from tests.world import make

WHY = "Salah ketik"
MASKED = "6399............"
UNLIKE = """select c.full_name, t.token from citizen_name_token t join citizen c on c.id = t.citizen_id
  where t.tenant_id = $1 and c.tenant_id = $1
    and (t.sort_key, t.village_id) is distinct from (c.sort_key, c.village_id)"""


def refused(answer: Any, code: str, *path: str) -> bool:
    """Whether an answer is exactly this refusal and shows no object."""
    objects = [value for name, value in answer.items() if name in ("citizen", "household")]
    assert answer["userErrors"] == [{"code": code, "path": list(path)}]
    assert objects == [None] * len(objects)
    return True


# Households


async def test_a_household_is_entered_with_its_card_masked(office: Office) -> None:
    answer = await office.do(
        REGISTER_HOUSEHOLD,
        village=office.village(),
        kkNumber="6399010101990001",
        address="  Jl. Melati   No. 1 ",
        hamlet="Lawas Hulu",
        rw="001",
        rt="",
    )

    home = answer.pop("household")
    assert answer == {"userErrors": [], "replayed": False}
    assert home.pop("id")
    assert home == {
        "version": 1,
        "kkNumber": MASKED,
        "address": "Jl. Melati No. 1",
        "hamlet": "LAWAS HULU",
        "rw": "001",
        "rt": None,
        "endReason": None,
        "head": None,
        "members": {"totalCount": 0},
    }


async def test_a_card_number_is_taken_once_in_a_village(office: Office) -> None:
    first = {"kkNumber": "6399010101990002", "village": office.village()}
    await office.do(REGISTER_HOUSEHOLD, **first)

    again = await office.do(REGISTER_HOUSEHOLD, **first)
    elsewhere = await office.do(REGISTER_HOUSEHOLD, kkNumber=first["kkNumber"], village=office.village(1))

    assert refused(again, "KK_EXISTS", "kkNumber")
    assert elsewhere["userErrors"] == []


async def test_an_officer_enters_nothing_in_another_village_and_hears_what_nobody_hears(office: Office) -> None:
    other = await office.do(
        REGISTER_HOUSEHOLD, key=office.officer, village=office.village(1), kkNumber="6399010101990003"
    )
    absent = await office.do(
        REGISTER_HOUSEHOLD,
        key=office.officer,
        village=office.id("Village", office.villages[0].id.__class__(int=7)),
        kkNumber="6399010101990003",
    )

    assert refused(other, "NOT_FOUND", "village")
    assert absent == other


async def test_an_address_is_corrected_and_the_rest_stays(office: Office) -> None:
    home = await office.household(address="Jl. Mawar", rt="004", hamlet="Satu")

    answer = await office.do(UPDATE_HOUSEHOLD, household=home["id"], expectedVersion=1, rt="005", address=None)

    assert answer == {
        "household": {**home, "version": 2, "rt": "005", "address": None},
        "userErrors": [],
    }


async def test_a_stale_address_is_refused(office: Office) -> None:
    home = await office.household(rt="004")

    answer = await office.do(UPDATE_HOUSEHOLD, household=home["id"], expectedVersion=2, rt="005")

    assert refused(answer, "STALE_VERSION", "expectedVersion")
    assert await office.read_household(home) == home


async def test_an_update_of_nothing_is_refused(office: Office) -> None:
    home, (head,) = await office.family("HEAD")

    assert refused(await office.do(UPDATE_HOUSEHOLD, household=home["id"], expectedVersion=2), "NOTHING_TO_CHANGE")
    assert refused(await office.do(UPDATE, citizen=head["id"], expectedVersion=1), "NOTHING_TO_CHANGE")


# Registering people


async def test_the_first_person_of_a_household_is_its_head(office: Office) -> None:
    home = await office.household()
    child = {"household": home["id"], "fullName": "Anak", "sex": "MALE", "familyRelation": "CHILD"}

    too_early = await office.do(REGISTER, **child)
    await office.citizen(home, "HEAD", "Siti Aminah")
    then = await office.do(REGISTER, **child)

    assert refused(too_early, "HEAD_NEEDED", "familyRelation")
    assert then["userErrors"] == []
    found = await office.read_household(home)
    assert (found["head"], found["members"]) == ({"fullName": "Siti Aminah"}, {"totalCount": 2})


async def test_a_household_has_one_head(office: Office) -> None:
    home, _ = await office.family("HEAD")

    answer = await office.do(REGISTER, household=home["id"], fullName="Dua", sex="MALE", familyRelation="HEAD")

    assert refused(answer, "HEAD_EXISTS", "familyRelation")
    assert await office.read_household(home) == home


async def test_a_person_is_entered_with_every_column_of_the_register(office: Office, hub: Hub) -> None:
    home = await office.household()
    told = {
        "birthPlace": "Takisung",
        "birthDate": "1990-05-17",
        "education": "LOWER_SECONDARY",
        "schooling": None,
        "occupation": "FARMER",
        "maritalStatus": "MARRIED",
        "citizenship": "INDONESIAN",
        "fatherName": "Johansyah",
        "motherName": "Nur Aini",
        "birthCertificate": "6399-LT-1",
        "passportNumber": "X 1",
        "passportExpiresOn": "2027-01-01",
        "kitasNumber": "K1",
        "marriageCertificate": "0633/01/2017",
        "marriedOn": "2017-01-03",
        "divorceCertificate": "D1",
        "divorcedOn": "2018-01-03",
        "ektpStatus": "KTP_EL",
        "ktpRecordingStatus": "CARD_ISSUED",
        "currentAddress": "Jl. Melati",
        "tagIdCard": "1234567890",
        "healthInsurance": "NONE",
        "insuranceNumber": "99",
        "latitude": "-3.87",
        "longitude": "114.68",
    }
    sensitive = {
        "religion": "ISLAM",
        "ethnicity": "Banjar",
        "bloodType": "O",
        "disability": "NONE",
        "contraception": None,
        "pregnant": "NOT_PREGNANT",
    }
    own = {"fullName": "Rahmah", "sex": "FEMALE", "familyRelation": "HEAD"}
    numbers = {"nik": "6399015705900001", "fatherNik": "6399011705600001", "motherNik": "6399015705600001"}

    answer = await office.do(
        REGISTER, household=home["id"], **own, **told, **numbers, phone="0812 0000 0001", sensitive=sensitive
    )

    assert answer["userErrors"] == []
    read = " ".join((*own, *told, *numbers))
    flags = "hasKtp hasBirthCertificate hasMarriageCertificate hasDivorceCertificate hasPassport hasStayPermit hasPhone"
    data = await office.ask(
        f"query ($id: ID) {{ citizen(id: $id) {{ {read} {flags} nikStatus baseStatus source "
        f"sensitive {{ {' '.join(sensitive)} }} household {{ hasFamilyCard }} }} }}",
        {"id": answer["citizen"]["id"]},
    )
    assert data["citizen"] == {
        **own,
        **told,
        **dict.fromkeys(numbers, MASKED),
        **dict.fromkeys(flags.split(), True),
        "nikStatus": "WELL_FORMED",
        "baseStatus": "ALIVE",
        "source": "HUB",
        "sensitive": sensitive,
        "household": {"hasFamilyCard": True},
    }
    row = await stored(office, hub, answer["citizen"])
    keys = hub.services.keys
    assert vault.open_nik(keys, row) == Nik(numbers["nik"])
    assert vault.open_father_nik(keys, row) == Nik(numbers["fatherNik"])
    assert vault.open_mother_nik(keys, row) == Nik(numbers["motherNik"])
    assert vault.open_phone(keys, row) == "+6281200000001"


async def test_what_is_not_told_is_not_known(office: Office) -> None:
    home = await office.household()
    citizen = await office.citizen(home)

    flags = "hasKtp hasBirthCertificate hasMarriageCertificate hasDivorceCertificate hasPassport hasStayPermit hasPhone"
    data = await office.ask(
        f"query ($id: ID) {{ citizen(id: $id) {{ {flags} nik nikStatus ageGroup fatherNik }} }}", {"id": citizen["id"]}
    )

    assert data["citizen"] == {
        **dict.fromkeys(flags.split(), False),
        "nik": None,
        "nikStatus": "UNKNOWN",
        "ageGroup": None,
        "fatherNik": None,
    }


@pytest.mark.parametrize(
    ("nik", "born", "status"),
    [
        ("6399015705900011", "1990-05-17", "WELL_FORMED"),
        ("6399015705900012", "1990-05-18", "WARNING"),
        ("6399011705900013", "1990-05-17", "WARNING"),
        ("0399015705900014", "1990-05-17", "TEMPORARY"),
        ("0000000000000000", "1990-05-17", "UNKNOWN"),
    ],
)
async def test_a_nik_that_disagrees_is_kept_with_a_warning(office: Office, nik: str, born: str, status: str) -> None:
    citizen = await office.citizen(await office.household(), nik=nik, birthDate=born)

    assert citizen["nikStatus"] == status


async def test_a_nik_is_taken_once_among_the_living_of_a_village(office: Office) -> None:
    home, (head,) = await office.family("HEAD")
    other = await office.household()
    elsewhere = await office.household(village=1)
    nik = "6399015705900021"
    child = await office.citizen(home, "CHILD", nik=nik)
    given = {"fullName": "Lain", "sex": "FEMALE", "familyRelation": "HEAD", "nik": nik}

    again = await office.do(REGISTER, household=other["id"], **given)
    in_another_village = await office.do(REGISTER, household=elsewhere["id"], **given)
    await office.do(END, citizen=child["id"], expectedVersion=1, status="INVALID", on="2026-01-01")
    after_the_end = await office.do(REGISTER, household=other["id"], **given)

    assert refused(again, "NIK_EXISTS", "nik")
    assert in_another_village["userErrors"] == []
    assert after_the_end["userErrors"] == []
    assert head["nik"] is None


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"fullName": "Budi 2"}, "NAME_CHARACTERS", ["fullName"]),
        ({"fullName": " ' "}, "NAME_CHARACTERS", ["fullName"]),
        ({"fullName": "   "}, "TEXT_MISSING", ["fullName"]),
        ({"fullName": "a" * 101}, "TEXT_TOO_LONG", ["fullName"]),
        ({"birthDate": "2199-01-01"}, "DATE_IN_FUTURE", ["birthDate"]),
        ({"marriedOn": "2199-01-01"}, "DATE_IN_FUTURE", ["marriedOn"]),
        ({"latitude": "91"}, "COORDINATE", ["latitude"]),
        ({"phone": "12"}, "PHONE_INVALID", ["phone"]),
    ],
)
async def test_what_cannot_be_is_refused_by_name(office: Office, given: Any, code: str, path: list[str]) -> None:
    home = await office.household()
    whole = {"household": home["id"], "fullName": "Ani", "sex": "FEMALE", "familyRelation": "HEAD", **given}

    answer = await office.do(REGISTER, **whole)

    assert refused(answer, code, *path)
    assert await office.read_household(home) == home


async def test_a_birth_before_1850_is_refused(office: Office) -> None:
    home = await office.household()

    answer = await office.do(
        REGISTER, household=home["id"], fullName="Ani", sex="FEMALE", familyRelation="HEAD", birthDate="1849-12-31"
    )

    assert [error["code"] for error in answer["userErrors"]] == ["BIRTH_DATE_IMPLAUSIBLE"]
    assert await office.read_household(home) == home


async def test_a_nik_of_seventeen_digits_does_not_pass_the_scalar(office: Office) -> None:
    home = await office.household()
    given = {"household": home["id"], "fullName": "Ani", "sex": "FEMALE", "familyRelation": "HEAD"}

    answer = await office.client.ask(
        REGISTER, {"input": {**given, "nik": "63990157059000001", "idempotencyKey": "k"}}, key=office.camat
    )

    assert "data" not in answer
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["NIK_LENGTH"]
    assert "63990157059000001" not in str(answer)


async def test_specific_data_needs_the_right_to_see_it(office: Office) -> None:
    home = await office.household()
    given = {"household": home["id"], "fullName": "Ani", "sex": "FEMALE", "familyRelation": "HEAD"}

    answer = await office.do(REGISTER, key=office.officer, **given, sensitive={"religion": "ISLAM"})
    without = await office.do(REGISTER, key=office.officer, **given)

    assert refused(answer, "SENSITIVE_FORBIDDEN", "sensitive")
    assert without["userErrors"] == []


async def test_who_only_reads_registers_nobody(office: Office) -> None:
    home = await office.household()

    answer = await office.do(
        REGISTER, key=office.counter, household=home["id"], fullName="Ani", sex="FEMALE", familyRelation="HEAD"
    )

    assert refused(answer, "FORBIDDEN")


async def test_a_repeated_registration_is_done_once(office: Office) -> None:
    home = await office.household()
    given = {"household": home["id"], "fullName": "Ani", "sex": "FEMALE", "familyRelation": "HEAD"}

    first = await office.do(REGISTER, **given, idempotencyKey="once")
    second = await office.do(REGISTER, **given, idempotencyKey="once")

    assert (first["replayed"], second["replayed"]) == (False, True)
    assert first["citizen"]["id"] == second["citizen"]["id"]
    assert (await office.read_household(home))["members"] == {"totalCount": 1}


# Changing people


async def test_only_what_was_sent_changes(office: Office) -> None:
    citizen = await office.citizen(await office.household(), birthDate="1990-05-17", nik="6399015705900031")

    answer = await office.do(UPDATE, citizen=citizen["id"], expectedVersion=1, fullName="Aminah, S.Pd.")

    assert answer == {"citizen": {**citizen, "version": 2, "fullName": "Aminah, S.Pd."}, "userErrors": []}


async def test_another_birth_date_is_held_against_the_nik_again(office: Office) -> None:
    citizen = await office.citizen(await office.household(), birthDate="1990-05-17", nik="6399015705900032")

    answer = await office.do(UPDATE, citizen=citizen["id"], expectedVersion=1, birthDate="1990-05-18")

    assert (citizen["nikStatus"], answer["citizen"]["nikStatus"]) == ("WELL_FORMED", "WARNING")


async def test_a_corrected_name_is_found_and_the_old_one_is_not(office: Office) -> None:
    citizen = await office.citizen(await office.household(), name="Zulkarnain Kuzumawati")

    await office.do(UPDATE, citizen=citizen["id"], expectedVersion=1, fullName="Zulkarnain Handayani")

    assert await found_by(office, "kuzumawati") == []
    assert await found_by(office, "zulkarnain handa") == ["Zulkarnain Handayani"]


async def test_name_tokens_keep_the_order_of_their_people(office: Office, hub: Hub) -> None:
    citizen = await office.citizen(await office.household(), name="Hj. Zubaidah")
    await office.do(UPDATE, citizen=citizen["id"], expectedVersion=1, fullName="Zubaidah Kuzuma")
    await office.do(END, citizen=citizen["id"], expectedVersion=2, status="DEAD", on="2026-01-01")

    async with make.unit(hub, office.tenant) as unit:
        assert await unit.connection.fetch(UNLIKE, office.tenant.id) == []


async def test_null_empties_and_a_needed_value_cannot_be_emptied(office: Office) -> None:
    citizen = await office.citizen(await office.household(), birthDate="1990-05-17")

    emptied = await office.do(UPDATE, citizen=citizen["id"], expectedVersion=1, birthDate=None)
    refusal = await office.do(UPDATE, citizen=citizen["id"], expectedVersion=2, fullName=None)

    assert emptied["citizen"]["birthDate"] is None
    assert refused(refusal, "VALUE_MISSING", "fullName")
    assert await office.read(citizen) == emptied["citizen"]


async def test_a_stale_update_is_refused(office: Office) -> None:
    citizen = await office.citizen(await office.household())

    answer = await office.do(UPDATE, citizen=citizen["id"], expectedVersion=9, fullName="Lain")

    assert refused(answer, "STALE_VERSION", "expectedVersion")
    assert await office.read(citizen) == citizen


async def test_nobody_becomes_head_by_an_update(office: Office) -> None:
    _, (head, child) = await office.family("HEAD", "CHILD")

    up = await office.do(UPDATE, citizen=child["id"], expectedVersion=1, familyRelation="HEAD")
    down = await office.do(UPDATE, citizen=head["id"], expectedVersion=1, familyRelation="CHILD")

    assert refused(up, "HEAD_CHANGE", "familyRelation")
    assert refused(down, "HEAD_CHANGE", "familyRelation")


async def test_specific_data_changes_apart(office: Office) -> None:
    citizen = await office.citizen(await office.household(), sensitive={"religion": "ISLAM", "ethnicity": "Banjar"})

    await office.do(UPDATE, citizen=citizen["id"], expectedVersion=1, sensitive={"ethnicity": None, "bloodType": "A"})

    data = await office.ask(
        "query ($id: ID) { citizen(id: $id) { version sensitive { religion ethnicity bloodType } } }",
        {"id": citizen["id"]},
    )
    assert data["citizen"] == {
        "version": 2,
        "sensitive": {"religion": "ISLAM", "ethnicity": None, "bloodType": "A"},
    }


async def test_the_id_of_another_village_and_one_that_is_nowhere_are_the_same_to_an_officer(office: Office) -> None:
    _, (stranger,) = await office.family("HEAD", village=1)
    nowhere = office.id("Citizen", office.villages[0].id)

    other = await office.do(UPDATE, key=office.officer, citizen=stranger["id"], expectedVersion=1, fullName="X")
    absent = await office.do(UPDATE, key=office.officer, citizen=nowhere, expectedVersion=1, fullName="X")

    assert refused(other, "NOT_FOUND", "citizen")
    assert absent == other
    assert await office.read(stranger) == stranger


async def test_a_nik_is_corrected_and_taken_away(office: Office, hub: Hub) -> None:
    home, _ = await office.family("HEAD")
    await office.citizen(home, "CHILD", nik="6399015705900041")
    citizen = await office.citizen(home, "CHILD", birthDate="1990-05-17", nik="6399015705900042")

    taken = await office.do(CORRECT_NIK, citizen=citizen["id"], expectedVersion=1, nik="6399015705900041", reason=WHY)
    right = await office.do(CORRECT_NIK, citizen=citizen["id"], expectedVersion=1, nik="6399011705900043", reason=WHY)
    row = await stored(office, hub, citizen)
    none = await office.do(CORRECT_NIK, citizen=citizen["id"], expectedVersion=2, nik=None, reason=WHY)

    assert refused(taken, "NIK_EXISTS", "nik")
    assert (right["citizen"]["nik"], right["citizen"]["nikStatus"]) == (MASKED, "WARNING")
    assert vault.open_nik(hub.services.keys, row) == Nik("6399011705900043")
    assert (none["citizen"]["nik"], none["citizen"]["nikStatus"]) == (None, "UNKNOWN")


# Heads, households, ends


async def test_another_member_becomes_the_head(office: Office) -> None:
    home, (head, wife) = await office.family("HEAD", "WIFE")

    answer = await office.do(
        SET_HEAD,
        household=home["id"],
        expectedVersion=home["version"],
        citizen=wife["id"],
        formerHeadRelation="HUSBAND",
    )

    assert answer["household"]["head"] == {"fullName": "Wife"}
    assert [(await office.read(each))["familyRelation"] for each in (head, wife)] == ["HUSBAND", "HEAD"]


async def test_a_stranger_does_not_become_the_head(office: Office) -> None:
    home, (head,) = await office.family("HEAD")
    _, (stranger,) = await office.family("HEAD")
    given = {"household": home["id"], "expectedVersion": home["version"]}

    answer = await office.do(SET_HEAD, **given, citizen=stranger["id"])
    himself = await office.do(SET_HEAD, **given, citizen=head["id"])
    two_heads = await office.do(SET_HEAD, **given, citizen=head["id"], formerHeadRelation="HEAD")
    stale = await office.do(SET_HEAD, household=home["id"], expectedVersion=1, citizen=head["id"])

    assert refused(answer, "NOT_A_MEMBER", "citizen")
    assert refused(himself, "HEAD_EXISTS", "citizen")
    assert refused(two_heads, "HEAD_CHANGE", "formerHeadRelation")
    assert refused(stale, "STALE_VERSION", "expectedVersion")
    assert await office.read_household(home) == home


async def test_a_person_goes_to_another_household(office: Office) -> None:
    home, (_, child) = await office.family("HEAD", "CHILD")
    other, _ = await office.family("HEAD")

    answer = await office.do(
        CHANGE_HOUSEHOLD,
        citizen=child["id"],
        expectedVersion=1,
        household=other["id"],
        familyRelation="CHILD_IN_LAW",
    )

    assert answer["userErrors"] == []
    assert answer["citizen"]["household"] == {"id": other["id"]}
    assert answer["citizen"]["familyRelation"] == "CHILD_IN_LAW"
    assert answer["household"]["members"] == {"totalCount": 2}
    assert (await office.read_household(home))["members"] == {"totalCount": 1}


async def test_a_head_who_goes_names_another(office: Office) -> None:
    home, (head, wife) = await office.family("HEAD", "WIFE")
    target = await office.household()
    given = {"citizen": head["id"], "expectedVersion": 1, "household": target["id"], "familyRelation": "HEAD"}

    without = await office.do(CHANGE_HOUSEHOLD, **given)
    unchanged = await office.read_household(home)
    stranger = await office.do(CHANGE_HOUSEHOLD, **given, newHead=head["id"])
    done = await office.do(CHANGE_HOUSEHOLD, **given, newHead=wife["id"])

    assert refused(without, "HEAD_NEEDED", "newHead")
    assert unchanged == home
    assert refused(stranger, "NOT_A_MEMBER", "newHead")
    assert done["household"]["head"] == {"fullName": "Head"}
    assert (await office.read_household(home))["head"] == {"fullName": "Wife"}


async def test_a_household_that_everybody_left_ends(office: Office) -> None:
    home, (head,) = await office.family("HEAD")
    other, _ = await office.family("HEAD")
    given = {"expectedVersion": 1, "household": other["id"], "familyRelation": "PARENT"}

    await office.do(CHANGE_HOUSEHOLD, citizen=head["id"], **given)

    assert (await office.read_household(home))["endReason"] == "EMPTY"
    late = await office.do(REGISTER, household=home["id"], fullName="X", sex="MALE", familyRelation="HEAD")
    assert refused(late, "HOUSEHOLD_ENDED", "household")


async def test_moves_that_are_none_are_refused(office: Office) -> None:
    home, (_, child) = await office.family("HEAD", "CHILD")
    headless = await office.household()
    away, _ = await office.family("HEAD", village=1)
    given = {"citizen": child["id"], "expectedVersion": 1, "familyRelation": "CHILD"}

    assert refused(await office.do(CHANGE_HOUSEHOLD, **given, household=home["id"]), "SAME_HOUSEHOLD", "household")
    assert refused(await office.do(CHANGE_HOUSEHOLD, **given, household=away["id"]), "OTHER_VILLAGE", "household")
    assert refused(
        await office.do(CHANGE_HOUSEHOLD, **given, household=headless["id"]), "HEAD_NEEDED", "familyRelation"
    )
    assert await office.read(child) == child


@pytest.mark.parametrize(
    ("status", "reason"),
    [("DEAD", "DIED"), ("MOVED", "MOVED"), ("MISSING", "MISSING"), ("LEFT", "LEFT"), ("INVALID", "INVALID")],
)
async def test_a_record_ends_with_its_reason_and_day(office: Office, status: str, reason: str) -> None:
    home, (_, child) = await office.family("HEAD", "CHILD")

    answer = await office.do(END, citizen=child["id"], expectedVersion=1, status=status, on="2026-02-03")

    assert answer["citizen"] == {
        **child,
        "version": 2,
        "baseStatus": status,
        "endReason": reason,
        "endedOn": "2026-02-03",
    }
    assert answer["household"] == {**home, "members": {"totalCount": 1}}


async def test_the_last_one_ends_the_household_too(office: Office) -> None:
    home, (head,) = await office.family("HEAD")

    answer = await office.do(END, citizen=head["id"], expectedVersion=1, status="DEAD", on="2026-02-03")

    assert answer["household"] == {
        **home,
        "version": home["version"] + 1,
        "endReason": "EMPTY",
        "members": {"totalCount": 0},
    }


async def test_a_head_does_not_end_while_others_live_without_a_new_one(office: Office) -> None:
    home, (head, child) = await office.family("HEAD", "CHILD")
    given = {"citizen": head["id"], "expectedVersion": 1, "status": "DEAD", "on": "2026-02-03"}

    without = await office.do(END, **given)
    unchanged = [await office.read(head), await office.read_household(home)]
    done = await office.do(END, **given, newHead=child["id"])

    assert refused(without, "HEAD_NEEDED", "newHead")
    assert unchanged == [head, home]
    assert done["household"]["head"] == {"fullName": "Child"}
    assert (await office.read(child))["familyRelation"] == "HEAD"


async def test_ends_that_are_none_are_refused(office: Office) -> None:
    _, (_, child) = await office.family("HEAD", "CHILD")
    given = {"citizen": child["id"], "expectedVersion": 1}

    alive = await office.do(END, **given, status="ALIVE", on="2026-02-03")
    future = await office.do(END, **given, status="DEAD", on="2199-01-01")
    unchanged = await office.read(child)
    await office.do(END, **given, status="DEAD", on="2026-02-03")
    twice = await office.do(END, citizen=child["id"], expectedVersion=2, status="DEAD", on="2026-02-03")
    update = await office.do(UPDATE, citizen=child["id"], expectedVersion=2, fullName="X")

    assert refused(alive, "NOT_AN_END", "status")
    assert refused(future, "DATE_IN_FUTURE", "on")
    assert unchanged == child
    assert refused(twice, "CITIZEN_ENDED", "citizen")
    assert refused(update, "CITIZEN_ENDED", "citizen")


# The journal


async def test_the_journal_keeps_values_under_the_persons_key_only(office: Office, hub: Hub) -> None:
    citizen = await office.citizen(await office.household(), name="Rahasia", birthDate="1990-05-17")
    await office.do(ASSIGN_NIK, citizen=citizen["id"], expectedVersion=1, nik="6399015705900051")
    await office.do(UPDATE, citizen=citizen["id"], expectedVersion=2, fullName="Terbuka")

    async with make.unit(hub, office.tenant) as unit:
        entries = await unit.connection.fetch(
            "select * from journal_entry where object_id = $1 order by happened_at, id", key_of(citizen)
        )
        values = [await personal.reveal(unit, entry, hub.services.keys) for entry in entries]

    assert [entry["kind"] for entry in entries] == ["CITIZEN_REGISTERED", "CITIZEN_NIK_ASSIGNED", "CITIZEN_UPDATED"]
    assert [entry["payload"] for entry in entries] == ["{}", "{}", "{}"]
    assert values == [
        {
            "birth_date": [None, "1990-05-17"],
            "family_relation": [None, "HEAD"],
            "full_name": [None, "Rahasia"],
            "sex": [None, "FEMALE"],
        },
        {"nik": [None, MASKED], "nik_status": ["UNKNOWN", "WELL_FORMED"]},
        {"full_name": ["Rahasia", "Terbuka"]},
    ]


async def test_a_refusal_leaves_no_entry(office: Office, hub: Hub) -> None:
    citizen = await office.citizen(await office.household())

    await office.do(UPDATE, citizen=citizen["id"], expectedVersion=9, fullName="Lain")

    async with make.unit(hub, office.tenant) as unit:
        kinds = await unit.connection.fetch("select kind from journal_entry where object_id = $1", key_of(citizen))
    assert [row["kind"] for row in kinds] == ["CITIZEN_REGISTERED"]


# Small helpers


def key_of(shown: Any) -> Any:
    """The key behind a shown object's id."""
    found = decode(shown["id"])
    assert found is not None
    return found.key


async def stored(office: Office, hub: Hub, shown: Any) -> Citizen:
    """The row of a person."""
    async with make.unit(hub, office.tenant) as unit:
        return await unit.find(Citizen, key_of(shown))


async def found_by(office: Office, search: str) -> list[str]:
    """The names a search finds."""
    data = await office.ask(
        "query ($s: String) { citizens(first: 9, search: $s) { nodes { fullName } } }", {"s": search}
    )
    return [node["fullName"] for node in data["citizens"]["nodes"]]


async def test_specific_data_is_not_read_by_an_id_that_was_put_together(office: Office) -> None:
    """The row's id is the person's, so anybody who sees the person can write it."""
    home = await office.household()
    who = await office.citizen(home, "HEAD", "Rahasia", sensitive={"religion": "ISLAM", "disability": "PHYSICAL"})
    key = decode(who["id"])
    assert key is not None
    assert isinstance(key.key, UUID)
    given = {"id": office.id("CitizenSensitive", key.key)}
    query = "query ($id: ID!) { node(id: $id) { ... on CitizenSensitive { religion disability } } }"

    found = [(await office.ask(query, given, key=key))["node"] for key in (office.counter, office.officer)]

    assert found == [None, None]
    assert (await office.ask(query, given))["node"] == {"religion": "ISLAM", "disability": "PHYSICAL"}
