"""Statements for many rows: called off in the middle they leave neither a hanging task nor a broken connection."""

import asyncio

import asyncpg
import pytest

from hub.store import sql
from tests.jobs.stage import until

ROWS = [(number, "x" * 4_000) for number in range(2_000)]  # far more than fits between two processes unread
INSERT = "insert into filled values ($1, $2)"


async def test_many_rows_called_off_in_the_middle_end_and_leave_the_connection_usable(database: str) -> None:
    writer, holder = await asyncpg.connect(database), await asyncpg.connect(database)
    await writer.execute("create table filled (number int primary key, text text)")
    try:
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute(INSERT, 0, "the writer's first row waits for this one")
        writing = asyncio.ensure_future(sql.repeat(writer, INSERT, ROWS))
        await until(lambda: holder.fetchval("select pg_blocking_pids($1) <> '{}'", writer.get_server_pid()))
        writing.cancel()
        await asyncio.sleep(0.05)
        writing.cancel()  # impatience does not help
        await transaction.rollback()

        done, _ = await asyncio.wait((writing,), timeout=30)

        assert (done, writing.cancelled()) == ({writing}, True)
        assert await writer.fetchval("select count(*) from filled") == len(ROWS)
    finally:
        writer.terminate()  # where it hangs there is nothing to say to it
        await holder.execute("drop table filled")
        await holder.close()


async def test_what_many_rows_are_refused_with_is_told(owner: asyncpg.Connection) -> None:
    await owner.execute("create temp table filled (number int primary key, text text)")
    with pytest.raises(asyncpg.UniqueViolationError):
        await sql.repeat(owner, INSERT, [(1, "one"), (1, "again")])
    assert await owner.fetchval("select count(*) from filled") == 0
