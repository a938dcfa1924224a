"""What can be done with population documents: check, change, record.

Whoever records a document, or says what became of one, first locks the person or the family it belongs to: so the
newer one finds the one in force.
"""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from hub.domains.citizens.errors import CitizenEnded, HouseholdEnded
from hub.domains.citizens.model import Citizen, EndReason, Household
from hub.domains.citizens.telling import times
from hub.domains.documents import errors, events, policy
from hub.domains.documents.model import (
    HELD_BESIDE,
    NUMBERED_BY_REGISTER,
    OF_FAMILIES,
    OF_PERSONS,
    PopulationDocument,
    PopulationDocumentStatus,
    PopulationDocumentType,
)
from hub.domains.files.model import StoredFile
from hub.journal.model import Effect
from hub.journal.record import Changes, record
from hub.journal.telling import told
from hub.kernel.errors import DateInFuture
from hub.kernel.keyring import KeyRing
from hub.store.base import table
from hub.store.constraints import translating
from hub.store.unit import Unit

CONSTRAINTS = dict.fromkeys(
    ("uq_population_document_of_citizen", "uq_population_document_of_household"), errors.DocumentInForce
)
_DOCUMENTS = table(PopulationDocument)
_S, _T = PopulationDocumentStatus, PopulationDocumentType
_WORDLESS = ("number", "status_reason", "end_reason")
_NIK, _SPACE = re.compile(r"\d{16}"), re.compile(r"\s")
_GONE = frozenset({EndReason.MOVED.value, EndReason.LEFT.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What was issued to whom (exactly one of the two), by whom and when."""

    citizen: UUID | None
    household: UUID | None
    type: PopulationDocumentType
    issued_on: date
    number: str | None = None
    issued_by: str | None = None
    signed_electronically: bool | None = None
    file: UUID | None = None


async def record_document(
    unit: Unit, keys: KeyRing, issue: Issue
) -> tuple[PopulationDocument, PopulationDocument | None]:
    """Record a document; the new one, and the one in force until now that it replaces.

    One that was issued before another of its type is recorded as replaced.
    """
    policy.refuse_strangers(unit.scope)
    _refuse_registers_number(issue)
    if issue.issued_on > unit.now.today(unit.tenant.zone):
        raise DateInFuture(path=("issuedOn",))
    whose = await _whose(unit, issue)
    if issue.file is not None:
        await _refuse_unusable(unit, issue.file)

    others = [] if issue.type in HELD_BESIDE else await _of_its_type(unit, issue)
    older = any(each.issued_on > issue.issued_on for each in others)
    standing = next((each for each in others if each.status == _S.ACTIVE), None)
    replaced = None if standing is None or older else await _replace(unit, keys, standing)
    row = _row(unit, issue, whose.village_id, _S.REPLACED if older else _S.ACTIVE)
    with translating(CONSTRAINTS, path=("type",)):
        await unit.add(row)

    changes = told(row, wordless=_WORDLESS)
    await record(unit, events.PopulationDocumentRecorded(**events.about(row, changes), effect=Effect.CREATED), keys)
    return row, replaced


async def update_status(
    unit: Unit, keys: KeyRing, key: UUID, *, expected: int, to: PopulationDocumentStatus, reason: str
) -> PopulationDocument:
    """Say what became of a document, and why; the row keeps the reason while the document does not hold."""
    policy.refuse_strangers(unit.scope)
    before = await _standing(unit, key)
    policy.require(_S[before.status], to)

    kept = None if to is _S.ACTIVE else reason
    with translating(CONSTRAINTS, path=("status",)):
        after = await unit.change(before, expected=expected, status=to.value, status_reason=kept)

    changes: Changes = {"status": (before.status, after.status), "reason": (None, None)}
    await record(unit, events.PopulationDocumentStatusChanged(**events.about(after, changes)), keys)
    return after


async def take_back(unit: Unit, keys: KeyRing, key: UUID, *, expected: int, reason: str) -> PopulationDocument:
    """End a document that was recorded wrongly; what it replaced stays so until somebody restores it."""
    policy.refuse_strangers(unit.scope)
    before = await _standing(unit, key)

    after = await unit.change(before, expected=expected, ended_at=unit.now.instant, end_reason=reason)

    changes = told(after, before, wordless=_WORDLESS)
    event = events.PopulationDocumentTakenBack(**events.about(after, changes), effect=Effect.ENDED)
    await record(unit, event, keys)
    return after


# Checks


def _refuse_registers_number(issue: Issue) -> None:
    """No NIK and no number of a family card comes to stand here in clear, of whatever document it is called."""
    if issue.number is None:
        return
    if issue.type in NUMBERED_BY_REGISTER or _NIK.fullmatch(_SPACE.sub("", issue.number)):
        raise errors.NumberIsRegisters(path=("number",))


async def _whose(unit: Unit, issue: Issue) -> Citizen | Household:
    """The person or the family, locked. After the end only what speaks of the end is issued."""
    if issue.citizen is None:
        assert issue.household is not None  # noqa: S101  # the input is refused where both are missing
        if issue.type not in OF_FAMILIES:
            raise errors.DocumentUnfit(path=("type",))
        home = await unit.find(Household, issue.household, path=("household",))
        if home.ended_at is not None and not (issue.type is _T.MOVE_LETTER and home.end_reason in _GONE):
            raise HouseholdEnded(path=("household",))
        return home
    if issue.type not in OF_PERSONS:
        raise errors.DocumentUnfit(path=("type",))
    person = await unit.find(Citizen, issue.citizen, path=("citizen",))
    if person.birth_date is not None and issue.issued_on < person.birth_date:
        raise errors.DocumentUnfit(path=("issuedOn",))
    died = person.end_reason == EndReason.DIED.value
    if issue.type is _T.DEATH_CERT and person.ended_at is None:
        raise errors.DocumentUnfit(path=("type",))
    late = (issue.type is _T.DEATH_CERT and died) or (issue.type is _T.MOVE_LETTER and person.end_reason in _GONE)
    if person.ended_at is not None and not late:
        raise CitizenEnded(path=("citizen",))
    return person


async def _refuse_unusable(unit: Unit, key: UUID) -> None:
    file = await unit.see(StoredFile, key, path=("file",))
    if file.content_key_sealed is None or file.ended_at is not None:
        raise errors.DocumentFileUnusable(path=("file",))


async def _of_its_type(unit: Unit, issue: Issue) -> list[PopulationDocument]:
    """All that the person or the family has of the type, locked; one of them at most is in force."""
    own = _DOCUMENTS.c
    whose = own.household_id == issue.household if issue.citizen is None else own.citizen_id == issue.citizen
    found = select(_DOCUMENTS).where(
        own.tenant_id == unit.tenant.id, whose, own.type == issue.type.value, own.ended_at.is_(None)
    )
    return await unit.all(found.order_by(own.id).with_for_update(), PopulationDocument)


async def _standing(unit: Unit, key: UUID) -> PopulationDocument:
    """A document that was not taken back, locked after the one it belongs to."""
    seen = await unit.see(PopulationDocument, key, path=("document",))
    if seen.citizen_id is not None:
        await unit.find(Citizen, seen.citizen_id)
    elif seen.household_id is not None:
        await unit.find(Household, seen.household_id)
    found = await unit.find(PopulationDocument, key, path=("document",))
    if found.ended_at is not None:
        raise errors.DocumentTakenBack(path=("document",))
    return found


# Changing


async def _replace(unit: Unit, keys: KeyRing, standing: PopulationDocument) -> PopulationDocument:
    after = await unit.change(standing, status=_S.REPLACED.value)
    changes: Changes = {"status": (standing.status, after.status)}
    await record(unit, events.PopulationDocumentReplaced(**events.about(after, changes)), keys)
    return after


def _row(unit: Unit, issue: Issue, village: UUID, status: PopulationDocumentStatus) -> PopulationDocument:
    return PopulationDocument(
        tenant_id=unit.tenant.id,
        village_id=village,
        citizen_id=issue.citizen,
        household_id=issue.household,
        type=issue.type.value,
        number=issue.number,
        issued_on=issue.issued_on,
        issued_by=issue.issued_by,
        signed_electronically=issue.signed_electronically,
        file_id=issue.file,
        status=status.value,
        **times(unit),
    )
