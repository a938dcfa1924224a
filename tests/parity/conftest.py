"""Both engines, once for each worker."""

import pytest

from hub.kernel.scope import Scope
from hub.wiring import Hub
from tests.parity.both import Both, both_of, scopes
from tests.world.build import Place, World


@pytest.fixture(scope="session")
def both(hub: Hub) -> Both:
    """Both paths."""
    return both_of(hub)


@pytest.fixture(scope="session")
def all_scopes(rich: Place, world: World) -> list[Scope]:
    """Whoever may ask."""
    return scopes(rich, (world.takisung, world.halong))
