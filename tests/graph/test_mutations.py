"""Writing: one root field is one transaction; a refusal is kept, a fault leaves nothing, a repeated key is answered."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import pytest
from sqlalchemy import select

from hub.domains.villages import actions
from hub.domains.villages.model import SubVillage
from hub.graph.execution import Answer, Question
from hub.journal.model import JournalEntry
from hub.kernel.scope import Reader, Scope
from hub.store.base import table
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.parity.both import Pair, scope_of
from tests.world import make
from tests.world.build import Place, place

ADD = """addSubVillage(input: {village: $v, name: %s, idempotencyKey: %s}) {
  subVillage { name } userErrors { code path } replayed }"""


@pytest.fixture(scope="module")
async def here(hub: Hub, owner_dsn: str) -> Place:
    """A kecamatan to write in."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        return await place(hub, owner, "63.01.10", "Awayan", ("63.01.10.2001", "63.01.10.2002"))
    finally:
        await owner.close()


@pytest.fixture
def camat(here: Place) -> Scope:
    """Its camat."""
    return scope_of(Role.CAMAT, here)


async def ask(hub: Hub, scope: Scope, here: Place, text: str) -> Any:
    question = Question(f"mutation($v: ID!) {{ {text} }}", variables={"v": here.id("Village")})
    answer: Answer = await hub.engine.answer(question, scope)
    return Pair(answer, answer).data


def add(name: str, key: str | None = None) -> str:
    return ADD % (f'"{name}"', f'"{key or uuid4()}"')


async def names(hub: Hub, scope: Scope, here: Place) -> set[str]:
    query = "query($v: ID!) { village(id: $v) { subVillages(first: 100) { nodes { name } } } }"
    answer = await hub.engine.answer(Question(query, variables={"v": here.id("Village")}), scope)
    found = Pair(answer, answer).data["data"]["village"]["subVillages"]["nodes"]
    return {each["name"] for each in found}


async def test_the_payload_is_read_before_the_commit(hub: Hub, camat: Scope, here: Place) -> None:
    seen: list[str] = []
    pool: Any = hub.pools.of(Reader.API)  # its connections are private
    connections = [holder._con for holder in pool.driver._holders if holder._con is not None]
    for connection in connections:
        connection.add_query_logger(note := lambda record: seen.append(record.query))

    found = await ask(hub, camat, here, add("Satu"))

    for connection in connections:
        connection.remove_query_logger(note)
    assert found["data"]["addSubVillage"] == {"subVillage": {"name": "Satu"}, "userErrors": [], "replayed": False}
    assert seen[0].startswith("BEGIN")
    assert seen[-1] == "COMMIT;"
    assert seen[-2].startswith("SELECT t1.tenant_id")
    assert "Satu" in await names(hub, camat, here)


async def test_a_fault_undoes_everything_and_frees_the_key(
    hub: Hub, camat: Scope, here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, key = actions.add_sub_village, str(uuid4())

    async def breaks(*arguments: Any, **named: Any) -> Any:
        await real(*arguments, **named)
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(actions, "add_sub_village", breaks)
        found = await ask(hub, camat, here, add("Gagal", key))
    assert [each["extensions"]["code"] for each in found["errors"]] == ["INTERNAL"]
    assert "Gagal" not in await names(hub, camat, here)

    again = await ask(hub, camat, here, add("Gagal", key))
    assert again["data"]["addSubVillage"]["replayed"] is False
    assert "Gagal" in await names(hub, camat, here)


async def test_a_refusal_is_kept_and_replayed(hub: Hub, camat: Scope, here: Place) -> None:
    key = str(uuid4())
    await ask(hub, camat, here, add("Dua"))

    first = (await ask(hub, camat, here, add("Dua", key)))["data"]["addSubVillage"]
    second = (await ask(hub, camat, here, add("Dua", key)))["data"]["addSubVillage"]

    assert first["subVillage"] is None
    assert len(first["userErrors"]) == 1
    assert first["replayed"] is False
    assert second == {**first, "replayed": True}


async def test_two_root_fields_are_two_transactions(
    hub: Hub, camat: Scope, here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = actions.add_sub_village

    async def breaks_on_the_second(*arguments: Any, **named: Any) -> Any:
        made = await real(*arguments, **named)
        if named["name"] == "Buruk":
            raise ZeroDivisionError
        return made

    monkeypatch.setattr(actions, "add_sub_village", breaks_on_the_second)
    found = await ask(hub, camat, here, f"a: {add('Baik')} b: {add('Buruk')} c: {add('Baik')}")

    assert [each["path"] for each in found["errors"]] == [["b"]]
    left = await names(hub, camat, here)
    assert "Baik" in left
    assert "Buruk" not in left


async def test_the_same_key_at_once_is_done_once_and_answered_alike(hub: Hub, camat: Scope, here: Place) -> None:
    key = str(uuid4())

    answers = await asyncio.gather(*(ask(hub, camat, here, add("Bersama", key)) for _ in range(3)))

    found = [each["data"]["addSubVillage"] for each in answers]
    assert sorted(each["replayed"] for each in found) == [False, True, True]
    assert [each["subVillage"] for each in found] == [{"name": "Bersama"}] * 3


async def test_a_key_that_was_used_for_something_else_is_refused(hub: Hub, camat: Scope, here: Place) -> None:
    key = str(uuid4())
    await ask(hub, camat, here, add("Tiga", key))

    found = (await ask(hub, camat, here, add("Empat", key)))["data"]["addSubVillage"]

    assert found["userErrors"] == [{"code": "IDEMPOTENCY_KEY_REUSED", "path": ["idempotencyKey"]}]
    assert "Empat" not in await names(hub, camat, here)


async def test_without_the_right_nothing_is_even_begun(hub: Hub, here: Place) -> None:
    scope = scope_of(Role.KEC_COUNTER, here)
    found = (await ask(hub, scope, here, add("Lima")))["data"]["addSubVillage"]
    assert found == {"subVillage": None, "userErrors": [{"code": "FORBIDDEN", "path": []}], "replayed": False}


UNREADABLE = {  # an argument, its type and value, what is asked for with it, the code
    "refused by the database": ("filter: {title: {eq: $t}}", "String", "\x00", "totalCount", "TEXT_REFUSED"),
    "refused before it is asked": ("after: $t", "Cursor", "A" * 64, "nodes { title }", "CURSOR_INVALID"),
}


@pytest.mark.parametrize("reason", UNREADABLE)
async def test_a_change_whose_payload_cannot_be_read_is_made_once_and_acknowledged(
    hub: Hub, camat: Scope, here: Place, reason: str
) -> None:
    argument, type_, given, wanted, code = UNREADABLE[reason]
    name = f"Tersimpan, {reason}"
    asked = add(name).replace(
        "subVillage { name }",
        f"bad: subVillage {{ village {{ commitments(first: 1, {argument}) {{ {wanted} }} }} }} subVillage {{ name }}",
    )
    question = Question(
        f"mutation($v: ID!, $t: {type_}!) {{ {asked} }}", variables={"v": here.id("Village"), "t": given}
    )

    answers = [await hub.engine.answer(question, camat) for _ in range(2)]

    found = [orjson.loads(each.body) for each in answers]
    shown: dict[str, Any] = {"bad": None, "subVillage": {"name": name}, "userErrors": []}
    assert [each["data"]["addSubVillage"] for each in found] == [
        {**shown, "replayed": False},
        {**shown, "replayed": True},
    ]
    path = ["addSubVillage", "bad", "village", "commitments", wanted.split()[0]]
    for each in found:
        assert [(error["extensions"]["code"], error["path"]) for error in each["errors"]] == [(code, path)]
    entry, made = table(JournalEntry).c, table(SubVillage).c
    async with make.unit(hub, here.tenant) as unit:
        rows = await unit.rows(
            select(made.id, entry.kind).join(JournalEntry, entry.object_id == made.id).where(made.name == name)
        )
        assert [row["kind"] for row in rows] == ["SUB_VILLAGE_ADDED"]
