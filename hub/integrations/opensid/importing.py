"""A village's workbook into the register, from file to report.

Read and judged row by row; what would change is staged, sealed; what is ordered is written in transactions of about 500
rows that never split a family. A process killed in the middle leaves its staged rows, and the next import into the
village writes them first: nothing is lost, nothing doubled.

Into an empty village everything new is written at once. Later files are comparisons: only the actions named in `apply`
are written, the others are listed. New people in rows that an earlier import handed back as refused need no further
word: correcting the workbook was it. What waits and looks like a birth, a death, a move and the like is proposed as an
event besides (`hub.domains.imports.proposing`).
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from hub.domains.imports import batches, known, proposing, staging
from hub.domains.imports.applying import SKIPPED, apply_group
from hub.domains.imports.families import GROUP, groups
from hub.domains.imports.known import SENSITIVE, Person, Register
from hub.domains.imports.model import BatchState, RowAction
from hub.domains.imports.proposing import Draft
from hub.domains.imports.staging import Staged
from hub.integrations.opensid.cells import clean
from hub.integrations.opensid.changes import fields_of, row_digest
from hub.integrations.opensid.columns import BY_FIELD, STATUS, Header, find_header, header_names
from hub.integrations.opensid.handback import REFUSED_WORDS, hand_back
from hub.integrations.opensid.matching import (
    Claim,
    differences,
    heads_of,
    is_living,
    outdated,
    person_of,
    second_heads,
    touches_heads,
    unsaid,
    without,
    written,
)
from hub.integrations.opensid.problems import Problem, ProblemCode, masked
from hub.integrations.opensid.report import SAMPLES, Listed, Progress, Refusal, Report, Step
from hub.integrations.opensid.rows import CitizenRow, JudgedRow, judge
from hub.integrations.opensid.workbook import Row, open_workbook
from hub.kernel.clock import Clock, Now
from hub.kernel.ids import new_id
from hub.kernel.keyring import KeyRing
from hub.kernel.region_code import RegionCode
from hub.kernel.register_codes import FamilyRelation
from hub.kernel.scope import Scope, Zone
from hub.store.pools import Pool
from hub.store.unit import reading, writing

CHUNK = 1_000
LANES = 2
_MEGABYTE = 1024 * 1024

Said = Callable[[Progress], None]
Item = TypeVar("Item")


def quiet(_: Progress) -> None:
    """Tell nobody."""


async def import_file(
    pool: Pool,
    scope: Scope,
    keys: KeyRing,
    clock: Clock,
    path: Path,
    *,
    village: RegionCode,
    dry_run: bool = False,
    strict: bool = False,
    handed_back: Path | None = None,
    progress: Said = quiet,
    apply: frozenset[RowAction] = frozenset(),
    sensitive: frozenset[str] = frozenset(),
    job: UUID | None = None,
    held: bool = False,
) -> Report:
    """Import a workbook into one village of the scope's kecamatan; the pool needs two free connections, better three.

    `apply` names the actions a person has confirmed (NEW, CHANGED, DIED, MOVED, MISSING); `sensitive` the fields of
    specific personal data that the kecamatan has a purpose for, none by default. `strict`: one refused or doubtful row
    refuses the file. `dry_run`: everything but writing. `handed_back`: where the workbook with its verdicts is written,
    if any row is refused or doubtful; never the file itself. `job`: the asked-for import that it is done for.
    `held`: what is not in `apply` waits, also what is new in an empty village.

    Raises a FileRefused, Forbidden, VillageNotHere or ImportRunning; then nothing was written.
    """
    now = clock()
    async with reading(pool, scope, now) as session:
        place = await batches.village_for(session, village)
    work = _Job(pool, scope, keys, now, path, village, place, strict, handed_back, progress, apply, sensitive, job)
    work.held = held
    if dry_run:
        return await work.rehearse()
    async with batches.alone(pool, scope, place):
        return await work.run()


async def resume(pool: Pool, scope: Scope, keys: KeyRing, now: Now, village: UUID, *, progress: Said = quiet) -> int:
    """Write what a killed import has left staged; how many rows that were. The caller is alone in the village."""
    async with reading(pool, scope, now) as session:
        batch = await batches.unfinished(session, village)
    if batch is None:
        return 0
    counts = await _applied(pool, scope, keys, now, village, batch, Step.RESUMING, progress)
    async with writing(pool, scope, now) as unit:
        await batches.finish(unit, batch, waiting=False)
    return counts.total() - counts[SKIPPED]


async def _applied(
    pool: Pool, scope: Scope, keys: KeyRing, now: Now, village: UUID, batch: UUID, step: Step, progress: Said
) -> Counter[str]:
    """Write the groups of a batch, one transaction each; how many rows of each action.

    New people stand in nobody's way: where there are no others, one group is prepared while the database writes
    another.
    """
    async with reading(pool, scope, now) as session:
        links = await staging.links(session, batch)
        lanes = LANES if await staging.only_new(session, batch) else 1
    found, waiting, done = Counter[str](), groups(links, size=GROUP), 0
    progress(Progress(step, done, len(links)))

    async def lane() -> None:
        nonlocal done
        for group in waiting:
            async with writing(pool, scope, now) as unit:
                counts = await apply_group(unit, keys, batch, village, group)
            found.update(counts)
            done += len(group)
            progress(Progress(step, done, len(links)))

    await _together(lane() for _ in range(lanes))
    return found


async def _together(each: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run side by side; where one fails the others are called off, and have ended before the failure is told."""
    tasks = [asyncio.ensure_future(one) for one in each]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(slots=True)
class _Known:
    """A row whose person is registered and whose digest is not the one on record."""

    position: int
    row: JudgedRow
    values: CitizenRow
    digest: bytes
    person: Person


@dataclass(slots=True)
class _Job:
    """One import: what it was asked, and what it has found so far."""

    pool: Pool
    scope: Scope
    keys: KeyRing
    now: Now
    path: Path
    village: RegionCode
    place: UUID
    strict: bool
    target: Path | None
    progress: Said
    apply: frozenset[RowAction]
    sensitive: frozenset[str]
    asked: UUID | None

    report: Report = field(init=False)
    register: Register = field(init=False)
    digest_key: bytes = field(init=False)
    batch: UUID | None = None
    first: bool = False
    held: bool = False
    sheet: str = ""
    position: int = 0
    widest: int = -1
    pending: int = 0
    verdicts: list[JudgedRow] = field(default_factory=list)
    corrected: set[int] = field(default_factory=set)
    nameless: list[tuple[JudgedRow, CitizenRow, bytes]] = field(default_factory=list)
    staged: list[Staged] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    declined: set[proposing.Known] = field(default_factory=set)
    claims: list[Claim] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.report = Report(str(self.village))
        tenant = self.scope.tenant.id if self.scope.tenant else 0
        self.digest_key = self.keys.blind("opensid", tenant=tenant, kind="row_digest")

    @property
    def today(self) -> date:
        """The day where the village lies."""
        return self.now.today(self.scope.tenant.zone if self.scope.tenant else Zone.WIB)

    async def rehearse(self) -> Report:
        """Everything but writing."""
        self.report.dry_run = True
        await self._judge_file()
        self._refuse_if_strict()
        self._hand_back()
        return self.report

    async def run(self) -> Report:
        """Everything; what a killed import left comes first."""
        self.report.resumed = await resume(
            self.pool, self.scope, self.keys, self.now, self.place, progress=self.progress
        )
        sha256 = _sha256(self.path)
        async with writing(self.pool, self.scope, self.now) as unit:
            self.batch = self.report.batch = await batches.begin(unit, self.place, sha256=sha256, job=self.asked)
        try:
            await self._judge_file()
        except Exception:
            with suppress(Exception):  # the reason counts, and the next import clears away what stays
                await self._give_up(BatchState.ABANDONED)
            raise
        if self._refuse_if_strict():
            await self._give_up(BatchState.REFUSED)
        else:
            await self._apply()
        self._hand_back()
        return self.report

    # Judging

    async def _judge_file(self) -> None:
        async with reading(self.pool, self.scope, self.now) as session:
            self.register = await known.load(session, self.keys, self.place)
            self.declined = await proposing.declined(session, self.place)
        self.first = not self.register.people
        today = self.today
        with open_workbook(self.path) as book:
            header = find_header(book)
            self._note_columns(header)
            rows = self._noting(book.rows(header.sheet), header)
            judged = judge(rows, header, village=self.village, today=today, known=self.register)
            for chunk in _chunks(judged, CHUNK):
                await self._sort(chunk)
                self.progress(Progress(Step.READING, len(self.verdicts)))
        await self._sort_nameless()
        self._list_missing()
        await self._flush()
        await self._refuse_second_heads()
        self.report.listed.sort(key=lambda one: (one.row is None, one.row))
        self.report.rows = len(self.verdicts)
        self.report.counts["WARNED"] = sum(1 for row in self.verdicts if row.warnings and not row.problems)

    def _note_columns(self, header: Header) -> None:
        self.sheet = header.sheet.name
        left_out = set(unsaid(self.sensitive))
        told = [column for column in header.columns.values() if column.field in left_out]
        self.report.not_imported = tuple(column.name for column in told)

    def _noting(self, rows: Iterator[Row], header: Header) -> Iterator[Row]:
        """The rows, while noting which of them an earlier import has handed back as refused."""
        status: int | None = None
        for row in rows:
            self.widest = max(self.widest, *row.cells)
            if row.number == header.row_number:
                named = {name: index for index, name in header_names(row).items()}
                status = named.get(STATUS.casefold())
            elif status is not None and clean(row.cells.get(status)) in REFUSED_WORDS:
                self.corrected.add(row.number)
            yield row

    async def _sort(self, chunk: Sequence[JudgedRow]) -> None:
        left_out = unsaid(self.sensitive)
        differing: list[_Known] = []
        for row in chunk:
            self.verdicts.append(JudgedRow(row.row_number, None, row.problems, row.warnings))
            for problem in (*row.problems, *row.warnings):
                self.report.problems[problem.code.value] += 1
            if row.values is None:
                self._reject(row)
                continue
            values = without(row.values, left_out)
            digest = row_digest(values, key=self.digest_key)  # of what the village wrote
            values = replace(values, kk_number=self.register.present(values.kk_number))
            if values.nik is None and not self.first:
                self.nameless.append((row, values, digest))  # those with a NIK choose first
            else:
                differing += self._place(row, values, digest)
        await self._sort_differing(differing)
        if len(self.staged) >= CHUNK:
            await self._flush()

    async def _sort_nameless(self) -> None:
        for chunk in _chunks(iter(self.nameless), CHUNK):
            differing = [known for row, values, digest in chunk for known in self._place(row, values, digest)]
            await self._sort_differing(differing)
        self.nameless.clear()

    def _place(self, row: JudgedRow, values: CitizenRow, digest: bytes) -> list[_Known]:
        """New or equal at once; a row that differs is given back, to be compared."""
        person = None if self.first else person_of(self.register, values, digest)
        if person is not None and outdated(self.register, values, person):
            values = without(values, ("nik",))
        if person is not None and (person.digest == digest or not (person.living or is_living(values))):
            self._count(RowAction.SAME)
        elif person is None or not person.living:
            self._stage_new(row, values, digest)
        else:
            self.position += 1
            return [_Known(self.position, row, values, digest, person)]
        return []

    def _stage_new(self, row: JudgedRow, values: CitizenRow, digest: bytes) -> None:
        self.position += 1
        key = new_id()
        family = self.register.family(values.kk_number) if values.kk_number else None
        pending = self._ordered(RowAction.NEW) or (row.row_number in self.corrected and not self.held)
        said = {name: value for name, value in fields_of(values).items() if value is not None}
        self._stage(
            Staged(self.position, RowAction.NEW, pending, row.row_number, key, digest, family, values=said),
            shown=_shown(values),
        )
        if not pending and not self.first:  # an empty village has no births and arrivals, but its whole register
            self._propose(proposing.of_new(said, digest, self.today))
        elif pending and is_living(values) and values.family_relation == FamilyRelation.HEAD.value:
            self.claims.append(Claim(self.position, row.row_number, RowAction.NEW, key, None, family))

    async def _sort_differing(self, differing: Sequence[_Known]) -> None:
        if not differing:
            return
        async with reading(self.pool, self.scope, self.now) as session:
            existing = await known.fields(session, self.keys, (each.person.id for each in differing))
        incoming = {each.person.id: each.values for each in differing}
        sorted_out = differences(existing, incoming)
        for each in differing:
            action, changes = sorted_out[each.person.id]
            if action is RowAction.SAME:
                self._count(RowAction.SAME)
                continue
            values = written(each.values, changes)
            family = self.register.family(each.values.kk_number) if each.values.kk_number else each.person.family
            moves = "kk_number" in values
            pending = self._ordered(action)
            self._stage(
                Staged(
                    each.position,
                    action,
                    pending,
                    each.row.row_number,
                    each.person.id,
                    each.digest,
                    family if moves else each.person.family,
                    each.person.family if moves else None,
                    values,
                ),
                shown=_shown(each.values),
                columns=tuple(BY_FIELD[change.field].name for change in changes),
            )
            if not pending:
                told = {change.field: (change.before, change.after) for change in changes}
                self._propose(proposing.of_changes(each.person.id, each.digest, told))
            elif touches_heads(values):
                heads = heads_of(each.person, each.values, family, values)
                self.claims.append(Claim(each.position, each.row.row_number, action, each.person.id, *heads))

    def _list_missing(self) -> None:
        for person in self.register.people:
            if not person.living or person.named:
                continue
            self.position += 1
            pending = self._ordered(RowAction.MISSING)
            self._stage(
                Staged(
                    self.position,
                    RowAction.MISSING,
                    pending,
                    citizen_id=person.id,
                    family=person.family,
                    values={} if pending else None,
                ),
                shown="",
            )
            if not pending:
                self._propose([proposing.of_missing(person.id)])
            elif person.head:
                self.claims.append(Claim(self.position, None, RowAction.MISSING, person.id, person.family, None))

    def _reject(self, row: JudgedRow) -> None:
        person = self.register.with_nik(row.nik.digits) if row.nik is not None else None
        if person is not None:
            person.named = True  # refused, but not missing
        self.position += 1
        self._count(RowAction.REJECTED)
        self.report.refusals += [Refusal(self.sheet, row.row_number, problem) for problem in row.problems]
        problems = [_stored(problem) for problem in row.problems]
        self.staged.append(
            Staged(self.position, RowAction.REJECTED, pending=False, row_number=row.row_number, problems=problems)
        )

    def _stage(self, row: Staged, *, shown: str, columns: tuple[str, ...] = ()) -> None:
        self._count(row.action)
        if row.pending:
            self.pending += 1
            self.report.applied[row.action.value] += 1
        else:
            self.report.waiting[row.action.value] += 1
            if self.report.waiting[row.action.value] <= SAMPLES:
                self.report.listed.append(Listed(row.action, row.row_number, shown, columns))
        self.staged.append(row)

    def _propose(self, drafts: Iterable[Draft]) -> None:
        self.drafts += [each for each in drafts if each.known not in self.declined]

    async def _flush(self) -> None:
        rows, self.staged = self.staged, []
        drafts, self.drafts = self.drafts, []
        if self.batch is None or not rows:
            return
        async with writing(self.pool, self.scope, self.now) as unit:
            await staging.stage(unit, self.keys, rows, batch=self.batch, village=self.place)
            await proposing.keep(unit, self.keys, drafts, batch=self.batch, village=self.place)

    async def _refuse_second_heads(self) -> None:
        refused = second_heads(self.register, self.claims)
        if not refused:
            return
        problem = Problem(ProblemCode.HEAD_REGISTERED, "kk_level")
        rows = {claim.row_number: claim for claim in refused}
        for index, verdict in enumerate(self.verdicts):
            if verdict.row_number in rows:
                self.verdicts[index] = JudgedRow(
                    verdict.row_number, None, (*verdict.problems, problem), verdict.warnings
                )
        async with writing(self.pool, self.scope, self.now) as unit:
            for claim in refused:
                self._unorder(claim, problem)
            if self.batch is not None:
                stored = {claim.position: [_stored(problem)] for claim in refused}
                await staging.reject(unit, self.batch, stored)

    def _unorder(self, claim: Claim, problem: Problem) -> None:
        self.pending -= 1
        self.report.applied[claim.action.value] -= 1
        self.report.counts[claim.action.value] -= 1
        self._count(RowAction.REJECTED)
        self.report.problems[problem.code.value] += 1
        self.report.refusals.append(Refusal(self.sheet, claim.row_number or 0, problem))

    def _ordered(self, action: RowAction) -> bool:
        return action in self.apply or (self.first and action is RowAction.NEW and not self.held)

    def _count(self, action: RowAction) -> None:
        self.report.counts[action.value] += 1

    # Writing

    def _refuse_if_strict(self) -> bool:
        doubtful = self.report.counts[RowAction.REJECTED.value] or self.report.counts["WARNED"]
        if self.strict and doubtful:
            self.report.refused = True
            self.report.applied.clear()
            self.report.waiting.clear()
        return self.report.refused

    async def _apply(self) -> None:
        batch = self.batch
        if batch is None:
            return
        async with writing(self.pool, self.scope, self.now) as unit:
            await batches.start_applying(unit, batch, to_do=self.pending, counts=self.report.counts)
            await proposing.replace(unit, batch, self.place)
        self.report.applied.clear()
        counts = await _applied(
            self.pool, self.scope, self.keys, self.now, self.place, batch, Step.APPLYING, self.progress
        )
        self.report.applied.update(counts)
        self.report.counts[SKIPPED] = self.report.applied.pop(SKIPPED, 0)
        async with writing(self.pool, self.scope, self.now) as unit:
            await batches.finish(unit, batch, waiting=bool(self.report.waiting.total()))

    async def _give_up(self, state: BatchState) -> None:
        if self.batch is None:
            return
        async with writing(self.pool, self.scope, self.now) as unit:
            await batches.give_up(unit, self.batch, state)

    def _hand_back(self) -> None:
        noted = any(row.problems or row.warnings for row in self.verdicts)
        if self.target is None or not noted:
            return
        hand_back(self.path, self.target, self._told(), widest=self.widest)
        self.report.handed_back = self.target

    def _told(self) -> Iterator[JudgedRow]:
        total = len(self.verdicts)
        for number, row in enumerate(self.verdicts):
            if number % CHUNK == 0:
                self.progress(Progress(Step.HANDING_BACK, number, total))
            yield row
        self.progress(Progress(Step.HANDING_BACK, total, total))


def _shown(row: CitizenRow) -> str:
    """Who it is, as far as a list may say."""
    return f"{row.nik or '0'} {masked(row.full_name or '', keep=3)}".strip()


def _stored(problem: Problem) -> dict[str, object]:
    return {
        "code": problem.code.value,
        "column": problem.column,
        "shown": problem.shown,
        "params": dict(problem.params),
    }


def _chunks(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while chunk := list(islice(items, size)):
        yield chunk


def _sha256(path: Path) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_MEGABYTE):
            digest.update(piece)
    return digest.digest()


assert set(SENSITIVE) <= set(BY_FIELD)  # noqa: S101  # two lists that must agree
