"""What is drawn of figures: lengths, shades, and nothing for what is not known."""

from decimal import Decimal

import pytest

from hub.pages.laporan.drawing import MOST_BARS, Mark, chart, village_map

WHOLE = Decimal(100)


def marks(*values: int | None) -> list[Mark]:
    """Villages of Takisung with these values."""
    return [
        Mark(f"63.01.01.20{number:02}", f"Desa {number}", None if value is None else Decimal(value), str(value))
        for number, value in enumerate(values, 1)
    ]


def test_a_bar_is_as_long_as_its_value_and_what_is_not_known_has_none() -> None:
    drawn = chart(marks(50, None, 0), whole=WHOLE, limit=Decimal(75))
    assert drawn is not None
    assert [(bar.length, bar.mark.value) for bar in drawn.bars] == [(240, Decimal(50)), (0, None), (0, Decimal(0))]
    assert (drawn.limit, drawn.left_out) == (360, 0)


def test_a_long_name_does_not_run_into_its_value() -> None:
    name = "Komitmen penyediaan blangko KTP-el dan perekaman keliling di seluruh desa"
    drawn = chart([Mark("x", name, Decimal(1), "12,50 orang per km²")], whole=None, limit=None)
    assert drawn is not None
    assert drawn.bars[0].name == "Komitmen penyediaan blan…"
    assert drawn.bars[0].mark.name == name


def test_without_a_whole_the_largest_value_fills_the_chart() -> None:
    drawn = chart(marks(10, 40), whole=None, limit=None)
    assert drawn is not None
    assert [bar.length for bar in drawn.bars] == [120, 480]


def test_nothing_is_drawn_where_nothing_is_known() -> None:
    assert chart(marks(None, None), whole=WHOLE, limit=None) is None
    assert chart([], whole=WHOLE, limit=None) is None


def test_nothing_is_divided_by_nothing() -> None:
    drawn = chart(marks(0, 0), whole=None, limit=Decimal(0))
    assert drawn is not None
    assert [bar.length for bar in drawn.bars] == [0, 0]


def test_a_long_chart_says_how_much_it_leaves_to_the_table() -> None:
    drawn = chart(marks(*range(MOST_BARS + 2)), whole=None, limit=None)
    assert drawn is not None
    assert (len(drawn.bars), drawn.left_out) == (MOST_BARS, 2)


def test_a_village_is_the_darker_the_higher_its_value_and_white_where_nothing_is_known() -> None:
    drawn = village_map("63.01.01", marks(None, 0, 30, 60, 100), whole=WHOLE)
    assert drawn is not None
    assert [shape.shade for shape in drawn.shapes] == [0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0]
    assert [shape.mark.name for shape in drawn.shapes][:2] == ["Desa 1", "Desa 2"]
    assert drawn.shapes[11].mark.value is None


@pytest.mark.parametrize(("kecamatan", "villages"), [("63.01.01", 12), ("63.11.02", 24), ("32.01.14", 11)])
def test_borders_are_known_of_these_kecamatan(kecamatan: str, villages: int) -> None:
    drawn = village_map(kecamatan, [], whole=WHOLE)
    assert drawn is not None
    assert len(drawn.shapes) == villages
    assert all(0 <= shape.x <= drawn.width and 0 <= shape.y <= drawn.height for shape in drawn.shapes)


@pytest.mark.parametrize("kecamatan", ["32.12.25", "63.11/DUKCAPIL", "../static/gaya"])
def test_of_others_there_is_no_map(kecamatan: str) -> None:
    assert village_map(kecamatan, [], whole=WHOLE) is None
