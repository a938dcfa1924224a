"""`hub agreement`: agreements on the use of population data, without which what comes from SIAK leaves in no file."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from sqlalchemy import select

from hub.domains.kecamatan import agreements as actions
from hub.domains.kecamatan.model import DataUseAgreement
from hub.entrypoints.access import Code, as_owner, day, show
from hub.entrypoints.voice import voice_of
from hub.kernel.clock import system_clock
from hub.kernel.errors import NotFound
from hub.kernel.written import line
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Connection
from hub.store.unit import Unit
from hub.tenants import administration as admin

T = TypeVar("T")

agreement = typer.Typer(no_args_is_help=True)
_OWN = table(DataUseAgreement)
Number = Annotated[str, typer.Argument(help="Number of the agreement.")]


class AgreementUnknown(NotFound):
    """There is no agreement {given} in this kecamatan."""

    code = "AGREEMENT_UNKNOWN"
    hint = "List them with `hub agreement list`."


@agreement.command(help="Record an agreement: from its first to its last day exports carry the columns of SIAK.")
def add(
    ctx: typer.Context,
    code: Code,
    number: Number,
    purpose: Annotated[str, typer.Option(help="What the data may be used for.")],
    until: Annotated[str, typer.Option(help="Last day, such as 2027-12-31.")],
    since: Annotated[str, typer.Option("--from", help="First day; else today.")] = "",
) -> None:
    """The camat does the same by `recordDataUseAgreement`."""
    first, last, named, aim = day(since), day(until), line(number, "number"), line(purpose, "purpose")

    async def act(unit: Unit) -> None:
        today = unit.now.today(unit.tenant.zone)
        await actions.record_agreement(
            unit, number=named, purpose=aim, starts_on=first or today, expires_on=last or today
        )

    _within(ctx, code, act)
    voice_of(ctx).tell("The agreement {number} is recorded; it holds until {until}.", number=named, until=until)


@agreement.command("list", help="List the agreements of a kecamatan: number, first and last day, state, purpose.")
def list_agreements(ctx: typer.Context, code: Code) -> None:
    """The last first."""

    rows = _within(ctx, code, _rows)
    show(
        voice_of(ctx),
        [
            (row["number"], str(row["starts_on"]), str(row["expires_on"]), row["end_reason"] or "-", row["purpose"])
            for row in rows
        ],
    )


@agreement.command(help="End an agreement before its last day.")
def end(
    ctx: typer.Context,
    code: Code,
    number: Number,
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """The camat does the same by `endDataUseAgreement`."""
    why = line(reason, "reason")

    async def act(unit: Unit) -> None:
        found = [row for row in await _rows(unit) if row["number"] == number]
        if not found:
            raise AgreementUnknown(given=number)
        await actions.end_agreement(unit, UUID(str(found[0]["id"])), expected=None, reason=why)

    _within(ctx, code, act)
    voice_of(ctx).tell("The agreement {number} holds no more.", number=number)


async def _rows(unit: Unit) -> list[sql.Row]:
    return await unit.rows(
        select(_OWN).where(_OWN.c.tenant_id == unit.tenant.id).order_by(_OWN.c.expires_on.desc(), _OWN.c.id)
    )


def _within(ctx: typer.Context, code: str, act: Callable[[Unit], Awaitable[T]]) -> T:
    """One transaction of the owner in a tenant, journaled as the command line's."""

    async def work(owner: Connection) -> T:
        tenant = await admin.find_tenant(owner, code)
        scope = admin.operator(tenant, lang=voice_of(ctx).lang, command="agreement")
        async with admin.entered(owner, tenant.id):
            return await act(Unit(owner, scope, system_clock()))

    return as_owner(work)
