"""The figures of surveys in SQL, against the rule in fractions."""

from collections.abc import AsyncIterator
from fractions import Fraction
from random import Random

import asyncpg
import pytest
from sqlalchemy import Integer, String, literal, literal_column, select, text

from hub.domains.surveys import figures
from hub.domains.surveys.model import ELEMENTS, SurveyTemplate
from hub.store import sql


class _Row:
    """A survey as the expressions see one."""

    def __init__(self, template: SurveyTemplate) -> None:
        self.template = literal(template.value, String())


@pytest.fixture
async def connection(database: str) -> AsyncIterator[asyncpg.Connection]:
    """Any connection."""
    made = await asyncpg.connect(database)
    yield made
    await made.close()


def by_rule(total: int, respondents: int, elements: int) -> int:
    """Hundredths, half up."""
    return int(Fraction(total * 25, respondents * elements) * 100 + Fraction(1, 2))


@pytest.mark.parametrize("template", list(SurveyTemplate))
async def test_the_index_is_the_rule_to_the_hundredth(template: SurveyTemplate, connection: asyncpg.Connection) -> None:
    draw, elements = Random(7), len(ELEMENTS[template])  # noqa: S311  # the draw must repeat
    cases = [(elements, 1), (4 * elements * 10**6, 10**6)]
    for _ in range(300):
        number = draw.randrange(1, 5_000)
        cases.append((draw.randrange(number * elements, 4 * number * elements + 1), number))
    row = _Row(template)
    expression = figures._hundredths(
        literal_column("total", Integer), literal_column("respondents", Integer), figures._elements(row)
    )
    values = ", ".join(f"({total}, {number})" for total, number in cases)
    statement = select(figures.two_decimals(expression).label("index")).select_from(
        text(f"(values {values}) as t(total, respondents)")
    )
    found = [str(each["index"]) for each in await sql.fetch(connection, statement)]
    wanted = [by_rule(total, number, elements) for total, number in cases]
    assert found == [f"{each // 100}.{each % 100:02d}" for each in wanted]
    assert found[:2] == ["25.00", "100.00"]


@pytest.mark.parametrize(
    ("template", "hundredths", "grade"),
    [
        *((SurveyTemplate.SKM_9_2017, number, grade) for number, grade in ((2500, "D"), (6499, "D"), (6500, "C"))),
        *((SurveyTemplate.SKM_9_2017, number, grade) for number, grade in ((7660, "C"), (7661, "B"), (8830, "B"))),
        *((SurveyTemplate.SKM_9_2017, number, grade) for number, grade in ((8831, "A"), (10000, "A"), (None, None))),
        *((SurveyTemplate.IKM_14_2004, number, grade) for number, grade in ((4375, "D"), (4376, "C"), (6250, "C"))),
        *((SurveyTemplate.IKM_14_2004, number, grade) for number, grade in ((6251, "B"), (8125, "B"), (8126, "A"))),
    ],
)
async def test_grades_follow_the_printed_bands(
    template: SurveyTemplate, hundredths: int | None, grade: str | None, connection: asyncpg.Connection
) -> None:
    statement = select(figures.grade(_Row(template), literal(hundredths, Integer())).label("grade"))
    (found,) = await sql.fetch(connection, statement)
    assert found["grade"] == grade


def test_nothing_is_told_of_fewer_than_five() -> None:
    assert figures.tellable([]) == (0, None)
    assert figures.tellable([[4] * 9] * 4) == (None, None)
    assert figures.tellable([[1, 2]] * 4 + [[4, 4]]) == (5, [8, 12])
