"""A village's register out, as a file that OpenSID's own import takes.

It holds every NIK and KK number in the clear. So it is for a purpose that the journal keeps, told there before the
first row is read; it is readable by its owner alone from its first byte on, and appears under its name only when it is
whole (hub/integrations/private_files.py).
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from hub.domains.imports import batches, events, policy, roll
from hub.domains.imports.known import SENSITIVE
from hub.domains.kecamatan import agreements
from hub.domains.villages.model import Village
from hub.integrations.opensid.columns import BY_FIELD, COLUMNS, SIAK
from hub.integrations.opensid.problems import Lang
from hub.integrations.opensid.report import Progress, Step
from hub.integrations.opensid.writing import Sheet, Written
from hub.integrations.private_files import put, put_down, refuse_place, unfinished
from hub.journal.record import Changes, record
from hub.kernel.clock import Clock, Now
from hub.kernel.errors import Forbidden
from hub.kernel.keyring import KeyRing
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import Scope
from hub.kernel.written import line
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Pool
from hub.store.unit import Session, reading, writing

_VILLAGE = table(Village)

Said = Callable[[Progress], None]

_MESSAGES: dict[str, dict[Lang, str]] = {
    "written": {
        "id": "Ditulis: {rows} orang ke {file}. Berkas ini memuat NIK dan nomor KK yang terbuka: jaga, dan hapus "
        "setelah dipakai.",
        "en": "Written: {rows} people to {file}. The file holds clear NIK and KK numbers: guard it, and delete it "
        "after use.",
    },
    "ended": {
        "id": "Tidak disertakan: {count} catatan yang sudah berakhir; --with-ended menyertakannya.",
        "en": "Left out: {count} records that ended; --with-ended includes them.",
    },
    "earlier": {
        "id": "Tidak disertakan: {count} catatan lama dari NIK yang dipakai catatan lain; OpenSID mengenal satu "
        "per NIK.",
        "en": "Left out: {count} earlier records of a NIK that another record carries; OpenSID knows one per NIK.",
    },
    "withheld": {
        "id": "Kolom data pribadi spesifik yang dikosongkan: {columns}. Sebutkan dengan --sensitive bila perlu.",
        "en": "Columns of specific personal data left empty: {columns}. Name them with --sensitive where needed.",
    },
    "withheld_siak": {
        "id": "Kolom dari SIAK yang dikosongkan karena tidak ada perjanjian pemanfaatan data yang berlaku: {columns}. "
        "Camat mencatat perjanjian dengan recordDataUseAgreement, operator dengan `hub agreement add`.",
        "en": "Columns of SIAK left empty, for no agreement on the use of the data is in force: {columns}. The camat "
        "records one by recordDataUseAgreement, the operator by `hub agreement add`.",
    },
    "agreement": {
        "id": "Kolom dari SIAK disertakan menurut perjanjian {number}, berlaku sampai {until}, untuk: {purpose}.",
        "en": "Columns of SIAK are included by the agreement {number}, in force until {until}, for: {purpose}.",
    },
    "empty": {
        "id": "Kolom yang kosong karena hub tidak memiliki isinya: {columns}.",
        "en": "Columns left empty, for the hub knows nothing of them: {columns}.",
    },
    "phones": {
        "id": "Yang diketahui hub tetapi tidak ada kolomnya: nomor telepon {count} orang.",
        "en": "What the hub knows and the form has no column for: the telephone numbers of {count} people.",
    },
    "days": {
        "id": "Yang diketahui hub tetapi tidak ada kolomnya: tanggal peristiwa {count} catatan yang berakhir.",
        "en": "What the hub knows and the form has no column for: the day on which {count} records ended.",
    },
    "unlike": {
        "id": "Sel yang dibaca lain atau ditolak oleh OpenSID: {figures}.",
        "en": "Cells that OpenSID reads otherwise or refuses: {figures}.",
    },
    "lacking": {
        "id": "Yang wajib bagi orang baru di OpenSID tetapi kosong: {figures}.",
        "en": "Empty, though OpenSID wants it of a new person: {figures}.",
    },
    "alike": {
        "id": "{count} orang tanpa NIK tidak dapat dibedakan OpenSID dari orang lain dengan nama dan kelahiran "
        "yang sama.",
        "en": "OpenSID cannot tell {count} people without a NIK from others of the same name and birth.",
    },
}


@dataclass(slots=True)
class Outcome:
    """What was written, and what not. `withheld` are columns left empty on purpose; `agreement` lets SIAK's go out."""

    file: Path
    ended: int = 0
    earlier: int = 0
    phones: int = 0
    days: int = 0
    withheld: tuple[str, ...] = ()
    withheld_siak: tuple[str, ...] = ()
    agreement: sql.Row | None = None
    written: Written = field(default_factory=Written)

    @property
    def empty(self) -> tuple[str, ...]:
        """Columns in which the hub had nothing to write."""
        filled, meant = self.written.filled, (*self.withheld, *self.withheld_siak)
        return tuple(each.name for each in COLUMNS if not filled[each.name] and each.name not in meant)

    def messages(self, lang: Lang = "id") -> list[str]:
        """The outcome in sentences."""
        written = self.written
        counts = {"ended": self.ended, "earlier": self.earlier, "phones": self.phones, "days": self.days}
        said: list[tuple[str, dict[str, object]]] = [("written", {"rows": written.rows, "file": self.file.absolute()})]
        said += [(name, {"count": count}) for name, count in counts.items() if count]
        said += [
            (name, {"columns": ", ".join(columns)})
            for name, columns in (
                ("withheld", self.withheld),
                ("withheld_siak", self.withheld_siak),
                ("empty", self.empty),
            )
            if columns
        ]
        if (terms := self.agreement) is not None:
            given = {"number": terms["number"], "until": terms["expires_on"], "purpose": terms["purpose"]}
            said.append(("agreement", given))
        said += [
            (name, {"figures": ", ".join(f"{column} {count}" for column, count in figures.items())})
            for name, figures in (("unlike", written.unlike), ("lacking", written.lacking))
            if figures
        ]
        if written.alike:
            said.append(("alike", {"count": written.alike}))
        return [_MESSAGES[key][lang].format(**given) for key, given in said]


def quiet(_: Progress) -> None:
    """Tell nobody."""


async def export_file(
    pool: Pool,
    scope: Scope,
    keys: KeyRing,
    clock: Clock,
    target: Path,
    *,
    village: RegionCode,
    purpose: str,
    labels: bool = False,
    with_ended: bool = False,
    sensitive: Iterable[str] = (),
    force: bool = False,
    progress: Said = quiet,
) -> Outcome:
    """Write a village's people to a workbook. `labels`: codes as OpenSID prints them instead of its numbers.

    `sensitive`: the fields of specific personal data that the purpose asks for, none by default. `force`: over a file
    that stands there. Raises Forbidden, VillageNotHere, FileStands, NoFolder or FileNotWritten, and then no file stands
    there that did not before; what was journaled stays even where writing failed.
    """
    now, shown = clock(), frozenset(sensitive) & frozenset(SENSITIVE)
    reason = line(purpose, "purpose")
    if not policy.may_export(scope, sensitive=bool(shown)):
        raise Forbidden
    with put_down(target):
        refuse_place(target, force=force)
    outcome = Outcome(target, withheld=_columns(frozenset(SENSITIVE) - shown))
    place = await _journaled(pool, scope, now, village, reason, outcome, with_ended=with_ended, shown=shown)

    hidden = frozenset(each.field for each in COLUMNS if each.name in (*outcome.withheld, *outcome.withheld_siak))
    with put_down(target), unfinished(target) as (whole, file):
        with Sheet(file, labels=labels, leave_out=hidden) as sheet:
            async with reading(pool, scope, now) as session:
                await _fill(session, keys, place, sheet, outcome, with_ended=with_ended, progress=progress)
            outcome.written = sheet.close()
        file.flush()
        os.fsync(file.fileno())
        put(whole, target, force=force)
    return outcome


async def _journaled(
    pool: Pool,
    scope: Scope,
    now: Now,
    village: RegionCode,
    purpose: str,
    outcome: Outcome,
    *,
    with_ended: bool,
    shown: frozenset[str],
) -> UUID:
    """The village, once the journal holds that its people are taken out, and by which agreement what SIAK knows."""
    async with writing(pool, scope, now) as unit:
        outcome.agreement = await agreements.in_force(unit, unit.tenant)
        outcome.withheld_siak = () if outcome.agreement else _columns(frozenset(SIAK))
        place = await batches.village_here(unit, village)
        version = await unit.value(
            select(_VILLAGE.c.version).where(_VILLAGE.c.tenant_id == unit.tenant.id, _VILLAGE.c.id == place)
        )
        living, ended = await roll.count(unit, place)
        told: Changes = {
            "form": (None, "OPENSID"),
            "people": (None, living + ended if with_ended else living),
            "with_ended": (None, with_ended),
            "sensitive": (None, sorted(shown)),
            "agreement": (None, str(outcome.agreement["number"]) if outcome.agreement else None),
        }
        event = events.RegisterExported(
            object_id=place, village_id=place, version=version, changes=told, purpose=purpose
        )
        await record(unit, event)
    return place


async def _fill(
    session: Session,
    keys: KeyRing,
    village: UUID,
    sheet: Sheet,
    outcome: Outcome,
    *,
    with_ended: bool,
    progress: Said,
) -> None:
    listed = await roll.call(session, keys, village, with_ended=with_ended)
    outcome.ended, outcome.earlier, outcome.phones = listed.ended, listed.earlier, listed.phones
    done, total = 0, len(listed.people)
    progress(Progress(Step.EXPORTING, done, total))
    for chunk in roll.chunks(listed.people):
        people = await roll.told(session, keys, chunk)
        outcome.days += sum(each["ended_on"] is not None for each in people)
        with put_down(outcome.file):
            sheet.add(people)
        done += len(chunk)
        progress(Progress(Step.EXPORTING, done, total))


def _columns(fields: frozenset[str]) -> tuple[str, ...]:
    return tuple(each.name for each in COLUMNS if each.field in fields)


assert set(SENSITIVE) <= set(BY_FIELD)  # noqa: S101  # two lists that must agree
