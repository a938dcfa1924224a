"""Who may bring a population file in, who may take one out, and what may be taken back."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from hub.domains.imports.errors import ImportNotUndoable, ImportTooOld, ImportUndone, ProposalClosed
from hub.domains.imports.model import BatchState, ImportBatch, ProposedState
from hub.kernel.errors import Forbidden, HubError
from hub.kernel.scope import Scope
from hub.kernel.steps import Step, step
from hub.kernel.words import Word
from hub.tenants.permissions import Permission


class BatchAction(Word):
    """A step of a batch that is written."""

    UNDO = "UNDO", "Batalkan impor", "Undo the import"


class Situation(Word):
    """How it stands with undoing a batch."""

    OPEN = "OPEN", "Dapat dibatalkan", "Can be undone"
    LATE = "LATE", "Lewat waktu", "Too old"
    UNDONE = "UNDONE", "Sudah dibatalkan", "Undone already"
    NOTHING = "NOTHING", "Tidak ada yang ditulis", "Nothing was written, or it still runs"


class ProposalAction(Word):
    """A word on a proposal."""

    CONFIRM = "CONFIRM", "Catat sebagai peristiwa", "Record as an event"
    DECLINE = "DECLINE", "Bukan peristiwa", "Not an event"


_REFUSALS: Mapping[Situation, type[HubError]] = MappingProxyType(
    {Situation.LATE: ImportTooOld, Situation.UNDONE: ImportUndone, Situation.NOTHING: ImportNotUndoable}
)


def may_import(scope: Scope) -> bool:
    """Whether the grant carries bulk loading at all: for the office, or for the one village that sends its own file."""
    return scope.may(Permission.IMPORT_REGISTER) or (scope.may(Permission.PUSH_REGISTER) and bool(scope.villages))


def may_export(scope: Scope, *, sensitive: bool = False) -> bool:
    """Whether the grant carries taking lists out; `sensitive` data only by who may see it."""
    return scope.may(Permission.EXPORT_REGISTER) and (not sensitive or scope.may(Permission.SEE_SENSITIVE))


def reaches(scope: Scope, village: UUID) -> bool:
    """Whether the village is within the grant."""
    return not scope.villages or village in scope.villages


def situation(batch: ImportBatch, now: datetime) -> Situation:
    """How it stands with undoing a batch."""
    if batch.state == BatchState.UNDONE:
        return Situation.UNDONE
    if batch.undoable_until is None:
        return Situation.NOTHING
    return Situation.OPEN if now <= batch.undoable_until else Situation.LATE


def require_undo(scope: Scope, batch: ImportBatch, now: datetime) -> None:
    """Refuse undoing where the caller may not, or where this batch cannot be undone (any more)."""
    refusal = _closed(situation(batch, now), scope.permissions)
    if refusal is not None:
        refusal.path = () if isinstance(refusal, Forbidden) else ("importBatch",)
        raise refusal


def allowed_actions(found: str, permissions: frozenset[str], lang: str) -> list[Step]:
    """Every step of a batch, with the reason where it is closed. Whether a row has changed since is seen on undoing."""
    return [step(BatchAction.UNDO, _closed(Situation[found], permissions), lang)]


def allowed_answers(state: str, permissions: frozenset[str], lang: str) -> list[Step]:
    """Every word on a proposal, with the reason where it is closed."""
    closed: HubError | None = None if state == ProposedState.OPEN else ProposalClosed()
    if not permissions.issuperset((Permission.RECORD_EVENT, Permission.WRITE_REGISTER)):
        closed = Forbidden()
    return [step(each, closed, lang) for each in ProposalAction]


def _closed(found: Situation, permissions: frozenset[str]) -> HubError | None:
    if Permission.IMPORT_REGISTER not in permissions:
        return Forbidden()
    refusal = _REFUSALS.get(found)
    return None if refusal is None else refusal()
