"""Family cards over HTTP: split, merged, and given another number."""

from itertools import count
from typing import Any
from uuid import UUID

import pytest

from hub.domains.citizens import cards, vault
from hub.domains.citizens.errors import KkExists
from hub.domains.citizens.model import CardChange, FormerCard, Household
from hub.kernel.clock import system_clock
from hub.kernel.ids import decode
from hub.kernel.keyring import Purpose
from hub.kernel.nik import KkNumber
from hub.store.base import table
from hub.wiring import Hub
from tests.schema.citizens.stage import END, HOUSEHOLD, REGISTER_HOUSEHOLD, UPDATE_HOUSEHOLD, Office
from tests.world import make

_numbers = count(1)
_ANSWER = f"household {{ {HOUSEHOLD} }} former {{ {HOUSEHOLD} }} userErrors {{ code path }} replayed"
SPLIT = f"mutation ($input: SplitHouseholdInput!) {{ answer: splitHousehold(input: $input) {{ {_ANSWER} }} }}"
MERGE = f"mutation ($input: MergeHouseholdsInput!) {{ answer: mergeHouseholds(input: $input) {{ {_ANSWER} }} }}"
REPLACE = (
    "mutation ($input: ReplaceHouseholdCardInput!) { answer: replaceHouseholdCard(input: $input) "
    f"{{ household {{ {HOUSEHOLD} }} userErrors {{ code path }} }} }}"
)
CARDS = "query ($id: ID) { household(id: $id) { kkNumber formerCards(first: 9) { nodes { kkNumber reason } } } }"


def card() -> str:
    """A number that no other test has."""
    return f"6399010102{next(_numbers):06d}"


def key_of(home: Any) -> UUID:
    """The row's key behind a household's id."""
    found = decode(home["id"])
    assert found is not None
    assert isinstance(found.key, UUID)
    return found.key


def going(person: Any, relation: str) -> dict[str, str]:
    """A member who goes to another card."""
    return {"citizen": person["id"], "familyRelation": relation}


def refused(answer: Any, code: str, *path: str) -> bool:
    """Whether an answer is exactly this refusal and shows no household."""
    assert answer["userErrors"] == [{"code": code, "path": list(path)}]
    assert {answer.get("household"), answer.get("former")} == {None}
    return True


async def standing(office: Office, people: list[Any]) -> list[tuple[str, str]]:
    """In which household each person is, and as what."""
    now = [await office.read(each) for each in people]
    return [(each["household"]["id"], each["familyRelation"]) for each in now]


# Splitting


async def test_a_grown_child_gets_a_card_of_their_own_where_the_family_lives(office: Office) -> None:
    home = await office.household(address="Jl. Melati 1", hamlet="HULU", rw="001", rt="002")
    people = [await office.citizen(home, each) for each in ("HEAD", "WIFE", "CHILD", "CHILD_IN_LAW")]
    home = await office.read_household(home)

    answer = await office.do(
        SPLIT,
        household=home["id"],
        expectedVersion=home["version"],
        kkNumber=card(),
        members=[going(people[2], "HEAD"), going(people[3], "WIFE")],
        rt="003",
    )

    made = answer["household"]
    assert answer == {
        "household": {
            "id": made["id"],
            "version": 2,
            "kkNumber": "6399............",
            "address": "Jl. Melati 1",
            "hamlet": "HULU",
            "rw": "001",
            "rt": "003",
            "endReason": None,
            "head": {"fullName": "Aminah"},
            "members": {"totalCount": 2},
        },
        "former": {**home, "members": {"totalCount": 2}},
        "userErrors": [],
        "replayed": False,
    }
    assert await standing(office, people) == [
        (home["id"], "HEAD"),
        (home["id"], "WIFE"),
        (made["id"], "HEAD"),
        (made["id"], "WIFE"),
    ]


async def test_a_head_who_goes_leaves_a_head_behind(office: Office) -> None:
    home, people = await office.family("HEAD", "WIFE", "CHILD")
    split = {
        "household": home["id"],
        "expectedVersion": home["version"],
        "kkNumber": card(),
        "members": [going(people[0], "HEAD")],
    }

    assert refused(await office.do(SPLIT, **split), "HEAD_NEEDED", "newHead")
    assert refused(await office.do(SPLIT, **split, newHead=people[0]["id"]), "NOT_A_MEMBER", "newHead")
    answer = await office.do(SPLIT, **split, newHead=people[1]["id"])

    assert answer["userErrors"] == []
    assert answer["former"]["head"] == {"fullName": "Wife"}
    made = answer["household"]["id"]
    assert await standing(office, people) == [(made, "HEAD"), (home["id"], "HEAD"), (home["id"], "CHILD")]


async def test_a_card_that_everybody_leaves_ends(office: Office) -> None:
    home, people = await office.family("HEAD", "WIFE")

    answer = await office.do(
        SPLIT,
        household=home["id"],
        expectedVersion=home["version"],
        kkNumber=card(),
        members=[going(people[0], "HUSBAND"), going(people[1], "HEAD")],
    )

    assert (answer["former"]["endReason"], answer["former"]["members"]["totalCount"]) == ("EMPTY", 0)
    assert answer["household"]["head"] == {"fullName": "Wife"}


async def test_a_split_names_one_head_and_each_member_once(office: Office) -> None:
    home, (head, wife, child) = await office.family("HEAD", "WIFE", "CHILD")
    _, (stranger,) = await office.family("HEAD")

    async def split(*members: dict[str, str], version: int = home["version"]) -> Any:
        given = {"household": home["id"], "expectedVersion": version, "kkNumber": card(), "members": list(members)}
        return await office.do(SPLIT, **given)

    assert refused(await split(), "NOBODY_MOVES", "members")
    assert refused(await split(going(child, "CHILD")), "HEAD_NEEDED", "members")
    assert refused(
        await split(going(child, "HEAD"), going(wife, "HEAD")), "HEAD_EXISTS", "members", "1", "familyRelation"
    )
    assert refused(await split(going(child, "HEAD"), going(child, "CHILD")), "MEMBER_TWICE", "members", "1", "citizen")
    assert refused(
        await split(going(child, "HEAD"), going(stranger, "CHILD")), "NOT_A_MEMBER", "members", "1", "citizen"
    )
    assert refused(await split(*[going(child, "HEAD")] * 101), "TOO_MANY", "members")
    assert refused(await split(going(child, "HEAD"), version=1), "STALE_VERSION", "expectedVersion")
    assert await office.read_household(home) == home
    assert await standing(office, [head, wife, child]) == [
        (home["id"], "HEAD"),
        (home["id"], "WIFE"),
        (home["id"], "CHILD"),
    ]


async def test_a_split_onto_a_number_that_is_taken_changes_nothing(office: Office) -> None:
    taken = card()
    await office.do(REGISTER_HOUSEHOLD, village=office.village(), kkNumber=taken)
    home, (_, child) = await office.family("HEAD", "CHILD")

    answer = await office.do(
        SPLIT,
        household=home["id"],
        expectedVersion=home["version"],
        kkNumber=taken,
        members=[going(child, "HEAD")],
    )

    assert refused(answer, "KK_EXISTS", "kkNumber")
    assert await office.read_household(home) == home


async def test_a_split_is_done_once_under_its_key(office: Office) -> None:
    home, (_, child) = await office.family("HEAD", "CHILD")
    split = {
        "household": home["id"],
        "expectedVersion": home["version"],
        "kkNumber": card(),
        "members": [going(child, "HEAD")],
        "idempotencyKey": "split-once",
    }

    first = await office.do(SPLIT, **split)
    second = await office.do(SPLIT, **split)

    assert second == {**first, "replayed": True}


async def test_a_dead_member_goes_nowhere(office: Office) -> None:
    home, (_, child) = await office.family("HEAD", "CHILD")
    await office.do(END, citizen=child["id"], expectedVersion=1, status="DEAD", on="2026-01-02")

    answer = await office.do(
        SPLIT,
        household=home["id"],
        expectedVersion=home["version"],
        kkNumber=card(),
        members=[going(child, "HEAD")],
    )

    assert refused(answer, "NOT_A_MEMBER", "members", "0", "citizen")


# Merging


async def test_a_family_joins_another_which_keeps_its_head(office: Office) -> None:
    home, people = await office.family("HEAD", "CHILD")
    target, _ = await office.family("HEAD")

    answer = await office.do(
        MERGE,
        household=home["id"],
        expectedVersion=home["version"],
        into=target["id"],
        members=[going(people[0], "PARENT"), going(people[1], "OTHER_RELATIVE")],
    )

    assert answer == {
        "household": {**target, "members": {"totalCount": 3}},
        "former": {**home, "version": home["version"] + 1, "endReason": "MERGED", "members": {"totalCount": 0}},
        "userErrors": [],
        "replayed": False,
    }
    assert await standing(office, people) == [(target["id"], "PARENT"), (target["id"], "OTHER_RELATIVE")]


async def test_nobody_is_taken_along_who_was_not_named(office: Office) -> None:
    home, (head, child) = await office.family("HEAD", "CHILD")
    target, _ = await office.family("HEAD")
    merge = {"household": home["id"], "expectedVersion": home["version"], "into": target["id"]}

    unnamed = await office.do(MERGE, **merge, members=[going(head, "PARENT")])
    headed = await office.do(MERGE, **merge, members=[going(child, "CHILD"), going(head, "HEAD")])

    assert refused(unnamed, "MEMBER_UNNAMED", "members")
    assert refused(headed, "HEAD_EXISTS", "members", "1", "familyRelation")
    assert await office.read_household(home) == home


async def test_families_merge_within_a_village_and_under_a_head(office: Office) -> None:
    home, (head,) = await office.family("HEAD")
    elsewhere, _ = await office.family("HEAD", village=1)
    empty = await office.household()

    async def merge(into: Any, version: int = home["version"]) -> Any:
        given = {"household": home["id"], "expectedVersion": version, "into": into["id"]}
        return await office.do(MERGE, **given, members=[going(head, "PARENT")])

    assert refused(await merge(home), "INTO_ITSELF", "into")
    assert refused(await merge(elsewhere), "OTHER_VILLAGE", "into")
    assert refused(await merge(empty), "HEAD_NEEDED", "into")
    assert refused(await merge(elsewhere, version=1), "OTHER_VILLAGE", "into")
    assert await office.read_household(home) == home


async def test_a_stale_merge_is_refused_and_an_ended_card_takes_nobody_in(office: Office) -> None:
    home, (head,) = await office.family("HEAD")
    target, (other,) = await office.family("HEAD")
    merge = {"into": target["id"], "members": [going(head, "PARENT")]}

    stale = await office.do(MERGE, household=home["id"], expectedVersion=1, **merge)
    await office.do(END, citizen=other["id"], expectedVersion=1, status="DEAD", on="2026-01-02")
    ended = await office.do(MERGE, household=home["id"], expectedVersion=home["version"], **merge)

    assert refused(stale, "STALE_VERSION", "expectedVersion")
    assert refused(ended, "HOUSEHOLD_ENDED", "into")


async def test_a_card_entered_by_mistake_ends_in_another(office: Office) -> None:
    empty, (target, _) = await office.household(), await office.family("HEAD")

    answer = await office.do(MERGE, household=empty["id"], expectedVersion=1, into=target["id"], members=[])

    assert (answer["userErrors"], answer["former"]["endReason"]) == ([], "MERGED")


# Another number


async def test_a_card_gets_another_number_and_the_former_stays_known(office: Office, hub: Hub) -> None:
    former, now = "0000010102000001", card()
    home = (await office.do(REGISTER_HOUSEHOLD, village=office.village(), kkNumber=former))["household"]

    answer = await office.do(REPLACE, household=home["id"], expectedVersion=1, kkNumber=now, reason="REISSUED")

    assert answer == {"household": {**home, "version": 2, "kkNumber": "6399............"}, "userErrors": []}
    assert (await office.ask(CARDS, {"id": home["id"]}))["household"] == {
        "kkNumber": "6399............",
        "formerCards": {"nodes": [{"kkNumber": "0000............", "reason": "REISSUED"}]},
    }
    keys = hub.services.keys
    async with make.unit(hub, office.tenant) as unit:
        kept = await unit.see(Household, key_of(home))
        (old,) = await unit.all(unit.own(FormerCard).where(table(FormerCard).c.household_id == kept.id), FormerCard)
    assert vault.open_kk(keys, kept).digits == now
    opened = keys.open(old.kk_sealed, tenant=old.tenant_id, table="former_card", column="kk", row=old.id)
    assert opened.decode() == former
    assert old.kk_bidx == keys.blind(former, tenant=old.tenant_id, kind="kk")
    assert old.village_id == office.villages[0].id


async def test_a_number_that_gave_way_is_free_for_the_family_it_belongs_to(office: Office) -> None:
    mistyped = card()
    home = (await office.do(REGISTER_HOUSEHOLD, village=office.village(), kkNumber=mistyped))["household"]
    await office.do(REPLACE, household=home["id"], expectedVersion=1, kkNumber=card(), reason="MISTYPED")

    other = await office.do(REGISTER_HOUSEHOLD, village=office.village(), kkNumber=mistyped)
    back = await office.do(REPLACE, household=home["id"], expectedVersion=2, kkNumber=mistyped, reason="MISTYPED")

    assert other["userErrors"] == []
    assert refused(back, "KK_EXISTS", "kkNumber")


async def test_a_card_takes_no_number_that_is_its_own_or_stale(office: Office) -> None:
    number = card()
    home = (await office.do(REGISTER_HOUSEHOLD, village=office.village(), kkNumber=number))["household"]
    replace = {"household": home["id"], "reason": "REISSUED"}

    assert refused(await office.do(REPLACE, **replace, expectedVersion=1, kkNumber=number), "SAME_CARD", "kkNumber")
    stale = await office.do(REPLACE, **replace, expectedVersion=2, kkNumber=card())
    assert refused(stale, "STALE_VERSION", "expectedVersion")
    assert await office.read_household(home) == home


async def test_while_keys_rotate_a_number_blinded_by_the_older_key_is_taken_still(office: Office, hub: Hub) -> None:
    taken = card()
    await office.do(REGISTER_HOUSEHOLD, village=office.village(), kkNumber=taken)
    home = key_of(await office.household())
    rotated = hub.services.keys.rotated(Purpose.INDEX, now=system_clock().instant).at(system_clock().instant)

    with pytest.raises(KkExists):
        async with make.unit(hub, office.tenant) as unit:
            await cards.replace_household_card(
                unit, rotated, household=home, expected=1, kk=KkNumber(taken), reason=CardChange.REISSUED
            )


# Rights


async def test_an_officer_changes_cards_of_the_own_village_only(office: Office) -> None:
    home, (_, child) = await office.family("HEAD", "CHILD", village=1)
    own, _ = await office.family("HEAD")
    split = {"expectedVersion": home["version"], "kkNumber": card(), "members": [going(child, "HEAD")]}

    hidden = await office.do(SPLIT, key=office.officer, household=home["id"], **split)
    merged = await office.do(
        MERGE,
        key=office.officer,
        household=own["id"],
        expectedVersion=own["version"],
        into=home["id"],
        members=[],
    )
    reader = await office.do(SPLIT, key=office.counter, household=home["id"], **split)

    assert refused(hidden, "NOT_FOUND", "household")
    assert refused(merged, "NOT_FOUND", "into")
    assert refused(reader, "FORBIDDEN")


async def test_an_address_can_be_changed_after_a_card_was_replaced(office: Office) -> None:
    home, _ = await office.family("HEAD")
    await office.do(REPLACE, household=home["id"], expectedVersion=home["version"], kkNumber=card(), reason="REISSUED")

    answer = await office.do(UPDATE_HOUSEHOLD, household=home["id"], expectedVersion=home["version"] + 1, rt="009")

    assert answer["household"]["rt"] == "009"
