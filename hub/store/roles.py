"""The classes of reader as database roles, each with its own login.

`hub migrate` makes them with an administrator's connection, or prints this SQL for one. Passwords are needed only
where the server is reached over a network; the embedded server trusts its own 0700 socket folder.
"""

from collections.abc import Iterator, Mapping

ROLES: Mapping[str, str] = {
    "hub_owner": "migrations; owns the tables and is bound by forced policies like everybody",
    "hub_api": "officials of a kecamatan and its villages",
    "hub_outside": "anonymous, partner organizations, agencies, self-service",
    "hub_report": "suppressed figures for agencies",
    "hub_worker": "sealer, jobs; one tenant at a time",
    "hub_backup": "dumps; reads past row-level security, writes nothing",
}


def role_statements(passwords: Mapping[str, str] | None = None) -> Iterator[str]:
    """SQL that makes missing roles and sets each to exactly the attributes it needs."""
    for role in ROLES:
        bypass = "bypassrls" if role == "hub_backup" else "nobypassrls"
        yield (
            f"do $do$ begin if not exists (select from pg_roles where rolname = '{role}') "
            f"then create role {role} login; end if; end $do$"
        )
        yield f"alter role {role} login nosuperuser nocreatedb nocreaterole noreplication {bypass}"
        if passwords and (password := passwords.get(role)):
            quoted = password.replace("'", "''")
            yield f"alter role {role} password '{quoted}'"
    # so that the look-ups which run before a scope exists may carry the setting as their own
    yield "grant set on parameter hub.tenant to hub_owner"
    yield "alter role hub_backup set default_transaction_read_only = on"


def database_statements(database: str) -> Iterator[str]:
    """SQL, run inside a fresh database by an administrator, that hands it to the owner and shuts out the rest."""
    name = '"' + database.replace('"', '""') + '"'
    yield f"revoke all on database {name} from public"
    yield f"grant connect on database {name} to {', '.join(ROLES)}"
    yield f"grant create, temporary on database {name} to hub_owner"
    yield "revoke all on schema public from public"
    yield "grant usage, create on schema public to hub_owner"
    yield f"grant usage on schema public to {', '.join(ROLES)}"
    yield "grant pg_read_all_data to hub_backup"
