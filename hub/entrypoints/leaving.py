"""Clients that go away: what they asked for is stopped, so that PostgreSQL does not work for nobody."""

import asyncio

from hub.entrypoints.asgi import Receive

GRACE_SECONDS = 0.25  # most answers are out by then, and cost no more than a timer


class Watch:
    """Cancels the running task when its client goes away; `gone` says that it did. `stop` it when the answer is there.

    Begin it when the request's body has been read. What must not be cut in the middle shields itself.
    """

    def __init__(self, receive: Receive) -> None:
        """Watch for the task that runs now."""
        self.gone = False
        self._receive, self._task = receive, asyncio.current_task()
        self._listening: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(GRACE_SECONDS, self._begin)

    def stop(self) -> None:
        """The answer is there."""
        self._timer.cancel()
        if self._listening is not None:
            self._listening.cancel()

    def _begin(self) -> None:
        self._listening = self._loop.create_task(self._listen())

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
        if self._task is not None:
            self.gone = True
            self._task.cancel()
