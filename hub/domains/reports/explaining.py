"""How a figure came about, in words and numbers."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from uuid import UUID

from hub.domains.reports.assembling import Cell, Report, Row
from hub.domains.reports.definition import Words
from hub.domains.reports.errors import CellUnknown


def find(report: Report, column: str, village: UUID | None, dimensions: Sequence[str]) -> tuple[Row, Cell]:
    """A cell by where it stands; CellUnknown where there is none."""
    for row in report.rows:
        if row.village == village and [part.key for part in row.parts] == list(dimensions):
            for cell in row.cells:
                if cell.figure.key == column:
                    return row, cell
    raise CellUnknown(path=("column",))


def calculation(cell: Cell) -> Words:
    """The sum as one would write it down."""
    value = cell.value
    if cell.over is None:
        return Words("Tidak ada data", "No data")
    if cell.figure.denominator is None:
        return Words(indonesian(cell.over), english(cell.over))
    if value is None:
        return Words(
            f"{indonesian(cell.over)} ÷ 0: tidak ada yang dibagi", f"{english(cell.over)} ÷ 0: nothing to divide by"
        )
    times = f" × {cell.figure.factor}" if cell.figure.factor != 1 else ""
    return Words(
        f"{_parts(cell, indonesian)}{times} = {indonesian(value)} (dua desimal, setengah ke atas)",
        f"{_parts(cell, english)}{times} = {english(value)} (two decimals, half up)",
    )


def _parts(cell: Cell, written: Callable[[Decimal], str]) -> str:
    """What is divided by what; growth divides the difference."""
    assert cell.over is not None  # noqa: S101  # a value has both
    assert cell.under is not None  # noqa: S101
    over, under = written(cell.over), written(cell.under)
    return f"{over} ÷ {under}" if cell.figure.growth_of is None else f"({over} − {under}) ÷ {under}"


def english(number: Decimal) -> str:
    """1,410.00."""
    return f"{number:,f}"


def indonesian(number: Decimal) -> str:
    """1.410,00."""
    return english(number).translate(str.maketrans(",.", ".,"))
