"""A kecamatan of the pages' own tests, and the application in the process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest

from hub.entrypoints.web import Application, application
from hub.wiring import Hub
from tests.pages.visitor import Visitor, invited
from tests.world.build import Place, place


@dataclass
class Stage:
    """The application, the kecamatan, and visitors."""

    hub: Hub
    app: Application
    place: Place
    owner: asyncpg.Connection

    def visitor(self, address: str = "127.0.0.1", lang: str = "id") -> Visitor:
        """A fresh browser."""
        return Visitor.of(self.app, address=address, lang=lang)

    async def member(self, name: str, **more: str) -> Visitor:
        """Somebody who was invited, has joined and is signed in."""
        visitor = self.visitor()
        await visitor.join(await invited(self.app, self.place, name, **more))
        return visitor


@pytest.fixture(scope="module")
async def stage(hub: Hub, owner_dsn: str, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """One kecamatan for each test file."""
    code, name, villages = request.module.PLACE
    owner = await asyncpg.connect(owner_dsn)
    try:
        yield Stage(hub, application(hub), await place(hub, owner, code, name, villages), owner)
    finally:
        await owner.close()
