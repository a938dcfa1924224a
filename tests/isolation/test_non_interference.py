"""What lies behind the wall changes no count, no page and no cursor: answers are the same bytes when it is gone."""

from dataclasses import dataclass, replace

import asyncpg
import pytest

from hub.store.base import MANIFEST, Kind, metadata
from hub.wiring import Hub
from tests.client import client_of
from tests.isolation import questions
from tests.isolation.wall import ASKERS, VILLAGE_OFFICES, Wall, ask, build_wall

Answers = dict[tuple[str, str, str], str]  # path, asker, question
CAMAT = "CAMAT@TENANT"


@dataclass
class Stages:
    """All answers with everything there, without the far side, and without the other village's persons either."""

    whole: Answers
    without_far: Answers
    without_village: Answers


@pytest.fixture(scope="module")
async def stages(hub: Hub, owner_dsn: str, superuser: asyncpg.Connection) -> Stages:
    """A wall of its own, taken down in two steps."""
    owner = await asyncpg.connect(owner_dsn)
    wall = await build_wall(hub, owner, superuser, ("32.01.38", "32.01.39"))
    await owner.close()
    near, other = wall.near.tenant.id, wall.near.villages[1].id

    whole = await answers(hub, wall)
    removed = await remove(superuser, "tenant_id = $1", wall.far.tenant.id)
    assert removed >= len([row for row in wall.rows if row.tenant == wall.far.tenant.id])
    without_far = await answers(hub, wall)
    assert await remove(superuser, "tenant_id = $1 and village_id = $2", near, other, only=Kind.PERSON) > 0
    return Stages(whole, without_far, await answers(hub, wall))


async def answers(hub: Hub, wall: Wall) -> Answers:
    """Every list asked by everybody on both paths."""
    found = {}
    for path, planning in (("plans", True), ("resolvers", False)):
        async with client_of(replace(hub, engine=replace(hub.engine, planning=planning))) as client:
            for name, asker in wall.askers.items():
                for question, (query, _node) in questions.lists().items():
                    if question.endswith(" 0"):  # the one with every count
                        found[path, name, question] = await ask(client, asker, query)
    return found


async def remove(superuser: asyncpg.Connection, where: str, *arguments: object, only: Kind | None = None) -> int:
    """Delete rows of nouns past every rule; the number of them."""
    kept = {"principal", "access_grant", "api_key", "issuer", "identity"}
    count = 0
    async with superuser.transaction():
        await superuser.execute("set local session_replication_role = replica")
        for name, entry in MANIFEST.items():
            columns = metadata.tables[name].columns
            if entry.kind not in (only or Kind.TENANT, Kind.PERSON) or name in kept or "tenant_id" not in columns:
                continue
            if only is not None and "village_id" not in columns:
                continue
            done = await superuser.execute(f"delete from {name} where {where}", *arguments)  # own names
            count += int(done.split()[-1])
    return count


@pytest.mark.parametrize("asker", ASKERS)
def test_another_tenants_rows_change_no_answer(asker: str, stages: Stages) -> None:
    assert of(stages.whole, asker) == of(stages.without_far, asker)


@pytest.mark.parametrize("asker", [name for name in ASKERS if name not in VILLAGE_OFFICES])
def test_persons_change_no_answer_from_outside(asker: str, stages: Stages) -> None:
    from_office = "TENANT" in asker and asker.startswith(("KEC_", "CAMAT", "INTEGRATION"))
    assert (of(stages.without_far, asker) == of(stages.without_village, asker)) is not from_office


@pytest.mark.parametrize("asker", VILLAGE_OFFICES)
def test_another_villages_persons_change_no_answer(asker: str, stages: Stages) -> None:
    assert of(stages.without_far, asker) == of(stages.without_village, asker)


def of(answers: Answers, asker: str) -> Answers:
    """One asker's answers."""
    return {key: text for key, text in answers.items() if key[1] == asker}
