"""What PostgreSQL says of itself: tables, rights, policies, keys, indexes and functions of the hub's database.

Read by `hub doctor`. Every role may read these catalogues, so the owner's connection suffices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.store.pools import Connection

EVERYBODY = "PUBLIC"


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table, or anything else that rows can be selected from."""

    name: str
    owner: str
    secured: bool
    forced: bool
    columns: tuple[str, ...]

    @property
    def of_tenants(self) -> bool:
        """Whether its rows belong to tenants."""
        return "tenant_id" in self.columns


@dataclass(frozen=True, slots=True)
class Right:
    """A privilege of a role on something; `privilege` is written as in the manifest."""

    on: str
    role: str
    privilege: str
    may_pass_on: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy of row-level security. `command` is the catalogue's letter, `*` for all."""

    table: str
    name: str
    permissive: bool
    command: str
    roles: tuple[str, ...]
    using: str | None
    check: str | None

    @property
    def conditions(self) -> tuple[str, ...]:
        """Its expressions."""
        return tuple(text for text in (self.using, self.check) if text is not None)

    def holds_for(self, role: str, command: str) -> bool:
        """Whether it applies to a role's command."""
        return self.command in ("*", command) and (role in self.roles or EVERYBODY in self.roles)


@dataclass(frozen=True, slots=True)
class Key:
    """A foreign key."""

    name: str
    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    sets_null: bool


@dataclass(frozen=True, slots=True)
class Function:
    """A function that runs with its owner's rights."""

    name: str
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """A role's attributes, as the words that set them, and what it is a member of."""

    attributes: frozenset[str]
    member_of: frozenset[str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it, as of one moment."""

    version: int
    database: str
    revision: str | None
    roles: Mapping[str, Role]
    tables: Mapping[str, TableFacts]
    rights: tuple[Right, ...]
    policies: tuple[Policy, ...]
    keys: tuple[Key, ...]
    indexes: tuple[tuple[str, str, str], ...]  # index, table, first column
    functions: tuple[Function, ...]
    enums: tuple[str, ...]


async def read(connection: Connection) -> Catalogue:
    """Read the catalogues; the caller has opened a snapshot."""
    return Catalogue(
        version=int(await connection.fetchval("show server_version_num")) // 10_000,
        database=str(await connection.fetchval("select current_database()")),
        revision=await _revision(connection),
        roles=await _roles(connection),
        tables={row["name"]: TableFacts(**row) for row in await _rows(connection, _TABLES)},
        rights=tuple(Right(**row) for row in await _rows(connection, _RIGHTS)),
        policies=tuple(Policy(**row) for row in await _rows(connection, _POLICIES)),
        keys=tuple(Key(**row) for row in await _rows(connection, _KEYS)),
        indexes=tuple((row["name"], row["table"], row["first"]) for row in await _rows(connection, _INDEXES)),
        functions=tuple(Function(**row) for row in await _rows(connection, _FUNCTIONS)),
        enums=tuple(row["name"] for row in await _rows(connection, _ENUMS)),
    )


async def _rows(connection: Connection, query: str) -> list[dict[str, Any]]:
    """Rows as keyword arguments: lists become tuples, so that facts can be compared and hashed."""
    found = await connection.fetch(query)
    return [{name: tuple(v) if isinstance(v, list) else v for name, v in row.items()} for row in found]


async def _revision(connection: Connection) -> str | None:
    if await connection.fetchval("select to_regclass('public.alembic_version')") is None:
        return None
    found: str | None = await connection.fetchval("select max(version_num) from alembic_version")
    return found


async def _roles(connection: Connection) -> dict[str, Role]:
    rows = await connection.fetch(_ROLES)
    return {row["name"]: Role(frozenset(row["attributes"]), frozenset(row["member_of"])) for row in rows}


# What extensions bring along is theirs.
_OURS = "not exists (select from pg_depend d where d.objid = {oid} and d.deptype = 'e')"

_ROLES = r"""
select r.rolname as name,
       array_remove(array[
           case when r.rolcanlogin then 'login' end, case when r.rolsuper then 'superuser' end,
           case when r.rolcreatedb then 'createdb' end, case when r.rolcreaterole then 'createrole' end,
           case when r.rolreplication then 'replication' end, case when r.rolbypassrls then 'bypassrls' end,
           case when 'default_transaction_read_only=on' = any (r.rolconfig) then 'read_only' end
       ], null) as attributes,
       array(select g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid)
           as member_of
from pg_roles r where r.rolname like 'hub\_%'
"""

_TABLES = f"""
select c.relname as name, pg_get_userbyid(c.relowner) as owner, c.relrowsecurity as secured,
       c.relforcerowsecurity as forced,
       array(select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             order by a.attnum)::text[] as columns
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and {_OURS.format(oid="c.oid")}
order by c.relname
"""  # noqa: S608  # constants of this file

_RIGHTS = f"""
with given as (
    select c.relname::text as thing, c.relowner as owner, null::text as part, c.relacl as acl, c.oid
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select c.relname, c.relowner, a.attname, a.attacl, c.oid
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and not a.attisdropped and a.attacl is not null
    union all
    select 'schema public', n.nspowner, null, n.nspacl, n.oid from pg_namespace n where n.nspname = 'public'
    union all
    select 'database', d.datdba, null, coalesce(d.datacl, acldefault('d', d.datdba)), d.oid
    from pg_database d where d.datname = current_database()
    union all
    select 'function ' || p.proname, p.proowner, null, coalesce(p.proacl, acldefault('f', p.proowner)), p.oid
    from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
    union all
    select 'default privileges', d.defaclrole, null, d.defaclacl, d.oid from pg_default_acl d
)
select g.thing as "on", coalesce(r.rolname, '{EVERYBODY}') as role,
       a.privilege_type || coalesce('(' || g.part || ')', '') as privilege, a.is_grantable as may_pass_on
from given g cross join lateral aclexplode(g.acl) a left join pg_roles r on r.oid = a.grantee
where a.grantee <> g.owner and not coalesce(r.rolsuper, false) and {_OURS.format(oid="g.oid")}
order by 1, 2, 3
"""  # noqa: S608  # constants of this file

_POLICIES = f"""
select c.relname as "table", p.polname as name, p.polpermissive as permissive, p.polcmd::text as command,
       array(select coalesce(r.rolname, '{EVERYBODY}') from unnest(p.polroles) o (oid) left join pg_roles r using (oid))
           as roles,
       pg_get_expr(p.polqual, p.polrelid) as "using", pg_get_expr(p.polwithcheck, p.polrelid) as "check"
from pg_policy p join pg_class c on c.oid = p.polrelid
where c.relnamespace = 'public'::regnamespace
order by 1, 2
"""  # noqa: S608  # constants of this file

_NAMES = """
array(select a.attname from unnest({numbers}) with ordinality n (number, place)
      join pg_attribute a on a.attrelid = {table} and a.attnum = n.number order by n.place)::text[]
"""

_KEYS = f"""
select k.conname as name, c.relname as "table", {_NAMES.format(numbers="k.conkey", table="k.conrelid")} as columns,
       t.relname as target, {_NAMES.format(numbers="k.confkey", table="k.confrelid")} as target_columns,
       k.confdeltype = 'n' as sets_null
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid
where k.contype = 'f' and c.relnamespace = 'public'::regnamespace
order by 2, 1
"""  # noqa: S608  # constants of this file

_INDEXES = """
select i.relname as name, c.relname as "table", coalesce(a.attname, '') as first
from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
left join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
where c.relnamespace = 'public'::regnamespace
order by 1
"""

_FUNCTIONS = f"""
select p.proname as name, coalesce(p.proconfig, '{{}}') as settings
from pg_proc p
where p.pronamespace = 'public'::regnamespace and p.prosecdef and {_OURS.format(oid="p.oid")}
order by 1
"""  # noqa: S608  # constants of this file

_ENUMS = f"""
select t.typname as name from pg_type t
where t.typtype = 'e' and t.typnamespace = 'public'::regnamespace and {_OURS.format(oid="t.oid")}
order by 1
"""  # noqa: S608  # constants of this file
