"""From a ZIP that a village has sent to the importer and to what the village is told.

The importer's rules hold unchanged: into an empty village everything new is written, of later files nothing without a
word of the office. A file that waits for it is kept, sealed, for `hub import pushed`.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

import structlog

from hub.domains.imports import syncing
from hub.domains.imports.model import RowAction, SyncState
from hub.domains.imports.syncing import Outcome
from hub.integrations.opendk import answers, package
from hub.integrations.opensid.importing import import_file
from hub.integrations.opensid.report import Report
from hub.kernel.clock import Clock
from hub.kernel.errors import HubError, NotFound
from hub.kernel.keyring import KeyRing
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import Scope
from hub.store.pools import Pool
from hub.store.unit import reading, writing

log = structlog.get_logger()


class NothingKept(NotFound):
    """No file that {code} has sent waits for a word."""

    code = "NOTHING_PUSHED_WAITS"
    hint = "Everything of the last file is in, or the village has sent none; `sync` of the village says which."


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a village's file is taken in. The pool needs two free connections."""

    pool: Pool
    scope: Scope
    keys: KeyRing
    clock: Clock
    village: UUID
    code: RegionCode


async def receive(desk: Desk, zipped: IO[bytes]) -> Outcome:
    """Take in a whole ZIP. Whatever becomes of it is noted for the village; no refusal of the file is raised."""
    async with writing(desk.pool, desk.scope, desk.clock()) as unit:
        await syncing.begin(unit, desk.village)
    workbook: bytes | None = None
    try:
        with tempfile.TemporaryDirectory(prefix="hub-push-") as folder:
            found, workbook = await _take_in(desk, zipped, Path(folder))
    except HubError as refusal:
        found = answers.refusal_of(refusal)
    except Exception:
        log.exception("a village's file failed", village=str(desk.code), request_id=desk.scope.request_id)
        found = Outcome(SyncState.FAILED, answers.FAILED)
    await _note(desk, found, workbook)
    return found


async def confirm(desk: Desk, apply: frozenset[RowAction], *, dry_run: bool = False) -> Report:
    """Import the kept file again with the actions that the office has confirmed; NothingKept where none waits."""
    async with reading(desk.pool, desk.scope, desk.clock()) as session:
        workbook = await syncing.kept_file(session, desk.keys, desk.village)
    if workbook is None:
        raise NothingKept(code=str(desk.code))
    with tempfile.TemporaryDirectory(prefix="hub-push-") as folder:
        path = Path(folder) / "desa.xlsx"
        path.write_bytes(workbook)
        report = await _import(desk, path, apply, dry_run=dry_run)
    if not dry_run:
        await _note(desk, answers.outcome_of(report, 0), workbook)
    return report


async def _take_in(desk: Desk, zipped: IO[bytes], folder: Path) -> tuple[Outcome, bytes]:
    sent, ours = folder / "kiriman.xlsx", folder / "desa.xlsx"
    package.unpack(zipped, sent)
    found = package.translate(sent, ours, village=desk.code)
    report = await _import(desk, ours, frozenset())
    return answers.outcome_of(report, found.nameless), ours.read_bytes()


async def _import(desk: Desk, path: Path, apply: frozenset[RowAction], *, dry_run: bool = False) -> Report:
    return await import_file(
        desk.pool, desk.scope, desk.keys, desk.clock, path, village=desk.code, apply=apply, dry_run=dry_run
    )


async def _note(desk: Desk, outcome: Outcome, workbook: bytes | None) -> None:
    """The outcome, and the file as long as something of it waits; a refused file leaves an earlier one."""
    async with writing(desk.pool, desk.scope, desk.clock()) as unit:
        await syncing.end(unit, desk.village, outcome)
        if workbook is not None and outcome.waiting:
            await syncing.keep_file(unit, desk.keys, desk.village, workbook)
        elif workbook is not None:
            await syncing.drop_file(unit, desk.village)
