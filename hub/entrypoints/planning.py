"""`hub plan`: how an operation would be answered for a role: its plan, its statement, and PostgreSQL's own plan."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import orjson
import typer
from graphql import GraphQLSchema, OperationDefinitionNode, OperationType
from graphql.execution.values import get_variable_values

from hub.entrypoints import access, place
from hub.entrypoints.voice import Voice, voice_of
from hub.graph.binds import Given
from hub.graph.documents import Documents
from hub.graph.limits import Limits
from hub.graph.plan.outline import Line, outline
from hub.graph.plan.planner import NotPlannable, Plan, compile_plan
from hub.graph.plan.pretty import pretty
from hub.graph.problems import QueryInvalid, VariablesInvalid, discreet
from hub.graph.registry import core_of
from hub.kernel.clock import system_clock
from hub.kernel.errors import BadInput
from hub.kernel.scope import Scope, TenantRef
from hub.schema.build import schema
from hub.settings import Settings
from hub.store.pools import SESSION, Connection
from hub.store.unit import settings_of
from hub.tenants import administration as admin
from hub.tenants import trial
from hub.tenants.permissions import STANDINGS, Role, Target

NO_PLAN = 1  # exit code where an operation has none
_FIRST = {
    Target.VILLAGE: "select id from village where tenant_id = $1 order by code limit 1",
    Target.ORGANIZATION: "select id from partner_organization where tenant_id = $1 order by name, id limit 1",
}


class OperationUnreadable(BadInput):
    """The file {given} cannot be read as text."""

    code = "OPERATION_UNREADABLE"
    hint = "Name a file with one GraphQL document in UTF-8."


class VariablesUnreadable(BadInput):
    """What --variables says is not a JSON object."""

    code = "VARIABLES_UNREADABLE"
    hint = "Write it like '{\"first\": 10}', in single quotes for the shell."


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator asked for."""

    text: str
    role: Role
    tenant: str | None
    on: access.Target
    variables: Mapping[str, Any]
    operation: str | None
    analyze: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is to show: the reason why there is no plan, or all of the plan."""

    scope: Scope
    reason: str | None = None
    plan: Plan | None = None
    lines: tuple[Line, ...] = ()
    explained: tuple[str, ...] = ()


def plan(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="File with the GraphQL document.")],
    role: Annotated[Role, typer.Option("--as", help="The role that asks.")],
    tenant: Annotated[
        str | None, typer.Option(help="Code of the kecamatan; of a region for who reads several.")
    ] = None,
    village: access.VillageOption = None,
    organization: access.OrganizationOption = None,
    variables: Annotated[str, typer.Option(help="Variables as JSON.")] = "{}",
    operation: Annotated[str | None, typer.Option(help="Name of the operation, where there are several.")] = None,
    *,
    analyze: Annotated[bool, typer.Option("--analyze", help="Run it, and show what each step really took.")] = False,
) -> None:
    """Print it all; exit code 1 where there is no plan."""
    voice = voice_of(ctx)
    on = access.Target(village, organization, None)
    wish = Wish(_text(file), role, tenant, on, _object(variables), operation, analyze)
    settings = Settings()

    async def work(here: place.Place) -> Shown:
        await place.check(here)
        return await look(here, wish, voice.lang, settings.statement_timeout_ms)

    with place.joined(settings) as here:
        found = asyncio.run(work(here))
    tell(voice, found)
    if found.plan is None:
        raise typer.Exit(NO_PLAN)


def tell(voice: Voice, found: Shown) -> None:
    """Say it."""
    codes = ", ".join(each.code for each in found.scope.tenants) or "-"
    voice.tell("{role} in {codes}", role=found.scope.role, codes=codes)
    voice.show()
    if found.plan is None:
        voice.tell("This operation has no plan; resolvers answer it: {reason}.", reason=found.reason or "")
        return
    _section(voice, "The plan", [str(line) for line in found.lines])
    if found.plan.withheld:
        _section(voice, "Withheld from this role", list(found.plan.withheld))
    _section(voice, "The statement", [pretty(found.plan.text)])
    names = [*found.plan.statement.names, *(name for name, _ in settings_of(found.scope))]
    given = [name if "." in name or "$" in name else voice.say("a value that the client gives") for name in names]
    _section(voice, "Its arguments", [f"${number} {told}" for number, told in enumerate(given, 1)])
    _section(voice, "What PostgreSQL does", list(found.explained))


def _section(voice: Voice, title: str, lines: list[str]) -> None:
    voice.tell(title)
    for line in lines:
        voice.show("\n".join(f"  {each}" for each in line.split("\n")))
    voice.show()


async def look(here: place.Place, wish: Wish, lang: str, timeout_ms: int) -> Shown:
    """Find out everything about an operation."""
    core = core_of(schema())
    operation, fragments = _operation(core, wish)
    async with place.owner(here) as owner:
        scope = await _scope(owner, wish, lang)
    if operation.operation is not OperationType.QUERY:
        return Shown(scope, reason=operation.operation.value)
    given = Given(scope, system_clock(), _coerced(core, operation, wish.variables))
    try:
        made = compile_plan(core, operation, fragments, given)
    except NotPlannable as reason:
        return Shown(scope, reason=str(reason))
    lines = outline(core, operation, fragments, given)
    settings = {**SESSION, "statement_timeout": str(timeout_ms)}
    connection = await asyncpg.connect(here.dsn(scope.reader.value), server_settings=settings, statement_cache_size=0)
    try:
        explained = await explain(connection, made, made.arguments(given), analyze=wish.analyze)
    finally:
        await connection.close()
    return Shown(scope, None, made, tuple(lines), tuple(explained))


async def explain(connection: Connection, made: Plan, arguments: tuple[Any, ...], *, analyze: bool) -> list[str]:
    """PostgreSQL's plan of the very statement that the hub runs: prepared, so that it is the generic one too."""
    prepared = await connection.prepare(made.text, name="hub_plan")
    types = [f"${number}::{each.name}::text" for number, each in enumerate(prepared.get_parameters(), 1)]
    given = ""
    if types:
        quoted = await connection.fetchrow(
            f"select {', '.join(f'quote_nullable({each})' for each in types)}", *arguments
        )
        given = f"({', '.join(quoted or ())})"
    options = "analyze, buffers, costs" if analyze else "costs"
    rows = await connection.fetch(f"explain ({options}) execute hub_plan{given}")  # quoted by the database itself
    return [row[0] for row in rows]


def _operation(core: GraphQLSchema, wish: Wish) -> tuple[OperationDefinitionNode, Mapping[str, Any]]:
    document = Documents(core, Limits()).read(wish.text)
    if document.refusal is not None:
        raise document.refusal
    if document.invalid:
        raise QueryInvalid(problem=discreet(document.invalid[0].message))
    return document.operation(wish.operation), document.fragments


def _coerced(core: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> dict[str, Any]:
    found = get_variable_values(core, operation.variable_definitions or (), dict(given), 1, hide_suggestions=True)
    if isinstance(found, list):
        raise VariablesInvalid(problem=discreet(found[0].message))
    return dict(found.coerced)


async def _scope(owner: Connection, wish: Wish, lang: str) -> Scope:
    """A scope as of a grant of this role; on the first village or organization where none is named."""
    tenants = trial.reach(await admin.tenants(owner), wish.role, wish.tenant)
    village, organization = None, None
    if STANDINGS[wish.role].targets & set(_FIRST):
        home = await admin.find_tenant(owner, tenants[0].code)
        on = await access.target_of(owner, home, wish.on)
        village = on.village_id or await _first(owner, tenants[0], wish.role, Target.VILLAGE)
        organization = on.organization_id or await _first(owner, tenants[0], wish.role, Target.ORGANIZATION)
    return trial.scope(wish.role, tenants, village=village, organization=organization, lang=lang)


async def _first(owner: Connection, tenant: TenantRef, role: Role, target: Target) -> UUID | None:
    if STANDINGS[role].targets != {target}:
        return None
    async with admin.entered(owner, tenant.id):
        found: UUID | None = await owner.fetchval(_FIRST[target], tenant.id)
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise OperationUnreadable(given=str(file)) from None


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise VariablesUnreadable
    return found
