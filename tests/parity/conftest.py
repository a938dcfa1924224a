"""The rich kecamatan and both engines, once for each worker."""

import pytest

from hub.kernel.scope import Scope
from hub.wiring import Hub
from tests.parity.both import Both, both_of, scopes
from tests.world.build import Place, World
from tests.world.rich import build_rich


@pytest.fixture(scope="session")
async def rich(hub: Hub, owner_dsn: str) -> Place:
    """The kecamatan with awkward rows. Only read it."""
    return await build_rich(hub, owner_dsn)


@pytest.fixture(scope="session")
def both(hub: Hub) -> Both:
    """Both paths."""
    return both_of(hub)


@pytest.fixture(scope="session")
def all_scopes(rich: Place, world: World) -> list[Scope]:
    """Whoever may ask."""
    return scopes(rich, (world.takisung, world.halong))
