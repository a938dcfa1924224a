"""Apps and the versions of their documents, as `hub_owner`: pushed whole, ended, put in force again."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import SQLModel

from hub.kernel.errors import BadInput, Conflict, Limited, NotFound
from hub.store import sql
from hub.store.base import table
from hub.store.pools import Connection
from hub.tenants import administration as admin
from hub.tenants.administration import entered
from hub.tenants.model import AppDocument, AppManifest, ClientApp, DocumentText, Tenant
from hub.tenants.trusted import digest_of, well_formed

MOST_DOCUMENTS = 2_000  # of one version
MOST_BYTES = 4 * 1024 * 1024  # of all texts of one version

_APP, _MANIFEST = table(ClientApp), table(AppManifest)
_TEXT, _DOCUMENT = table(DocumentText), table(AppDocument)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}", re.ASCII)

Entries = Mapping[str, str]
"""A manifest: the text of each id."""


class NameMalformed(BadInput):
    """{given} cannot be the name of an app or of a version."""

    code = "APP_NAME_MALFORMED"
    hint = "Use up to 64 letters, digits and . _ + -, beginning with a letter or a digit."


class ManifestEmpty(BadInput):
    """There is no document in it."""

    code = "MANIFEST_EMPTY"
    hint = "Give a folder with .graphql files, or the manifest that the app's build writes."


class ManifestTooLarge(Limited):
    """One version may hold {documents} documents of {bytes} bytes together."""

    code = "MANIFEST_TOO_LARGE"
    hint = "Leave out what the app does not send, or push it as two apps with a key each."


class IdMalformed(BadInput):
    """{given} cannot be the id of a document."""

    code = "MANIFEST_ID"
    hint = "Use `sha256:` and 64 lower-case hex digits, or up to 128 letters, digits and . _ ~ -."


class HashWrong(BadInput):
    """The text under {given} has another hash."""

    code = "MANIFEST_HASH"
    hint = "Make the manifest again: hash the exact text in UTF-8, with every space and the last line end."


class VersionExists(Conflict):
    """The app has a version {version} with other documents."""

    code = "VERSION_EXISTS"
    hint = "Push under another --version, or without one to get the next number."


class NoSuchApp(NotFound):
    """The tenant has no app named {app}."""

    code = "NO_SUCH_APP"
    hint = "`hub documents list` shows the apps; the first `hub documents push` makes one."


class NoSuchVersion(NotFound):
    """The app has no version {version}."""

    code = "NO_SUCH_VERSION"
    hint = "List the versions with `hub documents list`."


class NoSuchDocument(NotFound):
    """No version in force has a document with the id {given}."""

    code = "NO_SUCH_DOCUMENT"
    hint = "List the documents of an app with `hub documents show` without an id."


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did."""

    label: str
    documents: int
    changed: bool


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an app as it stands."""

    app: str
    label: str
    documents: int
    pushed_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A document of a version."""

    tenant: str
    app: str
    label: str
    name: str
    text: str

    @property
    def id(self) -> str:
        """The id by the text's hash."""
        return f"sha256:{_sha256(self.text).hex()}"

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"{self.tenant} {self.app} {self.label}: {self.name}"


def check(entries: Entries) -> None:
    """Raise what is wrong with a manifest in itself, whatever the schema says."""
    if not entries:
        raise ManifestEmpty
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in entries.values())
    if len(entries) > MOST_DOCUMENTS or size > MOST_BYTES:
        raise ManifestTooLarge(documents=MOST_DOCUMENTS, bytes=MOST_BYTES)
    for name, text in entries.items():
        if not well_formed(name):
            raise IdMalformed(given=visible(name))
        if (digest := digest_of(name)) is not None and digest != _sha256(text):
            raise HashWrong(given=name)


def visible(text: str) -> str:
    """The beginning of a foreign text, its control characters written out: it goes to somebody's terminal."""
    return ascii(text[:80])[1:-1]


async def push(owner: Connection, tenant: int, app: str, entries: Entries, *, label: str | None = None) -> Pushed:
    """Store a version whole and put it in force; an equal one changes nothing. Its texts must be judged already."""
    check(entries)
    for given in (app, label):
        if given is not None and not _NAME.fullmatch(given):
            raise NameMalformed(given=visible(given))
    digest = _fingerprint(entries)
    async with entered(owner, tenant):
        own = await _app_for_push(owner, tenant, app)
        known = await _manifests(owner, tenant, own)
        if same := _equal(known, digest, label):
            return await _again(owner, same, len(entries))
        made = AppManifest(
            tenant_id=tenant,
            app_id=own,
            number=max((each["number"] for each in known), default=0) + 1,
            label=label or _next_label(known),
            sha256=digest,
        )
        await _store(owner, made, entries)
    return Pushed(made.label, len(entries), changed=True)


async def versions(owner: Connection, tenant: int, *, app: str | None = None) -> list[Version]:
    """The versions of the tenant's apps, or of one, newest first; NoSuchApp."""
    statement = (
        select(
            _APP.c.name,
            _MANIFEST.c.label,
            _MANIFEST.c.created_at,
            _MANIFEST.c.ends_at,
            select(func.count()).select_from(_DOCUMENT).where(_of_manifest()).scalar_subquery().label("documents"),
        )
        .join(_MANIFEST, and_(_MANIFEST.c.tenant_id == _APP.c.tenant_id, _MANIFEST.c.app_id == _APP.c.id))
        .where(_APP.c.tenant_id == tenant)
        .order_by(_APP.c.name, _MANIFEST.c.number.desc())
    )
    async with entered(owner, tenant):
        if app is not None:
            statement = statement.where(_APP.c.id == await _app(owner, tenant, app))
        rows = await sql.fetch(owner, statement)
    return [Version(row["name"], row["label"], row["documents"], row["created_at"], row["ends_at"]) for row in rows]


async def find_app(owner: Connection, tenant: int, app: str) -> UUID:
    """The id of an app; NoSuchApp."""
    async with entered(owner, tenant):
        return await _app(owner, tenant, app)


async def end(owner: Connection, tenant: int, app: str, label: str, *, at: datetime) -> None:
    """End a version at a moment; requests notice within ten seconds. Its rows stay: the same push puts it in force."""
    async with entered(owner, tenant):
        found = await _version(owner, tenant, app, label)
        await _set_end(owner, [found["id"]], tenant, at)


async def roll_back(owner: Connection, tenant: int, app: str, label: str, *, now: datetime) -> list[str]:
    """Put a version in force as the newest: end all later ones; their labels."""
    async with entered(owner, tenant):
        found = await _version(owner, tenant, app, label)
        known = await _manifests(owner, tenant, found["app_id"])
        later = [each for each in known if each["number"] > found["number"] and _in_force(each, now)]
        await _set_end(owner, [each["id"] for each in later], tenant, now)
        await _set_end(owner, [found["id"]], tenant, None)
    return [each["label"] for each in later]


async def stored(
    owner: Connection, *, now: datetime, tenant: Tenant | None = None, app: str | None = None
) -> list[Stored]:
    """Every document in force, of one tenant and app or of all."""
    found = []
    for each in [tenant] if tenant is not None else await admin.tenants(owner):
        statement = (
            select(_APP.c.name.label("app"), _MANIFEST.c.label, _DOCUMENT.c.name, _TEXT.c.text)
            .join(_MANIFEST, and_(_MANIFEST.c.tenant_id == _APP.c.tenant_id, _MANIFEST.c.app_id == _APP.c.id))
            .join(_DOCUMENT, _of_manifest())
            .join(_TEXT, and_(_TEXT.c.tenant_id == _DOCUMENT.c.tenant_id, _TEXT.c.sha256 == _DOCUMENT.c.sha256))
            .where(_APP.c.tenant_id == each.id, or_(_MANIFEST.c.ends_at.is_(None), _MANIFEST.c.ends_at > now))
            .order_by(_APP.c.name, _MANIFEST.c.number.desc(), _DOCUMENT.c.name)
        )
        async with entered(owner, each.id):
            if app is not None:
                statement = statement.where(_APP.c.id == await _app(owner, each.id, app))
            rows = await sql.fetch(owner, statement)
        found += [Stored(each.code, row["app"], row["label"], row["name"], row["text"]) for row in rows]
    return found


# Inside a transaction that has entered the tenant


async def _app_for_push(owner: Connection, tenant: int, name: str) -> UUID:
    """The app, made where it is new, and locked: two pushes to one app come one after the other."""
    made = ClientApp(tenant_id=tenant, name=name)
    await _write(owner, upsert(_APP).on_conflict_do_nothing(), [made])
    statement = select(_APP.c.id).where(_APP.c.tenant_id == tenant, _APP.c.name == name).with_for_update()
    found: UUID = (await sql.fetch(owner, statement))[0]["id"]
    return found


async def _app(owner: Connection, tenant: int, name: str) -> UUID:
    rows = await sql.fetch(owner, select(_APP.c.id).where(_APP.c.tenant_id == tenant, _APP.c.name == name))
    if not rows:
        raise NoSuchApp(app=name)
    found: UUID = rows[0]["id"]
    return found


async def _manifests(owner: Connection, tenant: int, app: UUID) -> list[sql.Row]:
    """The versions of an app, newest first."""
    statement = select(_MANIFEST).where(_MANIFEST.c.tenant_id == tenant, _MANIFEST.c.app_id == app)
    return await sql.fetch(owner, statement.order_by(_MANIFEST.c.number.desc()))


async def _version(owner: Connection, tenant: int, app: str, label: str) -> sql.Row:
    known = await _manifests(owner, tenant, await _app(owner, tenant, app))
    found = next((each for each in known if each["label"] == label), None)
    if found is None:
        raise NoSuchVersion(version=label)
    return found


def _equal(known: Sequence[sql.Row], digest: bytes, label: str | None) -> sql.Row | None:
    """The version that a push would repeat; VersionExists where the label stands for something else."""
    if label is None:
        newest = known[0] if known else None
        return newest if newest and newest["sha256"] == digest and newest["ends_at"] is None else None
    found = next((each for each in known if each["label"] == label), None)
    if found is not None and found["sha256"] != digest:
        raise VersionExists(version=label)
    return found


async def _again(owner: Connection, same: sql.Row, documents: int) -> Pushed:
    if same["ends_at"] is not None:
        await _set_end(owner, [same["id"]], same["tenant_id"], None)
    return Pushed(same["label"], documents, changed=same["ends_at"] is not None)


async def _store(owner: Connection, made: AppManifest, entries: Entries) -> None:
    hashes = {name: _sha256(text) for name, text in entries.items()}
    texts = {hashes[name]: text for name, text in entries.items()}
    await _write(owner, insert(_MANIFEST), [made])
    await _write(
        owner,
        upsert(_TEXT).on_conflict_do_nothing(),
        [DocumentText(tenant_id=made.tenant_id, sha256=digest, text=text) for digest, text in texts.items()],
    )
    await _write(
        owner,
        insert(_DOCUMENT),
        [
            AppDocument(tenant_id=made.tenant_id, manifest_id=made.id, name=name, sha256=digest)
            for name, digest in hashes.items()
        ],
    )


async def _write(owner: Connection, statement: Any, rows: Sequence[SQLModel]) -> None:  # any dialect's insert
    prepared = sql.prepare(statement)
    await sql.repeat(owner, prepared.text, [prepared.arguments(row.model_dump()) for row in rows])


async def _set_end(owner: Connection, ids: Sequence[UUID], tenant: int, at: datetime | None) -> None:
    own = _MANIFEST
    for each in ids:
        await sql.fetch(owner, update(own).where(own.c.tenant_id == tenant, own.c.id == each).values(ends_at=at))


def _of_manifest() -> ColumnElement[bool]:
    return and_(_DOCUMENT.c.tenant_id == _MANIFEST.c.tenant_id, _DOCUMENT.c.manifest_id == _MANIFEST.c.id)


def _in_force(manifest: sql.Row, now: datetime) -> bool:
    return manifest["ends_at"] is None or manifest["ends_at"] > now


def _next_label(known: Sequence[sql.Row]) -> str:
    taken = {each["label"] for each in known}
    number = len(known) + 1
    while str(number) in taken:
        number += 1
    return str(number)


def _fingerprint(entries: Entries) -> bytes:
    """The same for the same ids and texts in whatever order."""
    whole = hashlib.sha256()
    for name in sorted(entries):
        whole.update(name.encode() + b"\0" + _sha256(entries[name]))
    return whole.digest()


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
