"""The life of a NIK over HTTP: temporary, given, put right, and found by what it was."""

from typing import Any

import asyncpg
import pytest

from hub.domains.citizens import vault
from hub.domains.citizens.model import FormerNik
from hub.kernel.ids import decode
from hub.store.base import table
from hub.tenants import rotation
from hub.tenants.administration import entered
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.schema.citizens.stage import ASSIGN_NIK, CORRECT_NIK, Office
from tests.world.build import key_for

MASKED = "6399............"
HIDDEN = "0631............"
FIND = "mutation ($input: FindByNikInput!) { answer: findByNik(input: $input) { citizenIds userErrors { code path } } }"
FORMER = """query ($id: ID) { citizen(id: $id) { formerNiks(first: 9) { nodes { nik nikStatus reason } } } }"""


async def former(office: Office, citizen: Any) -> Any:
    """The numbers that a person had."""
    return (await office.ask(FORMER, {"id": citizen["id"]}))["citizen"]["formerNiks"]["nodes"]


async def found(office: Office, nik: str, *, key: str | None = None) -> Any:
    """Who is found by a number."""
    answer = (await office.ask(FIND, {"input": {"nik": nik}}, key=key))["answer"]
    assert answer["userErrors"] == []
    return answer["citizenIds"]


async def test_a_temporary_number_gives_way_to_the_real_one_and_both_find_the_person(office: Office) -> None:
    who = await office.citizen(await office.household(), name="Sementara", nik="0631104200100001")
    assert (who["nik"], who["nikStatus"]) == (HIDDEN, "TEMPORARY")

    answer = await office.do(ASSIGN_NIK, citizen=who["id"], expectedVersion=1, nik="6399015705900101")

    assert answer["userErrors"] == []
    assert (answer["citizen"]["nik"], answer["citizen"]["nikStatus"]) == (MASKED, "WELL_FORMED")
    assert await former(office, who) == [{"nik": HIDDEN, "nikStatus": "TEMPORARY", "reason": None}]
    assert await found(office, "0631104200100001") == [who["id"]]
    assert await found(office, "6399015705900101") == [who["id"]]


async def test_who_had_no_number_leaves_none_behind(office: Office) -> None:
    who = await office.citizen(await office.household(), name="Belum Ada")
    answer = await office.do(ASSIGN_NIK, citizen=who["id"], expectedVersion=1, nik="6399015705900102")
    assert (answer["userErrors"], await former(office, who)) == ([], [])


async def test_a_corrected_number_is_remembered_with_the_reason(office: Office) -> None:
    who = await office.citizen(await office.household(), name="Keliru", nik="6399015705900103")
    given = {"citizen": who["id"], "nik": "6399015705900104"}

    await office.do(CORRECT_NIK, **given, expectedVersion=1, reason="Salah ketik")

    assert await former(office, who) == [{"nik": MASKED, "nikStatus": "WELL_FORMED", "reason": "Salah ketik"}]
    assert await found(office, "6399015705900103") == [who["id"]]
    again = await office.do(CORRECT_NIK, citizen=who["id"], expectedVersion=2, nik="6399015705900118")
    assert again["userErrors"] == []
    assert [each["reason"] for each in await former(office, who)] == ["Salah ketik", None]


async def test_who_has_a_number_now_stands_before_who_had_it(office: Office) -> None:
    wrong = await office.citizen(await office.household(), name="Kakak", nik="6399015705900105")
    await office.do(CORRECT_NIK, citizen=wrong["id"], expectedVersion=1, nik="6399015705900106", reason="Tertukar")
    right = await office.citizen(await office.household(), name="Adik", nik="6399015705900105")
    assert await found(office, "6399015705900105") == [right["id"], wrong["id"]]


@pytest.mark.parametrize(
    ("operation", "before", "given", "refusal"),
    [
        (ASSIGN_NIK, "6399015705900107", {"nik": "6399015705900108"}, ("NIK_ASSIGNED", ["citizen"])),
        (ASSIGN_NIK, None, {"nik": "0631104200100009"}, ("NIK_IS_TEMPORARY", ["nik"])),
        (CORRECT_NIK, None, {"nik": "6399015705900109", "reason": "x"}, ("NIK_NOT_ASSIGNED", ["citizen"])),
        (CORRECT_NIK, "0631104200100002", {"nik": None, "reason": "x"}, ("NIK_NOT_ASSIGNED", ["citizen"])),
        (CORRECT_NIK, "6399015705900110", {"nik": "6399015705900110", "reason": "x"}, ("SAME_NIK", ["nik"])),
        (CORRECT_NIK, "6399015705900111", {"nik": "0631104200100003", "reason": "x"}, ("NIK_IS_TEMPORARY", ["nik"])),
        (CORRECT_NIK, "6399015705900112", {"nik": "6399015705900113", "reason": " "}, ("TEXT_MISSING", ["reason"])),
    ],
)
async def test_what_does_not_fit_is_refused_and_nothing_is_remembered(
    office: Office, operation: str, before: str | None, given: dict[str, Any], refusal: tuple[str, list[str]]
) -> None:
    who = await office.citizen(await office.household(), name="Ditolak", nik=before)
    answer = await office.do(operation, citizen=who["id"], expectedVersion=1, **given)
    assert [(each["code"], each["path"]) for each in answer["userErrors"]] == [refusal]
    assert (await former(office, who), (await office.read(who))["version"]) == ([], 1)


async def test_a_number_is_found_in_ones_own_villages_only(office: Office) -> None:
    there = await office.citizen(await office.household(village=1), name="Jauh", nik="6399015705900114")
    assert await found(office, "6399015705900114", key=office.counter) == [there["id"]]
    assert await found(office, "6399015705900114", key=office.officer) == []


async def test_a_look_up_is_journaled_without_the_digits(office: Office, owner: asyncpg.Connection) -> None:
    who = await office.citizen(await office.household(), name="Dicari", nik="6399015705900115")
    key = decode(who["id"])
    assert key is not None
    await found(office, "6399015705900115")
    await found(office, "6399015705900999")
    async with entered(owner, office.tenant.id):
        entries = await owner.fetch("select * from journal_entry where kind = 'NIK_SEARCHED' order by id desc limit 2")
    missed, hit = [dict(each) for each in entries]
    assert (hit["object_id"], hit["payload"], missed["payload"]) == (
        key.key,
        '{"found":[null,1]}',
        '{"found":[null,0]}',
    )
    assert "63990157059" not in str([hit, missed])


async def test_who_may_not_match_numbers_finds_nobody_by_them(office: Office, owner: asyncpg.Connection) -> None:
    key = await key_for(owner, office.tenant, Role.CITIZEN)
    answer = (await office.ask(FIND, {"input": {"nik": "6399015705900101"}}, key=key))["answer"]
    assert answer == {"citizenIds": None, "userErrors": [{"code": "FORBIDDEN", "path": []}]}


async def test_former_numbers_are_ciphertext_that_a_rotation_knows(
    office: Office, hub: Hub, owner: asyncpg.Connection
) -> None:
    who = await office.citizen(await office.household(), name="Rahasia", nik="6399015705900116")
    await office.do(CORRECT_NIK, citizen=who["id"], expectedVersion=1, nik="6399015705900117", reason="Salah ketik")
    key = decode(who["id"])
    assert key is not None
    async with entered(owner, office.tenant.id):
        row = await owner.fetchrow("select * from former_nik where citizen_id = $1", key.key)
    assert row is not None
    plain = hub.services.keys.open(
        row["nik_sealed"], tenant=office.tenant.id, table="former_nik", column="nik", row=row["id"]
    )
    names = [each.name for each in rotation.columns() if each.table is table(FormerNik)]

    assert plain == b"6399015705900116"
    assert row["nik_bidx"] == hub.services.keys.blind("6399015705900116", tenant=office.tenant.id, kind="nik")
    assert (row["nik_prefix"], names) == ("6399"[: vault.PREFIX], ["nik_sealed", "nik_bidx"])
