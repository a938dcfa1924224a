"""Inputs of population documents, parsed once."""

import strawberry

from hub.domains.documents.actions import Issue
from hub.domains.documents.model import PopulationDocumentStatus, PopulationDocumentType
from hub.graph.enums import exposed
from hub.graph.mutations import Act, command
from hub.graph.scalars import Date
from hub.kernel import written
from hub.schema.given import OneOfNeeded, about, code, present

MOST_OF_NUMBER = 100

for _words in (PopulationDocumentType, PopulationDocumentStatus):
    exposed(_words)


@command
class RecordPopulationDocumentInput:
    """A document that was issued to a person or a family; exactly one of `citizen` and `household`."""

    citizen: strawberry.ID | None = about("The person.")
    household: strawberry.ID | None = about("The family: for KK, and for letters of moving or residence.")
    type: PopulationDocumentType = about("Type (jenis dokumen).")
    issued_on: Date = about("Day of issue (tanggal terbit); not in the future.")
    number: str | None = about("Number (nomor); refused for KTP-el, KIA and KK, which bear the NIK or the KK number.")
    issued_by: str | None = about("Who issued it (penerbit): an office, not a person.")
    signed_electronically: bool | None = about("Whether it is signed electronically (TTE); left out: not known.")
    file: strawberry.ID | None = about("A scan or the signed file, uploaded before.")


@command
class UpdatePopulationDocumentStatusInput:
    """What became of a document; `allowedActions` says which steps are open."""

    document: strawberry.ID = about("The document.")
    expected_version: int = about("Its version as you read it.")
    status: PopulationDocumentStatus = about(
        "LOST, DAMAGED, REVOKED, or ACTIVE where it holds again. REPLACED comes with recording the newer one."
    )
    reason: str = about("Why (alasan), such as the number of the police's letter.")


@command
class TakeBackPopulationDocumentInput:
    """That a document was recorded wrongly."""

    document: strawberry.ID = about("The document.")
    expected_version: int = about("Its version as you read it.")
    reason: str = about("Why it is taken back.")


def issue(act: Act, given: RecordPopulationDocumentInput) -> Issue:
    """What was issued to whom."""
    citizen = act.maybe_key(given.citizen, "Citizen", "citizen")
    household = act.maybe_key(given.household, "Household", "household")
    if (citizen is None) == (household is None):
        raise OneOfNeeded(path=("citizen",), fields="citizen, household")
    number, issued_by = present(given.number), present(given.issued_by)
    return Issue(
        citizen=citizen,
        household=household,
        type=PopulationDocumentType[code(given.type)],
        issued_on=given.issued_on,
        number=None if number is None else written.line(number, "number", most=MOST_OF_NUMBER),
        issued_by=None if issued_by is None else written.line(issued_by, "issuedBy"),
        signed_electronically=present(given.signed_electronically),
        file=act.maybe_key(given.file, "StoredFile", "file"),
    )
