"""Trusted documents over HTTP: what each key may send, whose document an id means, and how soon a removal counts."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest

from hub.kernel.clock import system_clock
from hub.kernel.scope import Reader, TenantRef, Zone
from hub.store.pools import Pools
from hub.tenants import administration as admin
from hub.tenants import manifests
from hub.tenants.model import DocumentMode, KeyKind, TenantKind
from hub.tenants.permissions import Role
from hub.tenants.trusted import DocumentNotFound, Trust, TrustedDocuments, digest_of, well_formed
from hub.wiring import Hub
from tests.client import Client, client_of
from tests.world.build import key_for

WHO = "query Who { viewer { role } }"
ROLE = "query Role { viewer { role } }"
CHANGE = "mutation Change { __typename }"
KINDS = {KeyKind.PUBLIC: Role.FRONT_END, KeyKind.SECRET: Role.CAMAT}
UNKNOWN = "sha256:" + "0" * 64


@dataclass
class Watch:
    """A monotonic clock that stands until it is moved."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class House:
    """Two kecamatan with an app each, a client whose look-ups age by the watch, and keys of every kind and mode."""

    owner: asyncpg.Connection
    client: Client
    watch: Watch
    trusted: TrustedDocuments
    near: TenantRef
    far: TenantRef
    app: UUID
    keys: dict[tuple[KeyKind, DocumentMode], str] = field(default_factory=dict)

    async def push(self, entries: Mapping[str, str], label: str | None = None, *, app: str = "peta") -> str:
        """Push to the near kecamatan, seen at once."""
        done = await manifests.push(self.owner, self.near.id, app, entries, label=label)
        self.trusted.clear()
        return done.label

    async def ask(self, document_id: object, key: str | None, **headers: str) -> httpx.Response:
        return await self.client.post({"documentId": document_id}, key=key, **headers)

    async def get(self, key: str | None, **parameters: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return await self.client.http.get("/graphql", params=parameters, headers=headers)

    @property
    def only(self) -> str:
        """The public key that takes documents only."""
        return self.keys[KeyKind.PUBLIC, DocumentMode.ONLY]


def sha256(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def code(response: httpx.Response) -> str:
    found: str = response.json()["errors"][0]["extensions"]["code"]
    return found


def text(response: httpx.Response) -> str:
    """The answer without the one thing that differs each time."""
    return response.text.replace(response.headers["x-request-id"], "REQUEST")


@pytest.fixture(scope="module")
async def house(hub: Hub, owner_dsn: str) -> AsyncIterator[House]:
    owner = await asyncpg.connect(owner_dsn)
    near, far = [
        await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code=each, name=each, zone=Zone.WIB)
        for each in ("32.01.26", "32.01.27")
    ]
    await manifests.push(owner, near.id, "peta", {"who": WHO})
    await manifests.push(owner, far.id, "peta", {"who": WHO, "role": ROLE})
    watch = Watch()
    trusted = TrustedDocuments(hub.pools, system_clock, watch)
    async with client_of(replace(hub, trusted=trusted)) as client:
        app = await manifests.find_app(owner, near.id, "peta")
        made = House(owner, client, watch, trusted, near, far, app)
        for kind, role in KINDS.items():
            for mode in DocumentMode:
                made.keys[kind, mode] = await bound_key(made, kind, role, mode)
        yield made
    await owner.close()


async def bound_key(house: House, kind: KeyKind, role: Role, mode: DocumentMode) -> str:
    """A key of the near kecamatan's app."""
    key = await key_for(house.owner, house.near, role, key=kind, origins=("https://peta.example",))
    found = await admin.key_of(house.owner, house.near.id, key)
    assert found is not None
    assert await admin.bind_key(house.owner, house.near.id, found, app=house.app, documents=mode)
    return key


# What a key may send


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("mode", "by_query", "by_id"),
    [
        (DocumentMode.OFF, 200, (403, "PERSISTED_DOCUMENTS_OFF")),
        (DocumentMode.ALLOW, 200, 200),
        (DocumentMode.ONLY, (403, "PERSISTED_DOCUMENT_REQUIRED"), 200),
    ],
)
async def test_a_mode_says_what_a_key_may_send(
    house: House, kind: KeyKind, method: str, mode: DocumentMode, by_query: object, by_id: object
) -> None:
    key = house.keys[kind, mode]
    if method == "POST":
        free, trusted = await house.client.post({"query": WHO}, key=key), await house.ask("who", key)
        hashed = await house.ask(sha256(WHO), key)
    else:
        free, trusted = await house.get(key, query=WHO), await house.get(key, documentId="who")
        hashed = await house.get(key, documentId=sha256(WHO))
    assert outcome(free, kind) == by_query
    assert outcome(trusted, kind) == by_id
    assert outcome(hashed, kind) == by_id


def outcome(response: httpx.Response, kind: KeyKind) -> object:
    """200 where the answer is that of the document, else status and code."""
    if response.status_code == 200:
        assert response.json()["data"] == {"viewer": {"role": KINDS[kind].value}}
        return 200
    assert "data" not in response.json()
    return response.status_code, code(response)


async def test_nobody_without_an_app_s_key_sends_a_document(house: House) -> None:
    response = await house.ask("who", None, hub_tenant="32.01.26")
    assert (response.status_code, code(response)) == (403, "PERSISTED_DOCUMENTS_OFF")


async def test_variables_and_the_operation_s_name_go_with_an_id(house: House) -> None:
    two = "query First($yes: Boolean!) { viewer { role @include(if: $yes) } } query Second { __typename }"
    await house.push({"who": WHO, "two": two})
    body = {"documentId": "two", "operationName": "First", "variables": {"yes": True}}
    posted = await house.client.post(body, key=house.only)
    got = await house.get(house.only, documentId="two", operationName="Second")
    assert posted.json()["data"] == {"viewer": {"role": "FRONT_END"}}
    assert got.json()["data"] == {"__typename": "Query"}


async def test_a_trusted_mutation_is_refused_by_get(house: House) -> None:
    await house.push({"who": WHO, "change": CHANGE})
    response = await house.get(house.only, documentId="change")
    assert response.status_code == 405


async def test_an_answer_by_id_is_that_of_the_query(house: House) -> None:
    key = house.keys[KeyKind.SECRET, DocumentMode.ALLOW]
    by_query = await house.client.post({"query": WHO}, key=key)
    by_id = await house.ask("who", key)
    assert by_id.json()["data"] == by_query.json()["data"]
    assert (by_id.status_code, by_id.headers.keys()) == (by_query.status_code, by_query.headers.keys())


async def test_a_browser_is_answered_and_not_shown_the_page(hub: Hub, house: House) -> None:
    settings = hub.settings.model_copy(update={"graphiql": True})
    async with client_of(replace(hub, settings=settings, trusted=house.trusted)) as client:
        headers = {"authorization": f"Bearer {house.only}", "accept": "text/html, */*"}
        response = await client.http.get("/graphql", params={"documentId": "who"}, headers=headers)
    assert response.json()["data"] == {"viewer": {"role": "FRONT_END"}}


# What is no id


@pytest.mark.parametrize(
    "given",
    [
        "",
        " who",
        "who\n",
        "a b",
        "é",
        "sha256:",
        "sha256:" + "A" * 64,
        "sha256:" + "0" * 63,
        "sha256:" + "0" * 65,
        "md5:0123",
        "x-:a",
        "x-a:",
        "x-a:b:c",
        ":",
        "a" * 129,
        "../who",
        1,
        True,
        ["who"],
        {"id": "who"},
    ],
)
async def test_what_is_no_id_is_refused(house: House, given: object) -> None:
    response = await house.ask(given, house.only)
    assert (response.status_code, code(response)) == (400, "DOCUMENT_ID_MALFORMED")


async def test_a_nul_in_an_id_is_refused(house: House) -> None:
    posted, got = await house.ask("who\x00", house.only), await house.get(house.only, documentId="who\x00")
    assert (posted.status_code, got.status_code) == (400, 400)
    assert (code(posted), code(got)) == ("BODY_MALFORMED", "BODY_MALFORMED")


@pytest.mark.parametrize("mode", DocumentMode)
async def test_an_id_and_a_query_together_are_refused(house: House, mode: DocumentMode) -> None:
    key = house.keys[KeyKind.PUBLIC, mode]
    posted = await house.client.post({"documentId": sha256(WHO), "query": WHO}, key=key)
    got = await house.get(key, documentId=sha256(WHO), query=WHO)
    for response in (posted, got):
        assert (response.status_code, code(response)) == (400, "BODY_MALFORMED")


async def test_null_is_as_if_nothing_was_given(house: House) -> None:
    key = house.keys[KeyKind.PUBLIC, DocumentMode.ALLOW]
    by_query = await house.client.post({"documentId": None, "query": WHO}, key=key)
    by_id = await house.client.post({"documentId": "who", "query": None}, key=key)
    neither = await house.client.post({"documentId": None, "query": None}, key=key)
    assert by_query.json()["data"] == by_id.json()["data"] == {"viewer": {"role": "FRONT_END"}}
    assert code(neither) == "BODY_MALFORMED"


@pytest.mark.parametrize("given", ["who", "x-codegen:who", "0" * 32, "A.b_c~d-e", UNKNOWN])
def test_ids_of_the_appendix_are_well_formed(given: str) -> None:
    assert well_formed(given)
    assert (digest_of(given) is not None) is given.startswith("sha256:")


# Whose document an id means


async def test_an_unknown_id_and_another_tenant_s_get_the_same_bytes(house: House) -> None:
    await house.push({"who": WHO})
    answers = []
    for given in (UNKNOWN, sha256(ROLE), "nobody-has-this", "role"):
        for mode in (DocumentMode.ALLOW, DocumentMode.ONLY):
            response = await house.ask(given, house.keys[KeyKind.PUBLIC, mode])
            assert response.status_code == 404
            assert given not in response.text
            answers.append(text(response))
    assert len(set(answers)) == 1
    assert orjson.loads(answers[0])["errors"][0]["extensions"]["code"] == "PERSISTED_DOCUMENT_NOT_FOUND"
    assert len(orjson.loads(answers[0])["errors"]) == 1


async def test_another_app_of_the_same_tenant_is_another_list(house: House) -> None:
    await house.push({"role": ROLE}, app="lain")
    for given in ("role", sha256(ROLE)):
        assert code(await house.ask(given, house.only)) == "PERSISTED_DOCUMENT_NOT_FOUND"


async def test_the_hash_is_of_the_exact_text(house: House) -> None:
    await house.push({"who": WHO})
    assert (await house.ask(sha256(WHO), house.only)).status_code == 200
    assert code(await house.ask(sha256(WHO + "\n"), house.only)) == "PERSISTED_DOCUMENT_NOT_FOUND"


# Versions


async def test_older_versions_are_answered_until_they_end(house: House) -> None:
    one, two = "query V1 { viewer { role } }", "query V2 { viewer { role } }"
    await house.push({"v": one}, "older")
    await house.push({"v": two}, "newer")
    assert (await house.ask(sha256(one), house.only)).status_code == 200
    assert (await house.ask(sha256(two), house.only)).status_code == 200

    await manifests.end(house.owner, house.near.id, "peta", "older", at=system_clock().instant)
    house.trusted.clear()
    assert (await house.ask(sha256(one), house.only)).status_code == 404
    assert (await house.ask(sha256(two), house.only)).status_code == 200


async def test_an_end_in_the_future_is_not_yet(house: House) -> None:
    await house.push({"later": ROLE}, "later")
    tomorrow = system_clock().instant + timedelta(days=1)
    await manifests.end(house.owner, house.near.id, "peta", "later", at=tomorrow)
    house.trusted.clear()
    assert (await house.ask("later", house.only)).status_code == 200


async def test_of_two_versions_the_newest_says_what_an_id_means(house: House) -> None:
    await house.push({"same": "query A { viewer { role } }"}, "a")
    await house.push({"same": "query B { __typename }"}, "b")
    assert (await house.ask("same", house.only)).json()["data"] == {"__typename": "Query"}

    assert await manifests.roll_back(house.owner, house.near.id, "peta", "a", now=system_clock().instant) == ["b"]
    house.trusted.clear()
    assert (await house.ask("same", house.only)).json()["data"] == {"viewer": {"role": "FRONT_END"}}

    assert await manifests.roll_back(house.owner, house.near.id, "peta", "b", now=system_clock().instant) == []
    house.trusted.clear()
    assert (await house.ask("same", house.only)).json()["data"] == {"__typename": "Query"}


# How soon


async def test_a_removed_version_stops_within_ten_seconds(house: House) -> None:
    await house.push({"soon": ROLE}, "soon")
    assert (await house.ask("soon", house.only)).status_code == 200
    await manifests.end(house.owner, house.near.id, "peta", "soon", at=system_clock().instant)

    house.watch.now += 9.9
    assert (await house.ask("soon", house.only)).status_code == 200
    house.watch.now += 0.1
    assert (await house.ask("soon", house.only)).status_code == 404


async def test_a_new_version_is_found_within_ten_seconds(house: House) -> None:
    assert (await house.ask("fresh", house.only)).status_code == 404
    await manifests.push(house.owner, house.near.id, "peta", {"fresh": ROLE}, label="fresh")

    house.watch.now += 9.9
    assert (await house.ask("fresh", house.only)).status_code == 404
    house.watch.now += 0.1
    assert (await house.ask("fresh", house.only)).status_code == 200


async def test_a_kept_document_costs_no_look_up(hub: Hub, house: House) -> None:
    trust = Trust(DocumentMode.ONLY, house.near.id, house.app)
    trusted = TrustedDocuments(hub.pools, system_clock, house.watch)
    await house.push({"hot": ROLE}, "hot")
    assert await trusted.text(trust, "", "hot") == ROLE
    trusted.pools = Pools({})  # whoever asks the database now fails
    assert await trusted.text(trust, "", "hot") == ROLE
    with pytest.raises(KeyError):
        await trusted.text(trust, "", "cold")


async def test_guessing_pushes_no_document_out(hub: Hub, house: House) -> None:
    trust = Trust(DocumentMode.ONLY, house.near.id, house.app)
    trusted = TrustedDocuments(hub.pools, system_clock, house.watch, most=3)
    await house.push({"kept": ROLE}, "kept")
    await trusted.text(trust, "", "kept")
    for number in range(10):
        with pytest.raises(DocumentNotFound):
            await trusted.text(trust, "", f"guess-{number}")
    trusted.pools = Pools({})
    assert await trusted.text(trust, "", "kept") == ROLE


async def test_what_is_kept_is_bounded_in_characters(hub: Hub, house: House) -> None:
    trust = Trust(DocumentMode.ONLY, house.near.id, house.app)
    trusted = TrustedDocuments(hub.pools, system_clock, house.watch, most_characters=len(ROLE) + 10)
    other = ROLE.replace("Role", "Othr")
    await house.push({"one": ROLE, "two": other}, "bounded")
    for name in ("one", "two", "one", "two"):
        await trusted.text(trust, "", name)
        assert trusted.characters == len(ROLE)


async def test_a_failed_look_up_is_not_remembered(hub: Hub, house: House) -> None:
    trust = Trust(DocumentMode.ONLY, house.near.id, house.app)
    trusted = TrustedDocuments(Pools({}), system_clock, house.watch)
    with pytest.raises(KeyError):
        await trusted.text(trust, "", "who")
    trusted.pools = Pools({Reader.OUTSIDE: hub.pools.of(Reader.OUTSIDE)})
    await house.push({"who": WHO}, "again")
    assert await trusted.text(trust, "", "who") == WHO


async def test_a_rebound_key_takes_its_new_mode(house: House, hub: Hub) -> None:
    key = await bound_key(house, KeyKind.PUBLIC, Role.FRONT_END, DocumentMode.OFF)
    assert (await house.client.post({"query": WHO}, key=key)).status_code == 200
    found = await admin.key_of(house.owner, house.near.id, key)
    assert found is not None
    await admin.bind_key(house.owner, house.near.id, found, app=house.app, documents=DocumentMode.ONLY)
    hub.gate.keys.clear()
    assert code(await house.client.post({"query": WHO}, key=key)) == "PERSISTED_DOCUMENT_REQUIRED"


async def test_a_key_cannot_be_bound_to_another_tenant_s_app(house: House) -> None:
    theirs = await manifests.find_app(house.owner, house.far.id, "peta")
    found = await admin.key_of(house.owner, house.near.id, house.only)
    assert found is not None
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await admin.bind_key(house.owner, house.near.id, found, app=theirs, documents=DocumentMode.ONLY)


async def test_documents_without_an_app_are_refused_by_the_database(house: House) -> None:
    grant = await key_for(house.owner, house.near, Role.FRONT_END, key=KeyKind.PUBLIC)
    found = await admin.key_of(house.owner, house.near.id, grant)
    async with admin.entered(house.owner, house.near.id):
        with pytest.raises(asyncpg.CheckViolationError, match="documents_of_an_app"):
            await house.owner.execute("update api_key set documents = 'ONLY' where id = $1", found)
