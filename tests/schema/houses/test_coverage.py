"""Percentages of coverage."""

from decimal import Decimal

import pytest

from hub.schema.houses.coverage import covered


@pytest.mark.parametrize(
    ("houses", "houses_with_permit", "percent"),
    [
        (0, 0, None),
        (9187, 127, Decimal("1.38")),
        (9187, 131, Decimal("1.43")),
        (800, 1, Decimal("0.13")),  # 0.125: half up, not to the even
        (800, 3, Decimal("0.38")),  # 0.375
        (3, 1, Decimal("33.33")),
        (3, 2, Decimal("66.67")),
        (7, 7, Decimal("100.00")),
        (20_001, 1, Decimal("0.00")),
    ],
)
def test_a_percentage_has_two_decimals_half_up(houses: int, houses_with_permit: int, percent: Decimal | None) -> None:
    assert covered(houses, houses_with_permit) == {
        "houses": houses,
        "houses_with_permit": houses_with_permit,
        "percent": percent,
    }
