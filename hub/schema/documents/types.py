"""Population documents in the graph. Rows are there for those only who may read the register."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, String, and_, false, literal_column, true

from hub.domains.documents import policy
from hub.domains.documents.model import NOT_SELF_PRINTED, PopulationDocumentStatus, PopulationDocumentType
from hub.domains.documents.model import PopulationDocument as Model
from hub.domains.documents.policy import PopulationDocumentAction
from hub.graph.binds import Binds
from hub.graph.declare import (
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
from hub.graph.scalars import Date, DateTime
from hub.kernel.steps import Step
from hub.schema.citizens.types import Citizen, Household
from hub.schema.files.types import StoredFile
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

REGISTER, IDENTITY, GENERAL = Permission.READ_REGISTER, Permission.SEE_IDENTITY, DataClass.GENERAL

for _words in (PopulationDocumentType, PopulationDocumentStatus, PopulationDocumentAction):
    exposed(_words)


@strawberry.type(description="A step that may be taken with a population document, or why it may not be taken now.")
class PopulationDocumentAllowedAction:
    """What a front-end shows as a button."""

    action: PopulationDocumentAction = strawberry.field(description="The step (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _visible(_c: Any, binds: Binds) -> ColumnElement[bool]:
    return true() if binds.may(REGISTER) else false()


def _status(c: Any, _binds: Binds) -> ColumnElement[str]:
    kept: ColumnElement[str] = c.status
    return kept


def _allowed(status: str, binds: Binds) -> list[Step]:
    return policy.allowed_actions(status, binds.permissions, binds.lang)


def _self_printable(c: Any, _binds: Binds) -> ColumnElement[bool]:
    return and_(*(c.type != literal_column(f"'{each.value}'", String) for each in sorted(NOT_SELF_PRINTED)))


def _stands(c: Any, _binds: Binds) -> ColumnElement[bool]:
    """Not taken back."""
    found: ColumnElement[bool] = c.ended_at.is_(None)
    return found


@node(
    Model,
    visible=_visible,
    filters=("type", "status", "issued_on", "village", "citizen", "household"),
    orders={"ID": (), "ISSUED_ON": ("issued_on",)},
    groups=("type", "status"),
)
class PopulationDocument:
    """A document that was issued to a person or a family (dokumen kependudukan)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    type: PopulationDocumentType = column("Type (jenis dokumen).", data=GENERAL)
    number: str | None = column(
        "Number (nomor). KTP-el, KIA and KK have none here: theirs is the NIK or the KK number.",
        guard=IDENTITY,
        data=GENERAL,
    )
    issued_on: Date = column("Day of issue (tanggal terbit).", data=GENERAL)
    issued_by: str | None = column("Who issued it (penerbit).")
    signed_electronically: bool | None = column("Whether it is signed electronically (TTE); null: not known.")
    status: PopulationDocumentStatus = column("Whether it still holds (status).", data=GENERAL)
    status_reason: str | None = column(
        "Why it does not hold, where it is lost, damaged or revoked.", guard=IDENTITY, data=GENERAL
    )
    self_printable: bool = computed(
        "Whether its holder may print it (cetak mandiri): every document but KTP-el and KIA.", _self_printable
    )
    allowed_actions: list[PopulationDocumentAllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia), by the same policy as the mutations.",
        _status,
        PopulationDocumentStatus,
        _allowed,
    )
    recorded_at: DateTime = column("When it was recorded.", Model.created_at)
    ended_at: DateTime | None = column("When it was taken back as wrongly recorded; null while it stands.")
    end_reason: str | None = column("Why it was taken back.", guard=IDENTITY, data=GENERAL)
    village: Village = one("The village.", Model.village_id)
    citizen: Citizen | None = one("The person; null where it is a family's.", Model.citizen_id)
    household: Household | None = one("The family; null where it is a person's.", Model.household_id)
    file: StoredFile | None = one("A scan or the signed file, where one was uploaded.", Model.file_id)


@extend(Citizen)
class CitizenDocuments:
    """What was issued to a person."""

    documents: Connection[PopulationDocument] | None = many(
        "The person's documents, those that hold no longer too; the family card hangs on the household.",
        Model.citizen_id,
        guard=REGISTER,
        where=_stands,
    )


@extend(Household)
class HouseholdDocuments:
    """What was issued to a family."""

    documents: Connection[PopulationDocument] | None = many(
        "The family's documents; those of its members hang on them.", Model.household_id, guard=REGISTER, where=_stands
    )


@queries
class PopulationDocumentQueries:
    """Root fields."""

    population_documents: Connection[PopulationDocument] | None = roots(
        "Population documents within your scope.", guard=REGISTER, where=_stands
    )
    population_document: PopulationDocument | None = root_one(
        "A population document by id.", {"id": strawberry.ID}, guard=REGISTER
    )
