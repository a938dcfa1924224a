"""Satisfaction surveys in the graph: figures for everybody once they are published, answers for the office alone."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, String, and_, case, false, literal_column, true

from hub.domains.kecamatan.model import ServiceChannel
from hub.domains.surveys import figures, policy
from hub.domains.surveys.model import (
    AgeBand,
    FigureGap,
    RespondentEducation,
    SatisfactionElement,
    ServiceGrade,
    SurveyRecord,
    SurveyState,
    SurveyStatus,
    SurveyTemplate,
)
from hub.domains.surveys.model import Survey as Model
from hub.domains.surveys.model import SurveyElement as ElementModel
from hub.domains.surveys.model import SurveyResponse as ResponseModel
from hub.domains.surveys.policy import SurveyAction
from hub.graph.binds import Binds
from hub.graph.declare import (
    Connection,
    column,
    computed,
    derived,
    extend,
    many,
    node,
    one,
    queries,
    root_one,
    roots,
)
from hub.graph.enums import exposed
from hub.graph.scalars import Date, DateTime, Decimal
from hub.kernel.scope import Reader
from hub.kernel.steps import Step
from hub.schema.citizens.words import Sex
from hub.tenants.permissions import Permission

READ = Permission.READ_SURVEY

for _words in (
    AgeBand,
    FigureGap,
    RespondentEducation,
    SatisfactionElement,
    ServiceChannel,
    ServiceGrade,
    SurveyAction,
    SurveyRecord,
    SurveyState,
    SurveyStatus,
    SurveyTemplate,
):
    exposed(_words)


@strawberry.type(description="A step that may be taken with a survey, or why it may not be taken now.")
class SurveyAllowedAction:
    """What a front-end shows as a button."""

    action: SurveyAction = strawberry.field(description="The step (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _office(binds: Binds) -> bool:
    """Whether the figures are counted from the answers; everybody else is told those that were published."""
    return binds.reader is Reader.API and binds.may(READ) and not binds.narrowed


def _visible(_c: Any, binds: Binds) -> ColumnElement[bool]:
    return true() if _office(binds) else false()


def _shown(c: Any, binds: Binds) -> ColumnElement[bool]:
    return true() if _office(binds) else c.state != _word(SurveyState.CLOSED.value)


def _status(c: Any, binds: Binds) -> ColumnElement[str]:
    """The kept state, or what the period makes of it."""
    today = binds.today(c.tenant_id)
    kept = c.state == _word(SurveyState.OPEN.value)
    return case(
        (and_(kept, c.from_on > today), _word(SurveyStatus.SCHEDULED.value)),
        (and_(kept, c.until_on < today), _word(SurveyStatus.ENDED.value)),
        else_=c.state,
    )


def _allowed(status: str, binds: Binds) -> list[Step]:
    return policy.allowed_actions(status, binds.permissions, binds.lang)


def _respondents(c: Any, binds: Binds) -> ColumnElement[Any]:
    found: ColumnElement[Any] = figures.respondents(c) if _office(binds) else c.told_respondents
    return found


def _hundredths(c: Any, binds: Binds) -> ColumnElement[Any]:
    return figures.index_hundredths(c) if _office(binds) else figures.told_index_hundredths(c)


def _index(c: Any, binds: Binds) -> ColumnElement[Any]:
    return figures.two_decimals(_hundredths(c, binds))


def _grade(c: Any, binds: Binds) -> ColumnElement[str]:
    return figures.grade_of_answers(c) if _office(binds) else figures.grade(c, _hundredths(c, binds))


def _gap(c: Any, binds: Binds) -> ColumnElement[str]:
    return figures.why_untold(c, office=_office(binds))


def _mean(c: Any, binds: Binds) -> ColumnElement[Any]:
    found = figures.mean_hundredths(c) if _office(binds) else figures.told_mean_hundredths(c)
    return figures.two_decimals(found)


def _word(word: str) -> ColumnElement[str]:
    found: ColumnElement[str] = literal_column(f"'{word}'", String)
    return found


@node(
    Model,
    visible=_shown,
    filters=("template", "state", "title", "from_on"),
    orders={"FROM_ON": ("from_on",), "TITLE": ("title",)},
    groups=("template", "state"),
)
class Survey:
    """A satisfaction survey (survei kepuasan masyarakat, SKM; before 2017 IKM).

    The office's figures are counted from the answers; everybody else is told those that were published, and none of
    fewer than five respondents. Where there is no figure `figureGap` says why; a figure is never 0 for want of answers.
    """

    version: int = column("Version, for `expectedVersion`.")
    template: SurveyTemplate = column("By which rule it asks (pedoman); that of 2004 is only read.")
    title: str = column("Title (judul).")
    service: str = column("Which service it asks about (layanan).")
    channel: ServiceChannel | None = column("By which channel those asked were served; null: by any.")
    from_on: Date = column("First day on which it takes answers.")
    until_on: Date = column("Last day on which it takes answers.")
    by_invitation: bool = column("Whether it is answered only with a code that the kecamatan hands out.")
    state: SurveyState = column("State as acts have made it.")
    status: SurveyStatus = computed("Status today: the state, or what its period makes of it.", _status)
    allowed_actions: list[SurveyAllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia), by the same policy as the mutations.",
        _status,
        SurveyStatus,
        _allowed,
    )
    closed_at: DateTime | None = column("When it was closed.")
    published_at: DateTime | None = column("When its figures were published.")
    respondents: int | None = computed("How many answered; null where that is not told.", _respondents)
    satisfaction_index: Decimal | None = computed(
        "Index (nilai IKM) from 25.00 to 100.00: 25 times the mean of the elements' means, each of the same exact "
        "weight, half up; null where there is none (see `figureGap`).",
        _index,
    )
    grade: ServiceGrade | None = computed("Quality of the service (mutu pelayanan) by the template's bands.", _grade)
    figure_gap: FigureGap | None = computed("Why there is no index; null where there is one.", _gap)


@node(ElementModel, orders={"POSITION": ("survey_id", "position")})
class SurveyElement:
    """An element of a survey (unsur), with what came of it."""

    position: int = column("Place among the elements, from 1.")
    element: SatisfactionElement = column("What it asks about.")
    mean: Decimal | None = computed(
        "Mean score from 1.00 to 4.00 (nilai rata-rata unsur), half up; null where the survey has no figures.", _mean
    )
    survey: Survey | None = one("The survey.", ElementModel.survey_id)


@node(
    ResponseModel,
    visible=_visible,
    filters=("answered_on",),
    orders={"ID": ()},
    groups=("age_band", "sex", "education", "record_kind"),
)
class SurveyResponse:
    """An answer to a survey, of nobody in particular; for the office alone."""

    comment: str | None = column("What the respondent adds (saran).")
    age_band: AgeBand | None = column("Age, roughly (kelompok umur).")
    sex: Sex | None = column("Sex (jenis kelamin).")
    education: RespondentEducation | None = column("Schooling, roughly (pendidikan).")
    record_kind: SurveyRecord | None = column("Kind of record it is about, where it is about one; not which.")
    answered_on: Date = column("Day of the answer.")
    survey: Survey | None = one("The survey.", ResponseModel.survey_id)


@extend(Survey)
class SurveyParts:
    """What hangs on a survey."""

    elements: Connection[SurveyElement] = many("Its elements in their order.", ElementModel.survey_id)
    responses: Connection[SurveyResponse] | None = many(
        "The answers, for the office.", ResponseModel.survey_id, guard=READ
    )


@queries
class SurveyQueries:
    """Root fields."""

    surveys: Connection[Survey] | None = roots("Surveys within your scope.")
    survey: Survey | None = root_one("A survey by id.", {"id": strawberry.ID})
