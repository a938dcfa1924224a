"""A violated constraint becomes the refusal that carries its meaning."""

import asyncpg
import pytest

from hub.kernel.errors import Conflict
from hub.store.constraints import translating


class SlugTaken(Conflict):
    """Taken."""

    code = "TEST_SLUG_TAKEN"


@pytest.fixture
async def notes(database: str) -> asyncpg.Connection:
    """A connection with a small table of its own."""
    connection = await asyncpg.connect(database)
    await connection.execute(
        "create temporary table note (id int constraint pk_note primary key, slug text not null, "
        "size int constraint ck_note_size check (size > 0), constraint uq_note_slug unique (slug))"
    )
    await connection.execute("insert into note values (1, 'a', 1)")
    return connection


async def refusal(notes: asyncpg.Connection, values: str) -> Conflict:
    """What an insert is refused with."""
    try:
        with pytest.raises(Conflict) as found, translating({"uq_note_slug": SlugTaken}, path=("slug",)):
            await notes.execute(f"insert into note values ({values})")
        assert await notes.fetchval("select count(*) from note") == 1
        return found.value
    finally:
        await notes.close()


async def test_a_named_constraint_is_its_own_refusal(notes: asyncpg.Connection) -> None:
    found = await refusal(notes, "2, 'a', 1")
    assert type(found) is SlugTaken
    assert found.path == ("slug",)


@pytest.mark.parametrize("values", ["1, 'b', 1", "2, 'b', 0", "2, null, 1"])
async def test_any_other_constraint_is_a_conflict_and_shows_no_value(values: str, notes: asyncpg.Connection) -> None:
    found = await refusal(notes, values)
    assert (type(found), found.path, found.params) == (Conflict, ("slug",), {})
    assert found.__cause__ is None


async def test_another_error_passes(notes: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.UndefinedTableError), translating({}):
        await notes.execute("select * from nothing")
    await notes.close()


async def test_where_nothing_is_violated_nothing_happens(notes: asyncpg.Connection) -> None:
    with translating({"uq_note_slug": SlugTaken}):
        await notes.execute("insert into note values (2, 'b', 1)")
    assert await notes.fetchval("select count(*) from note") == 2
    await notes.close()
