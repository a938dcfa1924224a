"""Community feedback in the graph. Outside, the database shows an organization what it raised and nothing else."""

from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import Boolean, ColumnElement, String, Text, Uuid, and_, exists, false, literal_column, not_, or_, true

from hub.domains.feedback import policy, standing
from hub.domains.feedback.model import (
    AffectedService,
    DispositionState,
    FeedbackChannel,
    FeedbackFile,
    FeedbackKind,
    FeedbackSector,
    FeedbackState,
    FeedbackVillage,
    SubmitterKind,
)
from hub.domains.feedback.model import Feedback as Model
from hub.domains.feedback.model import FeedbackAnswer as AnswerModel
from hub.domains.feedback.model import FeedbackDisposition as DispositionModel
from hub.domains.feedback.model import FeedbackPublication as PublicationModel
from hub.domains.feedback.model import FeedbackRaiser as RaiserModel
from hub.domains.feedback.policy import FeedbackAction
from hub.graph.binds import Binds
from hub.graph.declare import (
    NODES,
    Argument,
    Connection,
    DataClass,
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
from hub.graph.identity import read_id
from hub.graph.scalars import Date, DateTime, Decimal
from hub.kernel.scope import Reader
from hub.kernel.steps import Step
from hub.schema.agencies.types import Agency
from hub.schema.citizens.types import Citizen
from hub.schema.commitments.types import Commitment
from hub.schema.feedback.tracking import BY_TRACKING_CODE, TrackedFeedback
from hub.schema.files.types import StoredFile
from hub.schema.partners.types import PartnerOrganization
from hub.schema.villages.types import Village
from hub.store.base import table
from hub.tenants.permissions import Permission

READ, CONFIDENTIAL = Permission.READ_FEEDBACK, Permission.SEE_RAISER
GENERAL = DataClass.GENERAL
_SENT = table(DispositionModel).alias("handed").c

for _words in (
    AffectedService,
    DispositionState,
    FeedbackAction,
    FeedbackChannel,
    FeedbackKind,
    FeedbackSector,
    FeedbackState,
    SubmitterKind,
):
    exposed(_words)


@strawberry.type(description="A step that may be taken with feedback, or why it may not be taken now.")
class FeedbackAllowedAction:
    """What a front-end shows as a button."""

    action: FeedbackAction = strawberry.field(description="The step (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _visible(_c: Any, binds: Binds) -> ColumnElement[bool]:
    return true() if binds.reader is Reader.OUTSIDE or binds.may(READ) else false()


def _raiser_visible(c: Any, binds: Binds) -> ColumnElement[bool]:
    """Of confidential feedback to few; outside everybody sees but themselves."""
    if binds.reader is Reader.OUTSIDE or binds.may(CONFIDENTIAL):
        return true()
    return not_(c.confidential) if binds.may(READ) else false()


def _state(c: Any, _binds: Binds) -> ColumnElement[str]:
    kept: ColumnElement[str] = c.state
    return kept


def _allowed(state: str, binds: Binds) -> list[Step]:
    office = not binds.narrowed and binds.reader is not Reader.OUTSIDE
    return policy.allowed_actions(state, binds.permissions, binds.lang, office=office)


def _overdue(c: Any, binds: Binds) -> ColumnElement[bool]:
    return standing.overdue(c, binds.today(c.tenant_id))


def _unsettled(c: Any, _binds: Binds) -> ColumnElement[bool]:
    return standing.unsettled(c)


def _about_village(c: Any, binds: Binds, given: Any) -> ColumnElement[bool]:
    wanted = binds.value(given, Uuid(), lambda text, request: read_id(text, request, NODES["Village"]) or UUID(int=0))
    found: ColumnElement[bool] = wanted == c.villages.any_()
    return found


def _with_section(c: Any, binds: Binds, given: Any) -> ColumnElement[bool]:
    """Handed to it, and not handed back."""
    section = binds.value(given, Text())
    here = (_SENT.tenant_id == c.tenant_id) & (_SENT.feedback_id == c.id)
    return exists().where(here, _SENT.section == section, _SENT.state != literal_column("'RETURNED'", String))


def _is_overdue(c: Any, binds: Binds, given: Any) -> ColumnElement[bool]:
    return standing.overdue(c, binds.today(c.tenant_id)) == binds.value(given, Boolean())


def _age(c: Any, binds: Binds) -> ColumnElement[int]:
    return standing.age(c, binds.today(c.tenant_id))


def _ageing(c: Any, binds: Binds) -> ColumnElement[bool]:
    return standing.ageing(c, binds.today(c.tenant_id))


@node(RaiserModel, visible=_raiser_visible, orders={"ID": ()})
class FeedbackRaiser:
    """Who raised feedback (pelapor). Anonymous feedback has none."""

    has_contact: bool | None = computed(
        "Whether a name or number is kept; `feedbackContact` tells it.",
        lambda c, _b: or_(c.name_sealed.is_not(None), c.phone_sealed.is_not(None)),
        guard=READ,
    )
    organization: PartnerOrganization | None = one("Where it is an organization.", RaiserModel.organization_id)
    village: Village | None = one("Where it is a village.", RaiserModel.village_id, guard=READ)
    citizen: Citizen | None = one("Where it is a person of the register.", RaiserModel.citizen_id, guard=READ)


@node(
    Model,
    visible=_visible,
    filters=("kind", "state", "sector", "severity", "received_on", "forward_due_on", "answer_due_on", "duplicate_of"),
    orders={
        "ID": (),
        "RECEIVED_ON": ("received_on",),
        "FORWARD_DUE_ON": ("forward_due_on",),
        "DUE_ON": ("due_on",),
    },
    groups=("kind", "state", "sector"),
)
class Feedback:
    """Something that was said to the kecamatan: an aspiration, a complaint, a request (aspirasi, pengaduan)."""

    version: int = column("Version, for `expectedVersion`.")
    kind: FeedbackKind = column("Kind (jenis).")
    submitter_kind: SubmitterKind = column("Who raised it, by kind (jenis pelapor).")
    confidential: bool = column("Whether who raised it is kept from villages and agencies (rahasia).")
    channel: FeedbackChannel = column("Channel by which it came (saluran).")
    subject: str = column("Subject (judul).")
    body: str = column("What was said (isi laporan).")
    sector: FeedbackSector | None = column("Sector (bidang).")
    severity: int | None = column("Severity from 1, slight, to 4, grave (tingkat).")
    place: str | None = column("Where it is, in words (lokasi).")
    latitude: Decimal | None = column("Latitude of the place (lintang).")
    longitude: Decimal | None = column("Longitude of the place (bujur).")
    affected_services: list[AffectedService] = column("Services that suffer (layanan terdampak).")
    affected_population: int | None = column("How many people are affected.")
    state: FeedbackState = column("State (keadaan).")
    state_reason: str | None = column("Why it was rejected, closed, reopened or marked as a duplicate.")
    allowed_actions: list[FeedbackAllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia), by the same policy as the mutations.",
        _state,
        FeedbackState,
        _allowed,
    )
    captured_at: DateTime | None = column("When it was noted down, where that was before it was sent.")
    received_at: DateTime = column("When it came in.")
    received_on: Date = column("Day it came in, where the office is.")
    forward_due_on: Date = column("Last day for handing it on: three working days.")
    forwarded_on: Date | None = column("Day it was first handed on.")
    answer_due_on: Date | None = column("Last day for a first answer: five working days more.")
    due_on: Date = column("Last day of the clock that runs now, or ran last: of handing it on, then of the answer.")
    first_answered_on: Date | None = column("Day of the first answer.")
    closes_on: Date | None = column("Last day for the raiser to reply before it closes by itself.")
    closed_on: Date | None = column("Day it was closed.")
    reopened: int = column("How often the raiser reopened it.")
    satisfaction: int | None = column("How content the raiser is, from 1 to 4.")
    overdue: bool = computed("Whether the clock that runs now has run out (lewat tenggat).", _overdue)
    age_days: int = computed("Days since it came in, until it was closed (umur laporan).", _age)
    raiser: FeedbackRaiser | None = one("Who raised it; null where that is not told, or nobody.", Model.id)
    commitment: Commitment | None = one("The commitment that obliges the raiser to relay it.", Model.commitment_id)


@node(DispositionModel, visible=_visible, filters=("state", "village"), orders={"ID": ()}, groups=("state",))
class FeedbackDisposition:
    """That feedback was handed to a section, a village or an agency (disposisi)."""

    version: int = column("Version, for `expectedVersion`.")
    state: DispositionState = column("State (keadaan).")
    section: str | None = column("Section of the kecamatan (seksi).")
    instruction: str | None = column("What is to be done (isi disposisi).", guard=READ)
    sent_on: Date = column("Day it was sent.")
    due_on: Date = column("Last day for it.")
    acknowledged_at: DateTime | None = column("When its receipt was acknowledged.")
    returned_at: DateTime | None = column("When it was handed back.")
    return_reason: str | None = column("Why it was handed back.")
    overdue: bool = computed(
        "Whether it is open past its last day.",
        lambda c, b: and_(
            or_(c.state == literal_column("'SENT'", String), c.state == literal_column("'ACKNOWLEDGED'", String)),
            c.due_on < b.today(c.tenant_id),
        ),
    )
    feedback: Feedback | None = one("The feedback.", DispositionModel.feedback_id)
    village: Village | None = one("The village, where it was handed to one.", DispositionModel.village_id)
    agency: Agency | None = one("The agency, where it was handed to one.", DispositionModel.agency_code)


@node(AnswerModel, visible=_visible, orders={"NUMBER": ("feedback_id", "number")})
class FeedbackAnswer:
    """An answer to feedback (tanggapan); a later one does not overwrite it."""

    number: int = column("Number of the answer, from 1.")
    text: str = column("What is answered.")
    public: bool = column("Whether it may be published; the raiser reads it in any case.")
    answered_on: Date = column("Day of the answer.")
    disposition: FeedbackDisposition | None = one(
        "By whom it was answered, where not by the office itself.", AnswerModel.disposition_id
    )


@node(
    PublicationModel,
    filters=("kind", "sector", "published_on"),
    orders={"PUBLISHED_ON": ("published_on",), "ID": ()},
    groups=("kind", "sector"),
)
class FeedbackPublication:
    """What everybody may read of feedback and its answer, in the office's words (publikasi tanggapan)."""

    version: int = column("Version, for `expectedVersion`.")
    kind: FeedbackKind = column("Kind (jenis).")
    sector: FeedbackSector | None = column("Sector (bidang).")
    summary: str = column("What it was about (ringkasan).")
    answer: str = column("What was answered (tanggapan).")
    received_on: Date = column("Day the feedback came in.")
    published_on: Date = column("Day of publication.")
    withdrawn_on: Date | None = column("Day it was withdrawn.")


@extend(Feedback)
class FeedbackParts:
    """What hangs on feedback."""

    duplicate_of: Feedback | None = one("The earlier feedback that says the same.", Model.duplicate_of_id)
    villages: Connection[Village] = many(
        "Villages it is about (desa terdampak).", through=(FeedbackVillage.feedback_id, FeedbackVillage.village_id)
    )
    dispositions: Connection[FeedbackDisposition] = many(
        "To whom it was handed (disposisi).", DispositionModel.feedback_id
    )
    answers: Connection[FeedbackAnswer] = many("Answers (tanggapan).", AnswerModel.feedback_id)
    duplicates: Connection[Feedback] = many("Later feedback that says the same.", Model.duplicate_of_id)
    files: Connection[StoredFile] = many(
        "Files that were sent with it (lampiran), five at most. Their names are numbers: how they were called might "
        "say who sent them.",
        through=(FeedbackFile.feedback_id, FeedbackFile.file_id),
    )


@extend(Village)
class VillageFeedback:
    """Feedback of a village."""

    feedback: Connection[Feedback] | None = many(
        "Feedback that is about the village.",
        through=(FeedbackVillage.village_id, FeedbackVillage.feedback_id),
        guard=READ,
    )


@extend(PartnerOrganization)
class OrganizationFeedback:
    """Feedback of an organization."""

    feedback: Connection[Feedback] = many(
        "Feedback that the organization raised, as far as you may know that.",
        through=(RaiserModel.organization_id, RaiserModel.id),
        where=_raiser_visible,
    )


@queries
class FeedbackQueries:
    """Root fields."""

    feedbacks: Connection[Feedback] | None = roots("Feedback within your scope (laporan masyarakat).")
    feedback: Feedback | None = root_one("Feedback by id.", {"id": strawberry.ID})
    feedback_queue: Connection[Feedback] | None = roots(
        "Feedback that is neither answered nor over, what is due first before the rest (meja petugas).",
        order="DUE_ON",
        where=_unsettled,
        arguments={
            "village": Argument(
                type=strawberry.ID, description="Only what is about this village.", condition=_about_village
            ),
            "section": Argument(
                type=str, description="Only what lies with this section (seksi).", condition=_with_section
            ),
            "overdue": Argument(
                type=bool, description="Only what is overdue; false: only what is not.", condition=_is_overdue
            ),
        },
        guard=READ,
    )
    ageing_feedbacks: Connection[Feedback] | None = roots(
        "Feedback that waits for long, the oldest first: escalated more than 14 days ago, or more than 7 days old "
        "while a service suffers.",
        order="RECEIVED_ON",
        where=_ageing,
        guard=READ,
    )
    feedback_dispositions: Connection[FeedbackDisposition] | None = roots(
        "Dispositions of feedback within your scope.", guard=READ
    )
    feedback_publications: Connection[FeedbackPublication] | None = roots("Answers that the kecamatan has published.")
    feedback_publication: FeedbackPublication | None = root_one("A publication by id.", {"id": strawberry.ID})
    feedback_by_tracking_code: TrackedFeedback | None = BY_TRACKING_CODE
