"""`hub doctor`: holding a database against what the hub relies on.

Isolation rests on the database, and a database is changed by hands: one forgotten grant opens a register. So the
whole arrangement is stated here a second time and compared, in production as in the build.
"""

import re
from collections.abc import Iterator, Mapping

from hub.store import catalogue, migrate
from hub.store.base import MANIFEST, Entry, Kind
from hub.store.catalogue import EVERYBODY, Catalogue, Policy, TableFacts
from hub.store.findings import Fault, Finding
from hub.store.pools import Connection
from hub.store.roles import ROLES

VERSIONS = range(15, 19)
REVISIONS_TABLE = "alembic_version"

_READS_ALL = "hub_backup"
_ATTRIBUTES = {role: frozenset({"login"}) for role in ROLES} | {
    _READS_ALL: frozenset({"login", "bypassrls", "read_only"})
}
_MEMBER_OF = {_READS_ALL: frozenset({"pg_read_all_data"})}
_LETTERS = {"SELECT": "r", "INSERT": "a", "UPDATE": "w", "DELETE": "d"}

# How PostgreSQL prints the conditions of hub.store.rls.
_SUBSELECT = r"\( SELECT \(*NULLIF\(current_setting\('hub\.\w+'::text, true\), ''::text\)"
_ONE_TENANT = (
    r"\(tenant_id = \( SELECT \(NULLIF\(current_setting\('hub\.tenant'::text, true\), ''::text\)\)::integer[^()]*\)\)"
)
_TENANTS = (
    r"\(tenant_id = ANY \(\( SELECT \(NULLIF\(current_setting\('hub\.tenants'::text, true\), ''::text\)\)::integer\[\]"
    r"[^()]*\)::integer\[\]\)\)"
)
_TENANT_FIRST = re.compile(rf"(?:{_ONE_TENANT}|{_TENANTS})$|\((?:{_ONE_TENANT}|{_TENANTS}) AND ")


async def examine(connection: Connection) -> list[Finding]:
    """Everything that is wrong with the arrangement of a database. Any role may ask; nothing is changed."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        found = await catalogue.read(connection)
    return list(judge(found, MANIFEST, migrate.head()))


def judge(found: Catalogue, manifest: Mapping[str, Entry], head: str) -> Iterator[Finding]:
    """The findings of a catalogue that was read."""
    if found.version not in VERSIONS:
        yield Finding(Fault.SERVER_VERSION, "server", str(found.version))
    if found.revision != head:
        yield Finding(Fault.REVISION, found.database, f"{found.revision or '-'}, {head}")
    yield from _roles(found)
    yield from _tables(found, manifest)
    yield from _rights(found, manifest)
    yield from _policies(found, manifest)
    yield from _shapes(found)
    yield from _functions(found)


def _roles(found: Catalogue) -> Iterator[Finding]:
    for role in ROLES:
        have = found.roles.get(role)
        if have is None:
            yield Finding(Fault.ROLE_MISSING, role)
            continue
        for attribute in sorted(have.attributes ^ _ATTRIBUTES[role]):
            sign = "+" if attribute in have.attributes else "-"
            yield Finding(Fault.ROLE_ATTRIBUTES, role, f"{sign}{attribute}")
        for group in sorted(have.member_of - _MEMBER_OF.get(role, frozenset())):
            yield Finding(Fault.ROLE_MEMBER, role, group)
        for group in sorted(_MEMBER_OF.get(role, frozenset()) - have.member_of):
            yield Finding(Fault.RIGHT_MISSING, role, group)


def _tables(found: Catalogue, manifest: Mapping[str, Entry]) -> Iterator[Finding]:
    for name in sorted(manifest.keys() - found.tables.keys()):
        yield Finding(Fault.TABLE_MISSING, name)
    for table in found.tables.values():
        if table.owner != "hub_owner":
            yield Finding(Fault.OWNER, table.name, table.owner)
        if table.name not in manifest and table.name != REVISIONS_TABLE:
            yield Finding(Fault.NOT_IN_MANIFEST, table.name)
        if _must_be_secured(table, manifest):
            if not table.secured:
                yield Finding(Fault.RLS_OFF, table.name)
            elif not table.forced:
                yield Finding(Fault.RLS_NOT_FORCED, table.name)


def _must_be_secured(table: TableFacts, manifest: Mapping[str, Entry]) -> bool:
    entry = manifest.get(table.name)
    return table.of_tenants or (entry is not None and entry.kind in (Kind.TENANT, Kind.PERSON))


def _rights(found: Catalogue, manifest: Mapping[str, Entry]) -> Iterator[Finding]:
    given: dict[str, set[tuple[str, str]]] = {}
    for right in found.rights:
        given.setdefault(right.on, set()).add((right.role, right.privilege))
        if right.may_pass_on:
            yield Finding(Fault.RIGHT_EXTRA, right.on, f"{right.role}: {right.privilege} WITH GRANT OPTION")
    wanted = {name: manifest[name].expected() for name in manifest.keys() & found.tables.keys()}
    wanted["schema public"] = frozenset({(role, "USAGE") for role in ROLES} | {("hub_owner", "CREATE")})
    wanted["database"] = frozenset({(role, "CONNECT") for role in ROLES} | _OWNER_ON_DATABASE)

    for thing in sorted(given.keys() | wanted.keys()):
        if thing.startswith("function "):
            continue  # who may execute is judged below
        have, want = given.get(thing, set()), wanted.get(thing, frozenset())
        owner = {pair for pair in want if pair[0] == "hub_owner"}  # an owner's own rights are not listed
        for role, privilege in sorted(have - want):
            yield Finding(Fault.RIGHT_EXTRA, thing, f"{role}: {privilege}")
        for role, privilege in sorted(want - have - owner):
            yield Finding(Fault.RIGHT_MISSING, thing, f"{role}: {privilege}")


_OWNER_ON_DATABASE = {("hub_owner", "CREATE"), ("hub_owner", "TEMPORARY")}


def _policies(found: Catalogue, manifest: Mapping[str, Entry]) -> Iterator[Finding]:
    for policy in found.policies:
        yield from _policy(policy, manifest.get(policy.table))
    for table in found.tables.values():
        if not table.of_tenants:
            continue
        own = [policy for policy in found.policies if policy.table == table.name]
        entry = manifest.get(table.name)
        yield from _counts(table, own, entry)
        if entry and entry.kind is Kind.PERSON and "village_id" in table.columns and not any(map(_narrows, own)):
            yield Finding(Fault.POLICY_NOT_NARROWED, table.name)


def _policy(policy: Policy, entry: Entry | None) -> Iterator[Finding]:
    """What is wrong with one policy in itself."""
    where = f"{policy.table}.{policy.name}"
    across = entry is not None and set(policy.roles) <= set(entry.across)
    if EVERYBODY in policy.roles:
        yield Finding(Fault.POLICY_PUBLIC, where)
    if any(text.count("current_setting(") != len(re.findall(_SUBSELECT, text)) for text in policy.conditions):
        yield Finding(Fault.POLICY_FORM, where)
    if not policy.permissive:
        return
    if any("hub.villages" in text for text in policy.conditions):
        yield Finding(Fault.POLICY_WIDENS, where)
    if not across and not all(_TENANT_FIRST.match(text) for text in policy.conditions):
        yield Finding(Fault.POLICY_OPEN, where)


def _counts(table: TableFacts, policies: list[Policy], entry: Entry | None) -> Iterator[Finding]:
    """Exactly one permissive policy where a role has the right, at most one where it has none."""
    for role in ROLES:
        if role == _READS_ALL:
            continue
        for command, letter in _LETTERS.items():
            names = [each.name for each in policies if each.permissive and each.holds_for(role, letter)]
            if len(names) > 1:
                yield Finding(Fault.POLICY_DOUBLE, table.name, f"{role} {command}: {', '.join(names)}")
            if not names and entry is not None and _needs_policy(entry, role, command):
                yield Finding(Fault.POLICY_ABSENT, table.name, f"{role} {command}")


def _needs_policy(entry: Entry, role: str, command: str) -> bool:
    if role == "hub_outside" and command == "SELECT" and entry.outside:
        return entry.published is not None
    return any(who == role and right.partition("(")[0] == command for who, right in entry.expected())


def _narrows(policy: Policy) -> bool:
    restricts = not policy.permissive and policy.holds_for("hub_api", "r")
    return restricts and policy.using is not None and "hub.villages" in policy.using


def _shapes(found: Catalogue) -> Iterator[Finding]:
    """Rules that keep rows of tenants apart and the road to several machines open."""
    of_tenants = {table.name for table in found.tables.values() if table.of_tenants}
    for key in found.keys:
        inside = (key.columns[0], key.target_columns[0]) == ("tenant_id", "tenant_id")
        if key.target in of_tenants and not inside:
            yield Finding(Fault.KEY_CROSSES, key.table, key.name)
        if key.sets_null:
            yield Finding(Fault.KEY_SETS_NULL, key.table, key.name)
    for name, table, first in found.indexes:
        if table in of_tenants and first != "tenant_id":
            yield Finding(Fault.INDEX_LED, table, name)
    for name in found.enums:
        yield Finding(Fault.ENUM_TYPE, name)


def _functions(found: Catalogue) -> Iterator[Finding]:
    for function in found.functions:
        path = next((text for text in function.settings if text.startswith("search_path=")), "")
        if not path.endswith("pg_temp"):
            yield Finding(Fault.FUNCTION_PATH, function.name, path)
    for right in found.rights:
        if right.on.startswith("function ") and right.role == EVERYBODY:
            yield Finding(Fault.FUNCTION_PUBLIC, right.on.removeprefix("function "))
