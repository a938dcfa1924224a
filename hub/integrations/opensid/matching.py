"""Whom in the register a row of the file speaks of, and what it would change."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from hub.domains.imports.known import HOME, SENSITIVE, Identity, Person, Register
from hub.domains.imports.model import RowAction
from hub.integrations.opensid.changes import FieldChange, compare, fields_of
from hub.integrations.opensid.rows import CitizenRow
from hub.kernel.register_codes import BaseStatus, FamilyRelation

Heads = tuple[bytes | None, bytes | None]

_STRUCTURE = frozenset(("family_relation", "kk_number", "base_status"))


@dataclass(slots=True)
class Claim:
    """What a row that will be written does to the heads of families."""

    position: int
    row_number: int | None
    action: RowAction
    citizen: UUID
    former: bytes | None  # the family it is head of now
    family: bytes | None  # the family it will be head of


def person_of(register: Register, row: CitizenRow, digest: bytes) -> Person | None:
    """The person a row names, once; None where the register knows nobody like that.

    By NIK, or by one they had before where the name agrees; without one, by an equal row of an earlier file, then by
    name, birth place and birth date. A person who was registered without NIK, or with a temporary one, is found by
    these when the file knows it now.
    """
    found = register.with_nik(row.nik.digits) if row.nik is not None else None
    if found is None and row.nik is not None:
        found = register.with_former_nik(row.nik.digits, row.full_name, row.birth_date)
    if found is None and row.nik is None:
        found = next((each for each in register.by_digest.get(digest, ()) if not each.named), None)
    if found is None:
        found = _by_identity(register, row)
    if found is None or found.named:
        return None
    found.named = True
    return found


def outdated(register: Register, row: CitizenRow, person: Person) -> bool:
    """Whether the row has a number of the person that was put right since: it must not come back."""
    if row.nik is None or register.with_nik(row.nik.digits) is person:
        return False
    return register.with_former_nik(row.nik.digits, row.full_name, row.birth_date) is person


def is_living(row: CitizenRow) -> bool:
    """Whether the file says so; an empty status does."""
    return row.base_status in (None, BaseStatus.ALIVE.value)


def differences(
    existing: Mapping[UUID, Mapping[str, object]], incoming: Mapping[UUID, CitizenRow]
) -> dict[UUID, tuple[RowAction, tuple[FieldChange, ...]]]:
    """The action on each known person, with what differs."""
    found = compare(existing, {key: fields_of(row) for key, row in incoming.items()})
    sorted_out = ((RowAction.CHANGED, found.changed), (RowAction.MOVED, found.moved), (RowAction.DIED, found.died))
    result = {key: (action, changes) for action, keyed in sorted_out for key, changes in keyed.items()}
    return result | dict.fromkeys(found.same, (RowAction.SAME, ()))


def written(row: CitizenRow, changes: Sequence[FieldChange]) -> dict[str, object]:
    """What a change stores: the fields that differ; into another family people bring their address along."""
    values = {change.field: change.after for change in changes}
    if "kk_number" in values:
        values |= {name: value for name in HOME if (value := getattr(row, name)) is not None}
    return values


def without(row: CitizenRow, fields: Iterable[str]) -> CitizenRow:
    """The row with some fields unsaid."""
    said = {name: None for name in fields if getattr(row, name) is not None}
    return dataclasses.replace(row, **said) if said else row


def unsaid(imported: Iterable[str]) -> tuple[str, ...]:
    """The specific personal data that stays out of the register unless it was switched on."""
    return tuple(name for name in SENSITIVE if name not in frozenset(imported))


def touches_heads(changed: Iterable[str]) -> bool:
    """Whether a change of these fields may make or unmake a head of a family."""
    return not _STRUCTURE.isdisjoint(changed)


def heads_of(person: Person, row: CitizenRow, family: bytes | None, changed: Collection[str]) -> Heads:
    """The family that a known person is head of before and after such a change."""
    relation = row.family_relation if "family_relation" in changed else None
    stays_head = person.head if relation is None else relation == FamilyRelation.HEAD.value
    head_of = family if stays_head and is_living(row) else None
    return person.family if person.head else None, head_of


def second_heads(register: Register, claims: Sequence[Claim]) -> list[Claim]:
    """Those that would give a family a second living head, once all the others are written."""
    refused: list[Claim] = []
    standing = list(claims)
    while True:
        heads = _heads_after(register, standing)
        wrong = [claim for claim in standing if claim.family is not None and heads[claim.family] != {claim.citizen}]
        if not wrong:
            return refused
        # Of several in the file the first stands, unless the register's own head stays.
        kept: set[bytes] = set()
        for claim in wrong:
            family = claim.family or b""
            own = (register.heads.get(family, set()) & heads[family]) - {claim.citizen}
            if own or family in kept:
                refused.append(claim)
            kept.add(family)
        gone = {claim.position for claim in refused}
        standing = [claim for claim in standing if claim.position not in gone]


def _heads_after(register: Register, claims: Iterable[Claim]) -> dict[bytes, set[UUID]]:
    concerned = {family for claim in claims for family in (claim.family, claim.former) if family is not None}
    heads = {family: set(register.heads.get(family, ())) for family in concerned}
    for claim in claims:
        if claim.former is not None:
            heads[claim.former].discard(claim.citizen)
    for claim in claims:
        if claim.family is not None:
            heads[claim.family].add(claim.citizen)
    return heads


def _by_identity(register: Register, row: CitizenRow) -> Person | None:
    if row.full_name is None or row.birth_place is None or row.birth_date is None:
        return None
    identity: Identity = (row.full_name, row.birth_place, row.birth_date)
    free = [each for each in register.by_identity.get(identity, ()) if not each.named]
    nameless = [each for each in free if not each.has_nik]
    if nameless:
        return nameless[0]
    return free[0] if row.nik is None and len(free) == 1 else None
