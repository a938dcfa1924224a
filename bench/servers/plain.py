"""Strawberry and SQLModel as most would write them: typed resolvers, an async session for each request, the key looked
up and the tenant set at its start, a query for each list of each parent, parties of several commitments by one `in`.
"""

import asyncio
import base64
import hashlib
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from enum import Enum
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
import strawberry
import uvicorn
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlmodel import col, func, select
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.types import Info

from hub.domains.citizens.model import Citizen as CitizenRow
from hub.domains.citizens.model import CitizenNameToken as TokenRow
from hub.domains.citizens.model import Household as HouseholdRow
from hub.domains.commitments.model import Commitment as CommitmentRow
from hub.domains.commitments.model import CommitmentParty as PartyRow
from hub.domains.houses.model import BuildingPermit as PermitRow
from hub.domains.houses.model import House as HouseRow
from hub.domains.regions.model import Region as RegionRow
from hub.domains.villages.model import Village as VillageRow
from hub.schema.citizens.search import ranges_of
from hub.store.pools import SESSION

Node = TypeVar("Node")
Row = TypeVar("Row")


class Caller:
    """A request's session. SQLAlchemy's sessions are not for tasks at once, so resolvers take turns."""

    def __init__(self, session: AsyncSession, tenants: Sequence[int]) -> None:
        self.session, self.tenants, self.turn = session, tenants, asyncio.Lock()

    async def all(self, statement: Any) -> Sequence[Any]:
        """All rows."""
        async with self.turn:
            return (await self.session.execute(statement)).scalars().all()

    async def pairs(self, statement: Any) -> Sequence[Any]:
        """All rows of several columns."""
        async with self.turn:
            return (await self.session.execute(statement)).all()

    async def get(self, model: type[Row], key: Any) -> Row | None:
        """One row by its key; the session knows the rows that it has seen."""
        async with self.turn:
            return await self.session.get(model, key)


@strawberry.type
class PageInfo:
    """Where a page stands."""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Edge(Generic[Node]):
    """An item with its cursor."""

    cursor: str
    node: Node


@strawberry.type
class Connection(Generic[Node]):
    """A page."""

    items: strawberry.Private[Sequence[Any]]
    first: strawberry.Private[int]
    wrap: strawberry.Private[Any]

    @strawberry.field
    def nodes(self) -> list[Node]:
        """Items alone."""
        return [self.wrap(each) for each in self.items[: self.first]]

    @strawberry.field
    def edges(self) -> list[Edge[Node]]:
        """Items with their cursors."""
        return [Edge(cursor=_cursor(each), node=self.wrap(each)) for each in self.items[: self.first]]

    @strawberry.field
    def page_info(self) -> PageInfo:
        """Where this page stands."""
        shown = self.items[: self.first]
        return PageInfo(has_next_page=len(self.items) > self.first, end_cursor=_cursor(shown[-1]) if shown else None)


@strawberry.type
class Region:
    """A region."""

    name: str


@strawberry.type
class Party:
    """A party of a commitment."""

    id: strawberry.ID
    position: int
    role: str
    row: strawberry.Private[PartyRow]

    @strawberry.field
    async def village(self, info: Info[Caller, None]) -> "Village | None":
        """The village."""
        found = await info.context.get(VillageRow, (self.row.tenant_id, self.row.village_id))
        return _village(found) if found else None


@strawberry.type
class Commitment:
    """A commitment."""

    id: strawberry.ID
    title: str
    state: str
    planned_on: date
    of: strawberry.Private[Sequence[PartyRow]]

    @strawberry.field
    def parties(self, first: int = 20) -> Connection[Party]:
        """Its parties."""
        return Connection(items=self.of[: first + 1], first=first, wrap=_party)


@strawberry.type
class Citizen:
    """A person."""

    id: strawberry.ID
    full_name: str
    sex: str
    birth_date: date | None
    occupation: str | None
    marital_status: str | None
    family_relation: str
    base_status: str
    row: strawberry.Private[CitizenRow]

    @strawberry.field
    async def village(self, info: Info[Caller, None]) -> "Village":
        """The village."""
        found = await info.context.get(VillageRow, (self.row.tenant_id, self.row.village_id))
        assert found is not None  # its key is there
        return _village(found)


@strawberry.type
class Village:
    """A village."""

    id: strawberry.ID
    code: str
    name: str
    kind: str
    connectivity: str | None
    row: strawberry.Private[VillageRow]

    @strawberry.field
    async def region(self, info: Info[Caller, None]) -> Region:
        """The region."""
        found = await info.context.get(RegionRow, self.code)
        assert found is not None  # its key is there
        return Region(name=found.name)

    @strawberry.field
    async def citizens(self, info: Info[Caller, None], first: int = 20) -> Connection[Citizen]:
        """Residents."""
        statement = _living().where(
            col(CitizenRow.tenant_id) == self.row.tenant_id, col(CitizenRow.village_id) == self.row.id
        )
        return Connection(items=await info.context.all(statement.limit(first + 1)), first=first, wrap=_citizen)

    @strawberry.field
    async def commitments(self, info: Info[Caller, None], first: int = 20) -> Connection[Commitment]:
        """Commitments that it is a party to."""
        statement = (
            select(CommitmentRow)
            .join(
                PartyRow,
                (col(PartyRow.tenant_id) == col(CommitmentRow.tenant_id))
                & (col(PartyRow.commitment_id) == col(CommitmentRow.id)),
            )
            .where(col(PartyRow.tenant_id) == self.row.tenant_id, col(PartyRow.village_id) == self.row.id)
            .order_by(col(CommitmentRow.planned_on), col(CommitmentRow.id))
            .limit(first + 1)
        )
        found = await info.context.all(statement)
        parties = await _parties(info, found[:first]) if _asks_parties(info) else {}
        return Connection(items=found, first=first, wrap=lambda row: _commitment(row, parties.get(row.id, [])))


@strawberry.type
class Household:
    """A family."""

    id: strawberry.ID
    hamlet: str | None
    rw: str | None
    rt: str | None
    row: strawberry.Private[HouseholdRow]

    @strawberry.field
    async def head(self, info: Info[Caller, None]) -> Citizen | None:
        """Its head."""
        found = await info.context.get(CitizenRow, (self.row.tenant_id, self.row.head_id))
        return _citizen(found) if found else None

    @strawberry.field
    async def members(self, info: Info[Caller, None], first: int = 20) -> Connection[Citizen]:
        """Its members."""
        statement = (
            select(CitizenRow)
            .where(
                col(CitizenRow.tenant_id) == self.row.tenant_id,
                col(CitizenRow.household_id) == self.row.id,
                col(CitizenRow.ended_at).is_(None),
            )
            .order_by(col(CitizenRow.id))
        )
        return Connection(items=await info.context.all(statement.limit(first + 1)), first=first, wrap=_citizen)


@strawberry.type
class Permit:
    """A building permit."""

    id: strawberry.ID
    number: str
    legal_name: str
    issued_on: date


@strawberry.type
class House:
    """A house."""

    id: strawberry.ID
    address: str | None
    condition: str | None
    has_clean_water: bool | None
    has_sanitation: bool | None
    has_permit: bool
    row: strawberry.Private[HouseRow]

    @strawberry.field
    async def village(self, info: Info[Caller, None]) -> Village:
        """The village."""
        found = await info.context.get(VillageRow, (self.row.tenant_id, self.row.village_id))
        assert found is not None  # its key is there
        return _village(found)

    @strawberry.field
    async def household(self, info: Info[Caller, None]) -> Household | None:
        """Who lives there."""
        found = await info.context.get(HouseholdRow, (self.row.tenant_id, self.row.household_id))
        return _household(found) if found else None

    @strawberry.field
    async def permits(self, info: Info[Caller, None], first: int = 20) -> Connection[Permit]:
        """Its permits in force."""
        statement = (
            select(PermitRow)
            .where(
                col(PermitRow.tenant_id) == self.row.tenant_id,
                col(PermitRow.house_id) == self.row.id,
                col(PermitRow.ended_at).is_(None),
            )
            .order_by(col(PermitRow.issued_on), col(PermitRow.id))
        )
        return Connection(items=await info.context.all(statement.limit(first + 1)), first=first, wrap=_permit)


@strawberry.enum
class Fitness(Enum):
    """Conditions of houses."""

    GOOD = "GOOD"
    POOR = "POOR"


@strawberry.enum
class VillageOrder(Enum):
    """Orders of villages."""

    CODE = "code"
    NAME = "name"


@strawberry.enum
class CitizenGroup(Enum):
    """Columns to count by."""

    OCCUPATION = "occupation"


@strawberry.type
class GroupCount:
    """A value and its number."""

    key: str | None
    count: int


@strawberry.type
class Citizens(Connection[Citizen]):
    """Residents, with their figures."""

    @strawberry.field
    async def count_by(self, info: Info[Caller, None], field: CitizenGroup) -> list[GroupCount]:
        """Numbers by the values of a column."""
        column = getattr(CitizenRow, field.value)
        statement = (
            select(column, func.count())
            .where(_own(info, CitizenRow), col(CitizenRow.ended_at).is_(None))
            .group_by(column)
        )
        return [GroupCount(key=key, count=count) for key, count in await info.context.pairs(statement)]


@strawberry.input
class IdCondition:
    """Equality of an id."""

    eq: strawberry.ID


@strawberry.input
class CitizenFilter:
    """What to filter people by."""

    village: IdCondition | None = None


@strawberry.input
class FitnessCondition:
    """Equality of a condition."""

    eq: Fitness


@strawberry.input
class HouseFilter:
    """What to filter houses by."""

    condition: FitnessCondition | None = None


@strawberry.type
class Query:
    """Root fields."""

    @strawberry.field
    async def citizen(self, info: Info[Caller, None], id: strawberry.ID) -> Citizen | None:  # noqa: A002  # the API's
        """A resident by id."""
        found = await info.context.get(CitizenRow, (info.context.tenants[0], UUID(id)))
        return _citizen(found) if found else None

    @strawberry.field
    async def villages(
        self, info: Info[Caller, None], first: int = 20, order_by: VillageOrder = VillageOrder.NAME
    ) -> Connection[Village]:
        """Villages."""
        statement = (
            select(VillageRow)
            .where(_own(info, VillageRow))
            .order_by(getattr(VillageRow, order_by.value), col(VillageRow.tenant_id), col(VillageRow.id))
            .limit(first + 1)
        )
        return Connection(items=await info.context.all(statement), first=first, wrap=_village)

    @strawberry.field
    async def citizens(
        self,
        info: Info[Caller, None],
        first: int = 20,
        search: str | None = None,
        filter: CitizenFilter | None = None,  # noqa: A002  # the API's
    ) -> Citizens:
        """Residents."""
        statement = _living().where(_own(info, CitizenRow))
        if filter and filter.village:
            statement = statement.where(col(CitizenRow.village_id) == UUID(filter.village.eq))
        if search:
            statement = statement.where(col(CitizenRow.id).in_(_named(info.context.tenants[0], search)))
        asks_rows = any(getattr(each, "name", "") in ("nodes", "edges") for each in info.selected_fields[0].selections)
        found = await info.context.all(statement.limit(first + 1)) if asks_rows else []
        return Citizens(items=found, first=first, wrap=_citizen)

    @strawberry.field
    async def houses(
        self,
        info: Info[Caller, None],
        first: int = 20,
        filter: HouseFilter | None = None,  # noqa: A002  # the API's
    ) -> Connection[House]:
        """Houses."""
        statement = select(HouseRow).where(_own(info, HouseRow), col(HouseRow.ended_at).is_(None))
        if filter and filter.condition:
            statement = statement.where(col(HouseRow.condition) == filter.condition.eq.value)
        found = await info.context.all(statement.order_by(col(HouseRow.id)).limit(first + 1))
        return Connection(items=found, first=first, wrap=_house)


def _living() -> Any:
    return (
        select(CitizenRow)
        .where(col(CitizenRow.ended_at).is_(None))
        .order_by(col(CitizenRow.sort_key), col(CitizenRow.id))
    )


def _own(info: Info[Caller, None], model: Any) -> Any:
    tenants = info.context.tenants
    return model.tenant_id == tenants[0] if len(tenants) == 1 else model.tenant_id.in_(tenants)


def _named(tenant: int, search: str) -> Any:
    asked = ranges_of(search)
    found: Any = None
    for low, high in zip(asked.low, asked.high, strict=True):
        one = select(TokenRow.citizen_id).where(
            col(TokenRow.tenant_id) == tenant, col(TokenRow.token) >= low, col(TokenRow.token) <= high
        )
        found = one if found is None else found.intersect(one)
    return found


async def _parties(info: Info[Caller, None], commitments: Sequence[CommitmentRow]) -> dict[UUID, list[PartyRow]]:
    statement = (
        select(PartyRow)
        .where(
            col(PartyRow.tenant_id) == info.context.tenants[0],
            col(PartyRow.commitment_id).in_([each.id for each in commitments]),
        )
        .order_by(col(PartyRow.position), col(PartyRow.id))
    )
    found: dict[UUID, list[PartyRow]] = {}
    for row in await info.context.all(statement):
        found.setdefault(row.commitment_id, []).append(row)
    return found


def _asks_parties(info: Info[Caller, None]) -> bool:
    return "parties" in str(info.selected_fields)


def _party(row: PartyRow) -> Party:
    return Party(id=strawberry.ID(str(row.id)), position=row.position, role=row.role, row=row)


def _commitment(row: CommitmentRow, parties: Sequence[PartyRow]) -> Commitment:
    return Commitment(
        id=strawberry.ID(str(row.id)), title=row.title, state=row.state, planned_on=row.planned_on, of=parties
    )


def _citizen(row: CitizenRow) -> Citizen:
    return Citizen(
        id=strawberry.ID(str(row.id)),
        full_name=row.full_name,
        sex=row.sex,
        birth_date=row.birth_date,
        occupation=row.occupation,
        marital_status=row.marital_status,
        family_relation=row.family_relation,
        base_status=row.base_status,
        row=row,
    )


def _village(row: VillageRow) -> Village:
    return Village(
        id=strawberry.ID(str(row.id)),
        code=row.code,
        name=row.name,
        kind=row.kind,
        connectivity=row.connectivity,
        row=row,
    )


def _household(row: HouseholdRow) -> Household:
    return Household(id=strawberry.ID(str(row.id)), hamlet=row.hamlet, rw=row.rw, rt=row.rt, row=row)


def _house(row: HouseRow) -> House:
    return House(
        id=strawberry.ID(str(row.id)),
        address=row.address,
        condition=row.condition,
        has_clean_water=row.has_clean_water,
        has_sanitation=row.has_sanitation,
        has_permit=row.has_permit,
        row=row,
    )


def _permit(row: PermitRow) -> Permit:
    return Permit(id=strawberry.ID(str(row.id)), number=row.number, legal_name=row.legal_name, issued_on=row.issued_on)


def _cursor(row: Any) -> str:
    return base64.b64encode(f"{row.id}".encode()).decode()


class View(GraphQL[Caller, None]):
    """Strawberry's own view, with a session for each request."""

    async def get_context(  # the view names its arguments
        self,
        request: Request | WebSocket,
        response: Response | WebSocket,  # noqa: ARG002
    ) -> Caller:
        """The caller, put there by the middleware."""
        caller: Caller = request.state.caller
        return caller


class Sessions:
    """A pure ASGI middleware: the key's tenant, a session in it, closed when the answer is out."""

    def __init__(self, app: Any, api: str, outside: str) -> None:
        self.app = app
        self.made = {"hub_api": _sessions(api), "hub_outside": _sessions(outside)}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        key = HTTPConnection(scope).headers["authorization"].removeprefix("Bearer ")
        async with self._entered(key) as caller:
            scope.setdefault("state", {})["caller"] = caller
            await self.app(scope, receive, send)

    @asynccontextmanager
    async def _entered(self, key: str) -> AsyncIterator[Caller]:
        digest, tenant = hashlib.sha256(key.encode()).digest(), int(key.split("_")[2])
        async with self.made["hub_outside"]() as session:
            found = await session.scalar(
                text("select hub_find_key(:tenant, :digest)"), {"tenant": tenant, "digest": digest}
            )
            grant = (orjson.loads(found) if isinstance(found, str) else found)["grant"]
        own = grant["tenant"]["kind"] == "KECAMATAN"
        tenants = [tenant] if own else [each["id"] for each in grant["reach"]]
        setting, value = (
            ("hub.tenant", str(tenant)) if own else ("hub.tenants", "{" + ",".join(map(str, tenants)) + "}")
        )
        async with self.made["hub_api" if own else "hub_outside"]() as session:
            await session.execute(text("select set_config(:name, :value, true)"), {"name": setting, "value": value})
            yield Caller(session, tenants)


def _sessions(dsn: str) -> async_sessionmaker[AsyncSession]:
    engine = create_async_engine(
        dsn.replace("postgresql://", "postgresql+asyncpg://"),
        pool_size=4,
        max_overflow=0,
        connect_args={"server_settings": {"jit": "off", "timezone": SESSION["timezone"]}},
    )
    return async_sessionmaker(engine, expire_on_commit=False)


if __name__ == "__main__":
    api, outside, port = sys.argv[1:]
    app = Starlette(routes=[Route("/graphql", View(strawberry.Schema(Query), graphql_ide=None))])
    uvicorn.run(
        Sessions(app, api, outside),
        host="127.0.0.1",
        port=int(port),
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
    )
