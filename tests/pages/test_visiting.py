"""Cookies by the way a browser comes, and the pages' way to the graph."""

import asyncio

import httpx
import pytest

from hub.domains.accounts import sweeping, tokens
from hub.domains.accounts.model import Stage as Step
from hub.kernel.clock import system_clock
from hub.kernel.errors import TryLater
from hub.kernel.scope import Reader
from hub.means import READERS
from hub.pages import asking
from hub.pages.asking import Ask, NotAnswered
from hub.store.unit import connected
from hub.tenants.administration import entered
from hub.wiring import open_hub
from tests.conftest import as_role
from tests.pages.conftest import Stage

PLACE = ("32.13.29", "Tambakdahan", ("32.13.29.2001", "32.13.29.2002"))
PLAIN = "HttpOnly; Path=/; SameSite=lax"


@pytest.mark.parametrize(
    ("base", "address", "name", "rest"),
    [
        ("https://hub.test", "203.0.113.9", "__Host-hub", f"{PLAIN}; Secure"),
        ("http://127.0.0.1:8000", "127.0.0.1", "hub-demo", PLAIN),
        ("http://localhost:8000", "::1", "hub-demo", PLAIN),
        ("http://hub.test", "203.0.113.9", "__Host-hub", f"{PLAIN}; Secure"),  # no browser keeps it: so it should be
    ],
)
async def test_only_a_demo_on_this_machine_does_without_https(
    stage: Stage, base: str, address: str, name: str, rest: str
) -> None:
    assert stage.hub.settings.demo
    transport = httpx.ASGITransport(app=stage.app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url=base) as http:
        cookie = (await http.get("/masuk")).headers["set-cookie"]
    assert (cookie.partition("=")[0], cookie.partition("; ")[2]) == (name, rest)


async def test_outside_a_demo_the_cookie_is_always_a_host_cookie(stage: Stage) -> None:
    demo, stage.hub.settings.demo = stage.hub.settings.demo, False
    transport = httpx.ASGITransport(app=stage.app, client=("127.0.0.1", 1))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
            cookie = (await http.get("/masuk")).headers["set-cookie"]
    finally:
        stage.hub.settings.demo = demo
    assert cookie.startswith("__Host-hub=")


async def ask_of(stage: Stage, name: str, **more: str) -> Ask:
    """The graph as somebody who is signed in."""
    parsed = tokens.parse((await stage.member(name, **more)).cookie)
    assert parsed is not None
    session = await stage.hub.sessions.find(parsed.tenant, parsed.digest)
    assert session is not None
    assert session.stage == Step.OPEN.value
    entry = session.entry(system_clock(), request_id="test-ask", lang="id", purpose="coba")
    return Ask(stage.hub, entry, "127.0.0.1")


async def test_a_page_reads_under_the_grant_of_its_session(stage: Stage) -> None:
    viewer = (await (await ask_of(stage, "siti")).ask("shell"))["viewer"]
    assert viewer["role"] == "KEC_COUNTER"
    assert [tenant["code"] for tenant in viewer["tenants"]] == [PLACE[0]]


async def test_a_page_of_a_village_sees_one_village(stage: Stage) -> None:
    ask = await ask_of(stage, "kades", role="VILLAGE_HEAD", village=stage.place.id("Village"))
    viewer = (await ask.ask("shell"))["viewer"]
    assert len(viewer["villages"]) == 1


async def test_a_partner_organization_reads_from_outside_and_is_named(stage: Stage) -> None:
    organization = stage.place.id("PartnerOrganization")
    ask = await ask_of(stage, "pkk", role="PARTNER_ORG", organization=organization)
    assert ask.entry.scope.reader is Reader.OUTSIDE
    viewer = (await ask.ask("shell"))["viewer"]
    assert (viewer["role"], viewer["organization"] is not None) == ("PARTNER_ORG", True)


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Operations of a later page."""
    texts: dict[str, str] = {}
    ours = asking.document
    monkeypatch.setattr(asking, "document", lambda name: texts.get(name) or ours(name))
    return texts


async def test_limits_and_errors_are_those_of_the_endpoint(stage: Stage, planted: dict[str, str]) -> None:
    ask = await ask_of(stage, "batas")
    planted["deep"] = "{ " + "villages { nodes { " * 7 + "id" + " } }" * 7 + " }"
    planted["unknown"] = "{ nothingSuch }"
    for name in planted:
        with pytest.raises(NotAnswered):
            await ask.ask(name)


async def test_a_page_spends_its_owners_points(stage: Stage, database: str) -> None:
    ask = await ask_of(stage, "poin")
    few = stage.hub.settings.model_copy(update={"rate_client": 5, "rate_client_per_second": 0.01})
    poor = await open_hub(few, {reader: as_role(database, reader.value) for reader in READERS})
    own = Ask(poor, ask.entry, "127.0.0.1")
    try:
        first = await own.ask("shell")
        with pytest.raises(TryLater) as caught:
            await asyncio.gather(*(own.ask("shell") for _ in range(5)))
    finally:
        await poor.close()
    assert first["viewer"]["role"] == "KEC_COUNTER"
    assert caught.value.seconds > 60


async def test_what_a_page_changes_is_journaled_under_the_grant(stage: Stage) -> None:
    ask = await ask_of(stage, "bu.sekcam", role="KEC_SECRETARY")
    await stage.member("dikeluarkan")
    given = {"signInName": "dikeluarkan", "idempotencyKey": "halaman-1"}
    payload = (await ask.ask("end-sessions", {"input": given}))["endSessions"]
    assert payload["userErrors"] == []
    query = (
        "select role, grant_id, request_id, purpose from journal_entry where kind = 'SESSIONS_ENDED' order by id desc"
    )
    async with entered(stage.owner, stage.place.tenant.id):
        row = await stage.owner.fetchrow(query)
    assert row is not None
    assert tuple(row) == ("KEC_SECRETARY", ask.entry.scope.grant_id, "test-ask", "coba")


async def test_sessions_of_long_ago_are_removed_and_invitations_stay(stage: Stage) -> None:
    await stage.member("lama")
    tenant = stage.place.tenant.id
    owns = "(select id from sign_in_account where name = 'lama')"
    async with entered(stage.owner, tenant):
        await stage.owner.execute(
            f"update sign_in_session set expires_at = now() - interval '31 days' where account_id = {owns}"
        )
    async with connected(stage.hub.pools.of(Reader.WORKER)) as worker:
        assert await sweeping.sweep(worker, now=system_clock().instant) >= 2
    async with entered(stage.owner, tenant):
        counts = await stage.owner.fetchrow(
            f"select (select count(*) from sign_in_session where account_id = {owns}), "
            f"(select count(*) from sign_in_invitation where account_id = {owns})"
        )
    assert counts is not None
    assert tuple(counts) == (0, 1)
