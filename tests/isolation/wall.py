"""Two kecamatan wall to wall, every row of theirs marked, and everybody who may ask on the one side.

Askers come from the roles and the targets their grants can have, rows from the declared types: a new role or type is
behind the wall by being declared.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Text, cast, func, literal, null, select, update

from hub.graph.binds import INTEGERS
from hub.graph.declare import NODES, Column, NodeType
from hub.graph.filters import bare
from hub.kernel.ids import GlobalId, unbase64url
from hub.kernel.scope import Reader, TenantRef, Zone
from hub.store import sql
from hub.store.base import MANIFEST, Kind
from hub.tenants import administration as admin
from hub.tenants.model import KeyKind, TenantKind
from hub.tenants.permissions import STANDINGS, Role, Target
from hub.wiring import Hub
from tests.client import Client
from tests.world import make
from tests.world.build import Place, key_for, place

MARK = "planted:"
# A village's application may not ask at all: tests/entrypoints/test_opendk.py.
ASKERS = tuple(
    f"{role.value}@{target.value}"
    for role in Role
    if role is not Role.VILLAGE_SYNC
    for target in sorted(STANDINGS[role].targets)
)
OFFICES = ("KEC_COUNTER@TENANT", "KEC_SECTION_HEAD@TENANT", "KEC_SECRETARY@TENANT", "CAMAT@TENANT")
VILLAGE_OFFICES = ("VILLAGE_OFFICER@VILLAGE", "VILLAGE_HEAD@VILLAGE", "INTEGRATION@VILLAGE")

# Rows that a table keeps from hub_outside unless they are published or its own, in words of their own: the ids of a
# tenant ($1) that a party ($2, may be null) must not see. A table with a condition in the manifest needs its line.
PRIVATE: Mapping[str, str] = {
    "commitment": """
        select id from commitment
        where tenant_id = $1 and not published and not coalesce($2::uuid = any (organizations), false)
    """,
    "commitment_party": """
        select p.id from commitment_party p join commitment c on c.id = p.commitment_id
        where p.tenant_id = $1
          and (p.citizen_id is not null or not (c.published or coalesce($2::uuid = any (c.organizations), false)))
    """,
    "commitment_clause": """
        select p.id from commitment_clause p join commitment c on c.id = p.commitment_id
        where p.tenant_id = $1 and not (c.published or coalesce($2::uuid = any (c.organizations), false))
    """,
    "commitment_evidence": """
        select p.id from commitment_evidence p join commitment c on c.id = p.commitment_id
        where p.tenant_id = $1 and not (c.published or coalesce($2::uuid = any (c.organizations), false))
    """,
    "announcement": """
        select id from announcement a
        where tenant_id = $1 and (published_at is null or audience not in ('PUBLIC', 'PARTNERS') or audience <> 'PUBLIC'
          and not exists (select from partner_organization o where o.tenant_id = $1 and o.id = $2::uuid))
    """,
    "announcement_edition": """
        select e.id from announcement_edition e join announcement a on a.id = e.announcement_id
        where e.tenant_id = $1
          and (a.published_at is null or a.audience not in ('PUBLIC', 'PARTNERS') or a.audience <> 'PUBLIC'
          and not exists (select from partner_organization o where o.tenant_id = $1 and o.id = $2::uuid))
    """,
    "announcement_relay": """
        select id from announcement_relay where tenant_id = $1 and organization_id is distinct from $2::uuid
    """,
    "survey": "select id from survey where tenant_id = $1 and state = 'CLOSED' and ($2::uuid is null or true)",
    "survey_element": """
        select e.id from survey_element e join survey s on s.id = e.survey_id
        where e.tenant_id = $1 and s.state = 'CLOSED' and ($2::uuid is null or true)
    """,
    "tenant_day_off": """
        select id from tenant_day_off where tenant_id = $1 and ended_at is not null and ($2::uuid is null or true)
    """,
    "feedback": """
        select id from feedback f where tenant_id = $1
          and not exists (select from feedback_raiser r where r.id = f.id and r.organization_id = $2::uuid)
    """,
    "feedback_raiser": """
        select id from feedback_raiser where tenant_id = $1 and not coalesce(organization_id = $2::uuid, false)
    """,
    "feedback_disposition": """
        select id from feedback_disposition f where tenant_id = $1
          and not exists (select from feedback_raiser r where r.id = f.feedback_id and r.organization_id = $2::uuid)
    """,
    "feedback_answer": """
        select id from feedback_answer f where tenant_id = $1
          and not exists (select from feedback_raiser r where r.id = f.feedback_id and r.organization_id = $2::uuid)
    """,
    "feedback_publication": """
        select id from feedback_publication where tenant_id = $1 and withdrawn_on is not null
          and ($2::uuid is null or true)
    """,
    "stored_file": """
        select id from stored_file s where tenant_id = $1 and not coalesce(organization_id = $2::uuid, false)
          and not exists (select from feedback_raiser r where r.id = s.feedback_id and r.organization_id = $2::uuid)
    """,
    "action_plan": """
        select id from action_plan
        where tenant_id = $1 and not published and not coalesce($2::uuid = any (organizations), false)
    """,
    "action_plan_item": """
        select i.id from action_plan_item i join action_plan p on p.id = i.plan_id
        where i.tenant_id = $1 and not (p.published or coalesce($2::uuid = any (p.organizations), false))
    """,
    "plan_item_stakeholder": """
        select s.id from plan_item_stakeholder s join action_plan_item i on i.id = s.item_id
        join action_plan p on p.id = i.plan_id
        where s.tenant_id = $1
          and (s.citizen_id is not null or not (p.published or coalesce($2::uuid = any (p.organizations), false)))
    """,
    "plan_item_problem": """
        select o.id from plan_item_problem o join action_plan_item i on i.id = o.item_id
        join action_plan p on p.id = i.plan_id
        where o.tenant_id = $1 and not coalesce($2::uuid = any (p.organizations), false)
    """,
    "plan_item_evidence": """
        select e.id from plan_item_evidence e join action_plan_item i on i.id = e.item_id
        join action_plan p on p.id = i.plan_id
        where e.tenant_id = $1 and not (p.published or coalesce($2::uuid = any (p.organizations), false))
    """,
    "action_plan_review": """
        select r.id from action_plan_review r join action_plan p on p.id = r.plan_id
        where r.tenant_id = $1 and not coalesce($2::uuid = any (p.organizations), false)
    """,
    "link": """
        select l.id from link l left join commitment c on c.id = l.commitment_id
        left join action_plan_item i on i.id = l.item_id left join action_plan p on p.id = i.plan_id
        where l.tenant_id = $1 and not (
            (l.to_commitment_id is not null or l.to_item_id is not null)
            and (coalesce(c.published, false) or coalesce(p.published, false)
                 or coalesce($2::uuid = any (c.organizations), false)
                 or coalesce($2::uuid = any (p.organizations), false)))
    """,
    # they are shown to a Disdukcapil in its own tenant alone
    "twin_referral": "select id from twin_referral where tenant_id = $1 and ($2::uuid is null or true)",
    "twin_referral_side": "select id from twin_referral_side where tenant_id = $1 and ($2::uuid is null or true)",
}
# A file of feedback is of no village: whoever sees the feedback sees it.
ATTACHED = """
    select s.id, f.villages from stored_file s join feedback f on f.tenant_id = s.tenant_id and f.id = s.feedback_id
    where s.tenant_id = $1
"""
# They bear the uuid of their village or their feedback, which may be seen where they may not: they are told by their
# whole global id.
BORROWED = frozenset({"VillageSync", "FeedbackRaiser"})
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<=planted:)[0-9a-f]{32}")
_WORD = re.compile(r"[A-Za-z0-9_-]{22,400}")
_KEY = 16


@dataclass(frozen=True, slots=True)
class Row:
    """A row behind the wall or before it."""

    node: str
    tenant: int
    key: UUID
    village: UUID | None  # only of what hangs on a person

    @property
    def id(self) -> str:
        """The global id."""
        return GlobalId(self.node, self.tenant, self.key).encode()


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody with a right on the near side."""

    name: str
    reader: Reader
    key: str | None
    headers: Mapping[str, str] = field(default_factory=dict)
    village: UUID | None = None
    party: UUID | None = None


@dataclass
class Wall:
    """The two sides."""

    near: Place
    far: Place
    rows: Sequence[Row]
    askers: Mapping[str, Asker]
    hidden: Mapping[str, Sequence[Row]]  # by asker

    def hidden_of(self, asker: str, node: str) -> list[Row]:
        """The rows of a type that an asker must not see: one for each tenant and village, and private ones."""
        return [row for row in self.hidden[asker] if row.node == node]


def tenant_nodes() -> list[NodeType]:
    """The declared types whose rows belong to tenants."""
    return [node for node in NODES.values() if node.tenant]


def personal(node: NodeType) -> bool:
    """Whether the rows of a type hang on persons."""
    return MANIFEST[node.table.name].kind is Kind.PERSON


async def build_wall(
    hub: Hub, owner: asyncpg.Connection, superuser: asyncpg.Connection, codes: tuple[str, str]
) -> Wall:
    """Make both sides from two unused kecamatan codes, mark their rows, and let everybody in on the near side."""
    near, far = [await place(hub, owner, code, code, (f"{code}.2001", f"{code}.2002")) for code in codes]
    for side in (near, far):
        await _person_as_party(hub, side)
    await mark(superuser, [near.tenant.id, far.tenant.id])
    rows = await rows_of(superuser, [near.tenant.id, far.tenant.id])
    askers = await let_in(owner, near)
    hidden = {name: await hidden_from(superuser, asker, rows, near) for name, asker in askers.items()}
    return Wall(near, far, rows, askers, hidden)


async def _person_as_party(hub: Hub, side: Place) -> None:
    """A published commitment to which a person of each village is a party."""
    async with make.unit(hub, side.tenant) as unit:
        made = make.commitment(side.tenant, "Komitmen warga", published=True, state="DISPLAYED")
        await unit.add(made)
        for position, village in enumerate(side.villages):
            person = next(each for each in side.rows["Citizen"] if each.village_id == village.id)
            await unit.add(make.party(side.tenant, made, position, citizen_id=person.id))


async def mark(superuser: asyncpg.Connection, tenants: list[int]) -> None:
    """Write the row's own id into every free text of every declared type."""
    for node in tenant_nodes():
        for column in free_texts(node):
            own = node.table
            text = literal(MARK) + func.replace(cast(own.c.id, Text), "-", "")
            statement = update(own).where(own.c.tenant_id == literal(tenants, INTEGERS).any_()).values({column: text})
            try:
                async with superuser.transaction():
                    await sql.fetch(superuser, statement)
            except asyncpg.CheckViolationError:
                continue  # a word of a closed list


def free_texts(node: NodeType) -> list[str]:
    """The columns behind the fields of type String."""
    return [
        source.attribute or source.name
        for source in node.fields.values()
        if isinstance(source, Column) and bare(source.annotation) is str
    ]


async def rows_of(superuser: asyncpg.Connection, tenants: list[int]) -> list[Row]:
    """Every row of every declared type, past row-level security."""
    found = []
    for node in tenant_nodes():
        own = node.table
        village = own.c.village_id if personal(node) else null()
        statement = select(own.c.tenant_id, own.c.id, village.label("village")).where(
            own.c.tenant_id == literal(tenants, INTEGERS).any_()
        )
        rows = await sql.fetch(superuser, statement.order_by(own.c.tenant_id, own.c.id))
        found += [Row(node.name, row["tenant_id"], row["id"], row["village"]) for row in rows]
    return found


async def let_in(owner: asyncpg.Connection, near: Place) -> dict[str, Asker]:
    """A key on the near side for every role on every target it can have."""
    agency = await _tenant(owner, TenantKind.AGENCY, f"{near.tenant.code}/DINAS")
    platform = await _tenant(owner, TenantKind.PLATFORM, f"{near.tenant.code}/HUB")
    homes: Mapping[Target, tuple[TenantRef, TenantKind, admin.On]] = {
        Target.TENANT: (near.tenant, TenantKind.KECAMATAN, admin.On()),
        Target.VILLAGE: (near.tenant, TenantKind.KECAMATAN, admin.On(village_id=near.villages[0].id)),
        Target.ORGANIZATION: (near.tenant, TenantKind.KECAMATAN, admin.On(organization_id=near.partners[0].id)),
        Target.AGENCY: (agency, TenantKind.AGENCY, admin.On()),
        Target.REGION: (agency, TenantKind.AGENCY, admin.On(region_code=near.tenant.code)),
        Target.PLATFORM: (platform, TenantKind.PLATFORM, admin.On()),
    }
    found = {}
    for name in ASKERS:
        role, target = Role(name.partition("@")[0]), Target(name.partition("@")[2])
        reader = STANDINGS[role].reader
        if target is Target.NONE:
            found[name] = Asker(name, reader, None, {"hub_tenant": near.tenant.code})
            continue
        tenant, kind, on = homes[target]
        public = role is Role.FRONT_END
        key = await key_for(owner, tenant, role, on=on, kind=kind, key=KeyKind.PUBLIC if public else KeyKind.SECRET)
        found[name] = Asker(name, reader, key, village=on.village_id, party=on.organization_id)
    return found


async def _tenant(owner: asyncpg.Connection, kind: TenantKind, code: str) -> TenantRef:
    return await admin.add_tenant(owner, kind=kind, code=code, name=code, zone=Zone.WIB)


async def hidden_from(superuser: asyncpg.Connection, asker: Asker, rows: Sequence[Row], near: Place) -> Sequence[Row]:
    """What an asker must not see: the far side, other villages' persons; from outside all persons and private rows."""
    private: set[UUID] = set()
    if asker.reader is Reader.OUTSIDE:
        for statement in PRIVATE.values():
            private |= {row["id"] for row in await superuser.fetch(statement, near.tenant.id, asker.party)}

    attached = {row["id"]: row["villages"] for row in await superuser.fetch(ATTACHED, near.tenant.id)}

    def is_hidden(row: Row) -> bool:
        if row.tenant != near.tenant.id or row.key in private:
            return True
        if not personal(NODES[row.node]):
            return False
        if row.key in attached:
            return asker.village is not None and asker.village not in attached[row.key]
        return asker.reader is Reader.OUTSIDE or (asker.village is not None and row.village != asker.village)

    return [row for row in rows if is_hidden(row)]


async def ask(client: Client, asker: Asker, query: str, variables: Mapping[str, Any] | None = None) -> str:
    """The text of an answer as this asker gets it, with the one thing that differs each time taken out."""
    body = {"query": query, "variables": variables}
    response = await client.post(body, key=asker.key, **asker.headers)
    return response.text.replace(response.headers["x-request-id"], "REQUEST")


def let_through(text: str, rows: Sequence[Row]) -> set[Row]:
    """Those of the rows that an answer shows in any form: a marked text, a uuid, or inside an id or a cursor."""
    by_bytes: dict[bytes, list[Row]] = {}
    borrowed = {row for row in rows if row.node in BORROWED and row.id in text}
    for row in rows:
        if row.node in BORROWED:
            continue
        by_bytes.setdefault(row.key.bytes, []).append(row)
    seen = [UUID(hex=each).bytes for each in _UUID.findall(text)]
    for word in _WORD.findall(text):
        raw = unbase64url(word) or b""
        seen += [raw[start : start + _KEY] for start in range(len(raw) - _KEY + 1)]
    return borrowed | {row for each in seen for row in by_bytes.get(each, ())}
