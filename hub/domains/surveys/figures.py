"""What comes of a survey, in whole numbers, so that nothing is rounded but the figure itself.

With n respondents, E elements and S the sum of all scores, the index is 25 times the mean over the elements of their
means: 25 S / (n E). In hundredths and half up that is the whole part of (5000 S + n E) / (2 n E).
"""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Numeric, ScalarSelect, String, case, cast, func, literal_column, select

from hub.domains.surveys.model import BANDS, ELEMENTS, FEWEST_TOLD, Survey, SurveyResponse, SurveyState, SurveyTemplate
from hub.store.base import table

Columns = Any  # the `.c` of the table of surveys, of their elements, or of an alias of it
MOST_ELEMENTS = max(len(each) for each in ELEMENTS.values())

_RESPONSES, _SURVEYS = table(SurveyResponse), table(Survey)


# Of all answers, for the office


def respondents(c: Columns) -> ScalarSelect[Any]:
    """How many have answered a survey."""
    return _among(c, c.id, func.count())


def index_hundredths(c: Columns) -> ScalarSelect[Any]:
    """The index of a survey in hundredths; null where nobody has answered."""
    return _among(c, c.id, _of_answers(c))


def grade_of_answers(c: Columns) -> ScalarSelect[Any]:
    """The grade of a survey, judged where its answers are added up: they are read once, not once for each band."""
    return _among(c, c.id, grade(c, _of_answers(c)))


def mean_hundredths(c: Columns) -> ScalarSelect[Any]:
    """The mean of an element in hundredths; null where nobody has answered."""
    score = _RESPONSES.c.scores[c.position]
    return _among(c, c.survey_id, _mean(func.sum(score), func.count()))


# As it was published, for everybody


def told_index_hundredths(c: Columns) -> ColumnElement[Any]:
    """The published index in hundredths; null where none is told."""
    sums = reduce(
        add, (func.coalesce(c.told_totals[_number(place)], _number(0)) for place in range(1, MOST_ELEMENTS + 1))
    )
    found: ColumnElement[Any] = case(
        (c.told_totals.is_not(None), _hundredths(sums, c.told_respondents, _elements(c))), else_=None
    )
    return found


def told_mean_hundredths(c: Columns) -> ScalarSelect[Any]:
    """The published mean of an element in hundredths; null where none is told."""
    survey = _SURVEYS.alias()
    mean = _mean(survey.c.told_totals[c.position], survey.c.told_respondents)
    found = select(mean).where(survey.c.tenant_id == c.tenant_id, survey.c.id == c.survey_id)
    return found.correlate(c.survey_id.table).scalar_subquery()


# What figures look like


def two_decimals(hundredths: ColumnElement[Any]) -> ColumnElement[Any]:
    """Hundredths as a decimal with two places."""
    return func.round(cast(hundredths, Numeric) / literal_column("100.00"), literal_column("2"))


def grade(c: Columns, hundredths: ColumnElement[Any]) -> ColumnElement[str]:
    """The grade of an index by the survey's template; null where there is no index."""
    bands = [case(*_by_band(hundredths, bounds), else_=_word("D")) for bounds in BANDS.values()]
    wanted = [c.template == _word(each.value) for each in BANDS]
    return case((hundredths.is_(None), None), *zip(wanted, bands, strict=True))


def why_untold(c: Columns, *, office: bool) -> ColumnElement[str]:
    """Why there is no figure; null where there is one."""
    if office:
        return case((respondents(c) == _number(0), _word("NO_DATA")), else_=None)
    return case(
        (c.state != _word(SurveyState.PUBLISHED.value), _word("NOT_PUBLISHED")),
        (c.told_respondents == _number(0), _word("NO_DATA")),
        (c.told_totals.is_(None), _word("TOO_FEW")),
        else_=None,
    )


# As it is told


def tellable(scores: Sequence[Sequence[int]]) -> tuple[int | None, list[int] | None]:
    """What everybody may be told of these answers: their number, and the sum of the scores of each element.

    Of none it is told that there are none; of too few nothing.
    """
    if not scores:
        return 0, None
    if len(scores) < FEWEST_TOLD:
        return None, None
    return len(scores), [sum(each) for each in zip(*scores, strict=True)]


# Pieces


def _among(c: Columns, survey: ColumnElement[Any], figure: ColumnElement[Any]) -> ScalarSelect[Any]:
    """A figure over the answers of a survey."""
    found = select(figure).where(_RESPONSES.c.tenant_id == c.tenant_id, _RESPONSES.c.survey_id == survey)
    return found.correlate(survey.table).scalar_subquery()


def _of_answers(c: Columns) -> ColumnElement[Any]:
    """The index in hundredths, over the answers of a survey."""
    scores = _RESPONSES.c.scores
    sums = reduce(add, (func.coalesce(scores[_number(place)], _number(0)) for place in range(1, MOST_ELEMENTS + 1)))
    return _hundredths(func.sum(sums), func.count(), _elements(c))


def _elements(c: Columns) -> ColumnElement[Any]:
    return case(
        *((c.template == _word(each.value), _number(len(elements))) for each, elements in ELEMENTS.items()),
        else_=_number(len(ELEMENTS[SurveyTemplate.SKM_9_2017])),
    )


def _hundredths(
    sums: ColumnElement[Any], number: ColumnElement[Any], elements: ColumnElement[Any]
) -> ColumnElement[Any]:
    answers = cast(number, Numeric) * elements
    return func.div(_number(5000) * cast(sums, Numeric) + answers, func.nullif(_number(2) * answers, _number(0)))


def _mean(sums: ColumnElement[Any], number: ColumnElement[Any]) -> ColumnElement[Any]:
    answers = cast(number, Numeric)
    return func.div(_number(200) * cast(sums, Numeric) + answers, func.nullif(_number(2) * answers, _number(0)))


def _by_band(hundredths: ColumnElement[Any], bounds: tuple[int, int, int]) -> list[tuple[Any, Any]]:
    return [(hundredths >= _number(least), _word(name)) for least, name in zip(bounds, "ABC", strict=True)]


def _number(value: int) -> ColumnElement[Any]:
    return literal_column(str(value))


def _word(text: str) -> ColumnElement[str]:
    found: ColumnElement[str] = literal_column(f"'{text}'", String)
    return found
