"""A worker in a process of its own that is killed in the middle of publishing, before a statement that is named."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from typing import Any

import asyncpg

import hub.tables  # noqa: F401  # whoever opens a database knows its tables
from hub.domains.publications import publishing
from hub.kernel.clock import Now


class Dying(asyncpg.Connection):
    """Dies before a statement that begins so, once it has written the publication."""

    before, written = "", False

    def _look(self, query: str) -> None:
        if Dying.written and query.strip(" ;").lower().startswith(Dying.before):
            os.kill(os.getpid(), signal.SIGKILL)
        Dying.written = Dying.written or query.lower().startswith("insert into publication ")

    async def execute(self, query: str, *args: Any, **more: Any) -> Any:
        """Look first."""
        self._look(query)
        return await super().execute(query, *args, **more)

    async def executemany(self, command: str, args: Any, **more: Any) -> Any:
        """Look first."""
        self._look(command)
        return await super().executemany(command, args, **more)

    async def fetch(self, query: str, *args: Any, **more: Any) -> Any:
        """Look first."""
        self._look(query)
        return await super().fetch(query, *args, **more)


async def work(dsn: str, before: str, region: str, period: str) -> None:
    """Publish until death."""
    Dying.before = before
    connection = await asyncpg.connect(dsn, connection_class=Dying)
    clock = lambda: Now(datetime.now(UTC))  # noqa: E731  # a clock
    await publishing.publish(connection, region, period, clock=clock, day=1, at_once=True)


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
