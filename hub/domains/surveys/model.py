"""Satisfaction surveys (SKM, before 2017 IKM): what is asked, who is invited, what was answered."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from hub.kernel.register_codes import Sex
from hub.kernel.words import Word
from hub.store.base import (
    C_TEXT,
    MOMENT,
    Kind,
    Retention,
    TenantRow,
    all_columns,
    belongs,
    describe,
    one_of,
    tenant_index,
)

FEWEST_TOLD = 5  # below so many respondents nobody outside the office is told a figure


class SurveyTemplate(Word):
    """By which rule a survey asks: its elements and the bands of its grades."""

    SKM_9_2017 = "SKM_9_2017", "SKM 9 unsur (2017)", "Nine elements (2017)"
    IKM_14_2004 = "IKM_14_2004", "IKM 14 unsur (2004)", "Fourteen elements (2004)"


class SatisfactionElement(Word):
    """What a survey asks about (unsur)."""

    REQUIREMENTS = "REQUIREMENTS", "Persyaratan", "Requirements"
    PROCEDURE = "PROCEDURE", "Prosedur", "Procedure"
    TIME = "TIME", "Waktu penyelesaian", "Time it takes"
    COST = "COST", "Biaya/tarif", "Cost"
    PRODUCT = "PRODUCT", "Produk layanan", "What is delivered"
    COMPETENCE = "COMPETENCE", "Kompetensi pelaksana", "Competence of the officers"
    BEHAVIOUR = "BEHAVIOUR", "Perilaku pelaksana", "Behaviour of the officers"
    COMPLAINT_HANDLING = "COMPLAINT_HANDLING", "Penanganan pengaduan", "Handling of complaints"
    FACILITIES = "FACILITIES", "Sarana dan prasarana", "Facilities"
    OFFICER_CLARITY = "OFFICER_CLARITY", "Kejelasan petugas", "Clarity of who serves"
    OFFICER_DISCIPLINE = "OFFICER_DISCIPLINE", "Kedisiplinan petugas", "Discipline of the officers"
    OFFICER_RESPONSIBILITY = "OFFICER_RESPONSIBILITY", "Tanggung jawab petugas", "Responsibility of the officers"
    OFFICER_ABILITY = "OFFICER_ABILITY", "Kemampuan petugas", "Ability of the officers"
    SPEED = "SPEED", "Kecepatan pelayanan", "Speed"
    FAIRNESS = "FAIRNESS", "Keadilan mendapatkan pelayanan", "Fairness"
    POLITENESS = "POLITENESS", "Kesopanan dan keramahan petugas", "Politeness and friendliness"
    COST_REASONABLENESS = "COST_REASONABLENESS", "Kewajaran biaya", "Reasonableness of the cost"
    COST_CERTAINTY = "COST_CERTAINTY", "Kepastian biaya", "Certainty of the cost"
    SCHEDULE_CERTAINTY = "SCHEDULE_CERTAINTY", "Kepastian jadwal", "Certainty of the schedule"
    SURROUNDINGS = "SURROUNDINGS", "Kenyamanan lingkungan", "Comfort of the surroundings"
    SECURITY = "SECURITY", "Keamanan pelayanan", "Security"


_E = SatisfactionElement
ELEMENTS: Mapping[SurveyTemplate, tuple[SatisfactionElement, ...]] = MappingProxyType(
    {
        SurveyTemplate.SKM_9_2017: (
            _E.REQUIREMENTS,
            _E.PROCEDURE,
            _E.TIME,
            _E.COST,
            _E.PRODUCT,
            _E.COMPETENCE,
            _E.BEHAVIOUR,
            _E.COMPLAINT_HANDLING,
            _E.FACILITIES,
        ),
        SurveyTemplate.IKM_14_2004: (
            _E.PROCEDURE,
            _E.REQUIREMENTS,
            _E.OFFICER_CLARITY,
            _E.OFFICER_DISCIPLINE,
            _E.OFFICER_RESPONSIBILITY,
            _E.OFFICER_ABILITY,
            _E.SPEED,
            _E.FAIRNESS,
            _E.POLITENESS,
            _E.COST_REASONABLENESS,
            _E.COST_CERTAINTY,
            _E.SCHEDULE_CERTAINTY,
            _E.SURROUNDINGS,
            _E.SECURITY,
        ),
    }
)
# The least index, in hundredths, of the grades A, B and C; D below. Printed bands have gaps of a hundredth, which no
# index of two decimals falls into.
BANDS: Mapping[SurveyTemplate, tuple[int, int, int]] = MappingProxyType(
    {SurveyTemplate.SKM_9_2017: (8831, 7661, 6500), SurveyTemplate.IKM_14_2004: (8126, 6251, 4376)}
)


class SurveyState(Word):
    """State of a survey as acts have made it."""

    OPEN = "OPEN", "Dibuka", "Open"
    CLOSED = "CLOSED", "Ditutup", "Closed"
    PUBLISHED = "PUBLISHED", "Diumumkan", "Published"


class SurveyStatus(Word):
    """Status of a survey today: its state, or what its period makes of it."""

    SCHEDULED = "SCHEDULED", "Belum mulai", "Not begun yet"
    OPEN = "OPEN", "Dibuka", "Open"
    ENDED = "ENDED", "Masa survei berakhir", "Its period is over"
    CLOSED = "CLOSED", "Ditutup", "Closed"
    PUBLISHED = "PUBLISHED", "Diumumkan", "Published"


class ServiceGrade(Word):
    """Quality of a service by its index (mutu pelayanan)."""

    A = "A", "Sangat baik", "Very good"
    B = "B", "Baik", "Good"
    C = "C", "Kurang baik", "Less good"
    D = "D", "Tidak baik", "Not good"


class FigureGap(Word):
    """Why there is no figure."""

    NO_DATA = "NO_DATA", "Belum ada jawaban", "Nobody has answered"
    TOO_FEW = "TOO_FEW", "Responden terlalu sedikit", "Too few respondents to be told"
    NOT_PUBLISHED = "NOT_PUBLISHED", "Belum diumumkan", "Not published yet"


class AgeBand(Word):
    """Age of a respondent, roughly."""

    UNDER_18 = "UNDER_18", "Di bawah 18 tahun", "Under 18"
    FROM_18_TO_30 = "FROM_18_TO_30", "18-30 tahun", "18 to 30"
    FROM_31_TO_45 = "FROM_31_TO_45", "31-45 tahun", "31 to 45"
    FROM_46_TO_60 = "FROM_46_TO_60", "46-60 tahun", "46 to 60"
    OVER_60 = "OVER_60", "Di atas 60 tahun", "Over 60"


class RespondentEducation(Word):
    """Schooling of a respondent, roughly."""

    PRIMARY = "PRIMARY", "SD ke bawah", "Primary school or less"
    JUNIOR_SECONDARY = "JUNIOR_SECONDARY", "SMP sederajat", "Junior secondary school"
    SENIOR_SECONDARY = "SENIOR_SECONDARY", "SMA sederajat", "Senior secondary school"
    DIPLOMA = "DIPLOMA", "Diploma", "Diploma"
    BACHELOR = "BACHELOR", "Sarjana (S1)", "Bachelor"
    POSTGRADUATE = "POSTGRADUATE", "Pascasarjana (S2 ke atas)", "Postgraduate"


class SurveyRecord(Word):
    """Kind of record that an answer can be about."""

    COMMITMENT = "COMMITMENT", "Komitmen", "A commitment"
    BUILDING_PERMIT = "BUILDING_PERMIT", "Izin bangunan", "A building permit"


class Survey(TenantRow, table=True):
    """What is asked of those who were served, and when.

    `told_respondents` and `told_totals` (of each element) are what everybody is told: set when it is published, and
    only where nobody can be made out.
    """

    __tablename__ = "survey"
    __table_args__ = (
        one_of("template", SurveyTemplate),
        one_of("state", SurveyState),
        CheckConstraint("channel IN ('COUNTER', 'WHATSAPP', 'WEB', 'EMAIL')", name="channel_known"),
        CheckConstraint("from_on <= until_on", name="period"),
        CheckConstraint("template = 'SKM_9_2017' or state <> 'OPEN'", name="old_is_closed"),
        CheckConstraint("(state = 'OPEN') = (closed_at is null)", name="closed_is_dated"),
        CheckConstraint("(state = 'PUBLISHED') = (published_at is not null)", name="published_is_dated"),
        CheckConstraint(
            f"told_totals is null or state = 'PUBLISHED' and told_respondents >= {FEWEST_TOLD}", name="told_of_many"
        ),
        CheckConstraint(
            f"told_respondents is null or told_respondents = 0 or told_respondents >= {FEWEST_TOLD}",
            name="told_of_none_or_many",
        ),
        tenant_index("state", "id"),
        tenant_index("template", "id"),
        tenant_index("title", "id"),
        tenant_index("from_on", "id"),
    )

    template: str = Field(default=SurveyTemplate.SKM_9_2017.value, sa_type=C_TEXT)
    title: str = Field(sa_type=C_TEXT)
    service: str = Field(sa_type=Text)
    channel: str | None = Field(default=None, sa_type=C_TEXT)
    from_on: date
    until_on: date
    by_invitation: bool = Field(default=False)
    state: str = Field(default=SurveyState.OPEN.value, sa_type=C_TEXT)
    closed_at: datetime | None = Field(default=None, sa_type=MOMENT)
    published_at: datetime | None = Field(default=None, sa_type=MOMENT)
    told_respondents: int | None = None
    told_totals: list[int] | None = Field(default=None, sa_type=ARRAY(Integer))


class SurveyElement(TenantRow, table=True):
    """An element of a survey, at its place in the answers' scores (from 1)."""

    __tablename__ = "survey_element"
    __table_args__ = (
        belongs("survey_id", "survey"),
        one_of("element", SatisfactionElement),
        CheckConstraint("position between 1 and 14", name="position_in_scores"),
        UniqueConstraint("tenant_id", "survey_id", "position", name="uq_survey_element_place"),
    )

    survey_id: UUID
    position: int
    element: str = Field(sa_type=C_TEXT)


class SurveyInvitation(TenantRow, table=True):
    """A code that answers once, perhaps about a record; only its digest is kept. No answer points back here."""

    __tablename__ = "survey_invitation"
    __table_args__ = (
        belongs("survey_id", "survey"),
        one_of("record_kind", SurveyRecord),
        CheckConstraint("(record_kind is null) = (record_id is null)", name="record_whole"),
        UniqueConstraint("tenant_id", "survey_id", "code_sha256", name="uq_survey_invitation_code"),
        UniqueConstraint("tenant_id", "survey_id", "record_id", name="uq_survey_invitation_record"),
    )

    survey_id: UUID
    code_sha256: bytes = Field(sa_type=LargeBinary)
    record_kind: str | None = Field(default=None, sa_type=C_TEXT)
    record_id: UUID | None = None
    used: bool = Field(default=False)


class SurveyResponse(TenantRow, table=True):
    """One answer: a score from 1 to 4 for each element, in the elements' order. Nobody's name stands anywhere."""

    __tablename__ = "survey_response"
    __table_args__ = (
        belongs("survey_id", "survey"),
        CheckConstraint(
            "cardinality(scores) in (9, 14) and 1 <= all (scores) and 4 >= all (scores) "
            "and array_position(scores, null) is null",
            name="scores_whole",
        ),
        one_of("age_band", AgeBand),
        one_of("sex", Sex),
        one_of("education", RespondentEducation),
        one_of("record_kind", SurveyRecord),
        tenant_index("survey_id", "id"),
        tenant_index("answered_on", "id"),
    )

    survey_id: UUID
    scores: list[int] = Field(sa_type=ARRAY(Integer))
    comment: str | None = Field(default=None, sa_type=Text)
    age_band: str | None = Field(default=None, sa_type=C_TEXT)
    sex: str | None = Field(default=None, sa_type=C_TEXT)
    education: str | None = Field(default=None, sa_type=C_TEXT)
    record_kind: str | None = Field(default=None, sa_type=C_TEXT)
    answered_on: date


_WITH_SURVEY = "exists (select from survey s where s.tenant_id = {0}.tenant_id and s.id = {0}.survey_id)"

describe(
    Survey,
    Kind.TENANT,
    Retention.ARCHIVE,
    outside=all_columns(Survey),
    published="state in ('OPEN', 'PUBLISHED')",
)
describe(
    SurveyElement,
    Kind.TENANT,
    Retention.ARCHIVE,
    outside=all_columns(SurveyElement),
    published=_WITH_SURVEY.format("survey_element"),
)
describe(SurveyInvitation, Kind.TENANT, Retention.ARCHIVE)
describe(
    SurveyResponse,
    Kind.TENANT,
    Retention.ARCHIVE,
    nobody="answers without a name, an account or an address",
    rights={"hub_outside": ("INSERT",)},
)
