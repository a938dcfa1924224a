"""Which region holds two kecamatan."""

import pytest

from hub.domains.twins.referring import common


@pytest.mark.parametrize(
    ("one", "other", "region"),
    [
        ("63.01.01", "63.01.02", "63.01"),
        ("63.11.02", "63.01.01", "63"),
        ("63.01.01", "62.01.01", ""),
        ("63.11.02", "63.12.02", "63"),  # not 63.1, which is no region
    ],
)
def test_the_narrowest_region_that_holds_both(one: str, other: str, region: str) -> None:
    assert common(one, other) == region
