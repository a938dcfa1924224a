"""Both paths for the tests of the graph."""

import pytest

from hub.wiring import Hub
from tests.parity.both import Both, both_of


@pytest.fixture
def both(hub: Hub) -> Both:
    """Both paths, with caches of their own."""
    return both_of(hub)
