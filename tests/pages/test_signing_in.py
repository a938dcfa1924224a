"""Signing in over HTTP, every refusal by hand."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hub.domains.accounts import inviting
from hub.kernel.clock import system_clock
from hub.store.unit import Unit
from hub.tenants.administration import On, entered, operator
from hub.tenants.permissions import STANDINGS, Permission, Role, Target
from tests.pages.conftest import Stage
from tests.pages.visitor import ORIGIN, PASSPHRASE, Visitor, invited

PLACE = ("32.13.20", "Cipeundeuy", ("32.13.20.2001", "32.13.20.2002"))
NOT_RIGHT = "Nama, kata sandi, atau kode tidak benar."
CODE_WRONG = "Kode ini tidak benar, atau sudah dipakai."
SIGN_IN = {"kecamatan": "32.13.20", "nama": "", "sandi": PASSPHRASE}


async def execute(stage: Stage, statement: str, *values: Any) -> None:
    """What time or an official does, by the owner's hand."""
    async with entered(stage.owner, stage.place.tenant.id):
        await stage.owner.execute(statement, *values)


async def kinds(stage: Stage) -> list[str]:
    """What the journal says of accounts, in order."""
    query = "select kind from journal_entry where tenant_id = $1 and type_name = 'Account' order by id"
    async with entered(stage.owner, stage.place.tenant.id):
        return [row["kind"] for row in await stage.owner.fetch(query, stage.place.tenant.id)]


async def test_an_invited_person_sets_up_both_proofs_and_is_in(stage: Stage) -> None:
    before = len(await kinds(stage))
    visitor = await stage.member("siti.aminah")
    await visitor.see("/sesi")
    assert "Warga siti.aminah" in visitor.text
    assert "Petugas loket" in visitor.text
    assert "Chrome, Android" in visitor.text
    assert (await kinds(stage))[before:] == ["PERSON_INVITED", "SIGN_IN_SET_UP", "SIGNED_IN"]


async def test_passphrase_and_code_open_a_session_with_a_token_of_its_own(stage: Stage) -> None:
    member = await stage.member("dewi")
    visitor = stage.visitor()
    visitor.secret = member.secret
    await visitor.see("/masuk")
    first = visitor.cookie
    await visitor.send("/masuk", **{**SIGN_IN, "nama": " Dewi "})
    assert visitor.here.url.path == "/masuk/kode"
    second = visitor.cookie
    await visitor.send("/masuk/kode", kode=visitor.code())
    assert visitor.here.url.path == "/meja"
    assert len({first, second, visitor.cookie, member.cookie}) == 4
    for old in (first, second):  # fixation: what was known before opens nothing
        assert await opens(stage, old) is False
    assert await opens(stage, visitor.cookie) is True


FIRST = {
    "KEC_COUNTER": "/meja",
    "KEC_SECRETARY": "/meja",
    "VILLAGE_OFFICER": "/meja",
    "PARTNER_ORG": "/suara",
    "AGENCY_ANALYST": "/laporan",
    "DISTRICT_HEAD": "/laporan",
    "COMPANION": "/sesi",
}


@pytest.mark.parametrize(("role", "path"), FIRST.items(), ids=FIRST)
async def test_somebody_lands_where_they_work(stage: Stage, role: str, path: str) -> None:
    visitor = stage.visitor()
    await visitor.join(await outsider(stage, Role[role]))
    assert (visitor.here.url.path, visitor.here.status_code) == (path, 200)


async def test_somebody_who_asked_for_a_page_lands_there(stage: Stage) -> None:
    visitor = await stage.member("minta")
    await visitor.http.post("/keluar")
    visitor.http.cookies.clear()
    await visitor.see("/masuk?lanjut=/sesi")
    await visitor.send("/masuk", **{**SIGN_IN, "nama": "minta", "lanjut": "/sesi"})
    await visitor.send("/masuk/kode", kode=visitor.code(), lanjut="/sesi")
    assert visitor.here.url.path == "/sesi"


async def outsider(stage: Stage, role: Role) -> str:
    """The address of an invitation as the operator makes it, who may give every role."""
    tenant, given = stage.place.tenant, STANDINGS[role].targets
    on = On(village_id=stage.place.villages[0].id) if Target.VILLAGE in given else On()
    if Target.ORGANIZATION in given:
        on = On(organization_id=stage.place.partners[0].id)
    if Target.REGION in given:
        on = On(region_code="63.01")
    scope = operator(tenant, lang="id", command="invite", also=(Permission.MANAGE_GRANTS,), purpose="SK 1")
    name = f"uji.{role.value.lower()}"
    async with entered(stage.owner, tenant.id):
        unit = Unit(stage.owner, scope, system_clock())
        made = await inviting.invite(unit, name=name, sign_in_name=name, role=role, reason="SK 1/2026", on=on)
    return f"/undangan/{made.token}"


async def opens(stage: Stage, token: str) -> bool:
    """Whether a cookie shows the page of sessions."""
    other = stage.visitor()
    other.http.cookies.set("__Host-hub", token, domain="hub.test")
    return (await other.http.get("/sesi")).status_code == 200


async def test_wrong_names_and_wrong_passphrases_are_answered_alike(stage: Stage) -> None:
    await stage.member("rahmat")
    await invited(stage.app, stage.place, "belum.datang")
    visitor, answers = stage.visitor(), []
    wrong = (
        {"nama": "rahmat", "sandi": "bukan kata sandi saya"},
        {"nama": "tidak.ada", "sandi": PASSPHRASE},
        {"nama": "belum.datang", "sandi": PASSPHRASE},
        {"nama": "' or 1=1", "sandi": PASSPHRASE},
        {"nama": "rahmat", "sandi": PASSPHRASE, "kecamatan": "99.99.99"},
        {"nama": "rahmat", "sandi": "x" * 5000},
    )
    for given in wrong:
        await visitor.see("/masuk")
        await visitor.send("/masuk", **{**SIGN_IN, **given})
        answers.append((visitor.here.status_code, NOT_RIGHT in visitor.text, visitor.here.url.path))
    assert answers == [(401, True, "/masuk")] * len(wrong)


async def test_a_code_is_taken_once(stage: Stage) -> None:
    member = await stage.member("agus")
    used = member.code()
    first, second = stage.visitor(), stage.visitor()
    for visitor, seen in ((first, "/meja"), (second, "/masuk/kode")):
        await visitor.see("/masuk")
        await visitor.send("/masuk", **{**SIGN_IN, "nama": "agus"})
        await visitor.send("/masuk/kode", kode=used)
        assert visitor.here.url.path == seen
    assert second.here.status_code == 401
    assert CODE_WRONG in second.text
    await second.send("/masuk/kode", kode=member.code(1))
    assert second.here.url.path == "/meja"


async def test_two_browsers_with_one_code_at_the_same_moment_get_one_session(stage: Stage) -> None:
    member = await stage.member("budi.dua")
    visitors = [stage.visitor(), stage.visitor()]
    for visitor in visitors:
        await visitor.see("/masuk")
        await visitor.send("/masuk", **{**SIGN_IN, "nama": "budi.dua"})
    code = member.code()
    await asyncio.gather(*(visitor.send("/masuk/kode", kode=code) for visitor in visitors))
    assert sorted(visitor.here.status_code for visitor in visitors) == [200, 401]


@pytest.mark.parametrize("code", ["000000", "", "12345", "abcdef", "１２３４５６", "0" * 40])
async def test_other_codes_are_refused(stage: Stage, code: str) -> None:
    visitor = await half_way(stage, "kartini")
    await visitor.send("/masuk/kode", kode=code)
    assert (visitor.here.status_code, CODE_WRONG in visitor.text) == (401, True)


async def half_way(stage: Stage, name: str) -> Visitor:
    """A browser whose passphrase was right. The member is made when first asked for."""
    async with entered(stage.owner, stage.place.tenant.id):
        there = await stage.owner.fetchval("select id from sign_in_account where name = $1", name)
    if there is None:
        await stage.member(name)
    visitor = stage.visitor()
    await visitor.see("/masuk")
    await visitor.send("/masuk", **{**SIGN_IN, "nama": name})
    return visitor


async def test_half_way_shows_no_page_and_runs_out_after_five_minutes(stage: Stage) -> None:
    visitor = await half_way(stage, "kartini")
    assert (await visitor.http.get("/sesi")).headers["location"] == "/masuk?lanjut=/sesi"
    await execute(stage, "update sign_in_session set expires_at = now() where stage = 'CODE'")
    stage.hub.sessions.clear()
    await visitor.see("/masuk/kode")
    assert visitor.here.url.path == "/masuk"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("expires_at = now()", "tujuh.hari"),
        ("seen_at = now() - interval '12 hours'", "dua.belas"),
        ("ended_at = now()", "diakhiri"),
    ],
)
async def test_a_session_ends(stage: Stage, change: str, name: str) -> None:
    visitor = await stage.member(name)
    query = f"update sign_in_session s set {change} from sign_in_account a where a.id = s.account_id and a.name = $1"
    await execute(stage, query, name)
    stage.hub.sessions.clear()
    await visitor.see("/sesi")
    assert visitor.here.url.path == "/masuk"


async def test_what_was_looked_up_is_kept_for_ten_seconds_at_most(stage: Stage) -> None:
    sessions = stage.hub.sessions
    visitor = await stage.member("sepuluh.detik")
    await visitor.see("/sesi")
    await execute(stage, "update sign_in_session set ended_at = now() where ended_at is null")
    ahead = 0.0
    clock = sessions._recent._monotonic
    sessions._recent._monotonic = lambda: clock() + ahead
    try:
        assert (await visitor.http.get("/sesi")).status_code == 200  # another process would not know yet
        ahead = 10.0
        assert (await visitor.http.get("/sesi")).status_code == 303
    finally:
        sessions._recent._monotonic = clock


async def test_a_grant_that_is_over_opens_nothing(stage: Stage) -> None:
    visitor = await stage.member("purna.tugas")
    query = (
        "update access_grant g set revoked_at = now() from sign_in_account a "
        "where a.principal_id = g.principal_id and a.name = 'purna.tugas'"
    )
    await execute(stage, query)
    stage.hub.sessions.clear()
    await visitor.see("/sesi")
    assert visitor.here.url.path == "/masuk/peran"
    assert visitor.here.status_code == 403
    assert "Saat ini Anda tidak punya peran di sini." in visitor.text


async def test_of_several_grants_one_is_chosen_and_the_token_changes(stage: Stage) -> None:
    visitor = await stage.member("rangkap")
    query = (
        "insert into access_grant "
        "(tenant_id, id, version, created_at, updated_at, principal_id, role, starts_on, reason)"
        " select tenant_id, gen_random_uuid(), 1, now(), now(), principal_id, 'KEC_SECTION_HEAD', '2020-01-01', 'SK 7' "
        "from sign_in_account where name = 'rangkap' returning id::text"
    )
    async with entered(stage.owner, stage.place.tenant.id):
        second = await stage.owner.fetchval(query)
    other = stage.visitor()
    other.secret = visitor.secret
    await other.sign_in(stage.place, "rangkap")
    assert other.here.url.path == "/masuk/peran"
    assert "SK 7" in other.text
    assert (await other.http.get("/sesi")).headers["location"] == "/masuk/peran"
    before = other.cookie
    await other.send("/masuk/peran", peran="00000000-0000-0000-0000-000000000000")
    assert other.here.status_code == 403
    await other.see("/masuk/peran")
    await other.send("/masuk/peran", peran=second)
    assert other.here.url.path == "/meja"
    assert "Kepala seksi" in other.text
    assert await opens(stage, before) is False


# Forms


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
        {"origin": ORIGIN, "sec-fetch-site": "same-site"},
    ],
)
async def test_a_form_from_another_site_is_refused(stage: Stage, headers: dict[str, str]) -> None:
    visitor = await half_way(stage, "kartini")
    given = {"csrf": visitor.text.partition('name="csrf" value="')[2].partition('"')[0], "kode": "123456"}
    answer = await visitor.post("/masuk/kode", given, **headers)
    assert (answer.status_code, "FORM_FORGED" in answer.text) == (403, True)


async def test_a_form_without_origin_or_with_another_browsers_value_is_refused(stage: Stage) -> None:
    mine, other = await stage.member("korban"), stage.visitor()
    await other.see("/masuk")
    theirs = other.text.partition('name="csrf" value="')[2].partition('"')[0]
    for given in ({"x": ""}, {"csrf": ""}, {"csrf": theirs}, {"csrf": "é"}):
        answer = await mine.post("/keluar", given)
        assert (answer.status_code, "FORM_FORGED" in answer.text) == (403, True)
    bare = await mine.http.post(
        "/keluar", data={"csrf": mine.text.partition('name="csrf" value="')[2].partition('"')[0]}
    )
    assert bare.status_code == 403
    assert (await mine.http.get("/sesi")).status_code == 200


async def test_a_browser_that_keeps_no_cookie_is_told_so(stage: Stage) -> None:
    visitor = stage.visitor()
    await visitor.see("/masuk")
    visitor.http.cookies.clear()
    await visitor.send("/masuk", **{**SIGN_IN, "nama": "dewi"})
    assert visitor.here.status_code == 403
    assert "peramban harus menyimpan kuki" in visitor.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"x=" + b"a" * 17_000, "application/x-www-form-urlencoded"),
        (b"csrf=a&csrf=b", "application/x-www-form-urlencoded"),
        (b"csrf=%00", "application/x-www-form-urlencoded"),
        (b"\xff=1", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % number for number in range(40)), "application/x-www-form-urlencoded"),
        (b'{"csrf": "x"}', "application/json"),
        (b"csrf=x", "text/plain"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
    ],
)
async def test_other_bodies_are_refused(stage: Stage, body: bytes, kind: str) -> None:
    visitor = stage.visitor()
    await visitor.see("/masuk")
    answer = await visitor.http.post("/masuk", content=body, headers={"origin": ORIGIN, "content-type": kind})
    assert (answer.status_code, "FORM_MALFORMED" in answer.text) == (400, True)


# What pages say of themselves


async def test_a_page_may_be_kept_by_nobody_and_runs_nothing(stage: Stage) -> None:
    answer = await stage.visitor().http.get("/masuk")
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-hub=0.")
    assert cookie.partition("; ")[2] == "HttpOnly; Path=/; SameSite=lax; Secure"


async def test_what_was_typed_is_escaped(stage: Stage) -> None:
    visitor = stage.visitor()
    await visitor.see("/masuk?kecamatan=" + "%22%3E%3Cb%3E")
    assert '"><b>' not in visitor.here.text
    assert "&#34;&gt;&lt;b&gt;" in visitor.here.text


async def test_pages_weigh_little(stage: Stage) -> None:
    visitor = await stage.member("ringan")
    style = await visitor.http.get("/halaman/gaya.css")
    weights = [len((await visitor.see(path)).content) + len(style.content) for path in ("/masuk", "/sesi")]
    fresh = stage.visitor()
    url = await invited(stage.app, stage.place, "ringan.dua")
    weights.append(len((await fresh.see(url)).content) + len(style.content))
    weights.append(len((await fresh.send(url, sandi=PASSPHRASE, sandi_lagi=PASSPHRASE)).content) + len(style.content))
    assert fresh.here.url.path == "/masuk/pasang"
    assert max(weights) < 40_000


async def test_english_where_it_is_preferred(stage: Stage) -> None:
    visitor = stage.visitor(lang="en")
    await visitor.see("/masuk")
    assert '<html lang="en">' in visitor.text
    assert "Passphrase" in visitor.text
    assert visitor.here.headers["content-language"] == "en"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/graphql", "/laporan/../graphql?x=1", "\\evil"]
)
async def test_nobody_is_led_elsewhere(stage: Stage, wanted: str) -> None:
    visitor = stage.visitor()
    await visitor.see(f"/masuk?{httpx.QueryParams(lanjut=wanted)}")
    assert visitor.here.status_code == 200
    assert 'name="lanjut"' not in visitor.text


async def test_the_wanted_page_comes_after_signing_in(stage: Stage) -> None:
    member = await stage.member("lanjut")
    visitor = stage.visitor()
    await visitor.see("/masuk?lanjut=/meja/tugas")
    await visitor.send("/masuk", **{**SIGN_IN, "nama": "lanjut", "lanjut": "/meja/tugas"})
    assert str(visitor.here.url) == f"{ORIGIN}/masuk/kode?lanjut=/meja/tugas"
    await visitor.send("/masuk/kode", kode=member.code(), lanjut="/meja/tugas")
    assert visitor.here.url.path == "/meja/tugas"


# The graph


async def test_the_graph_looks_at_no_cookie(stage: Stage) -> None:
    visitor = await stage.member("kuki")
    asked = {"query": "{ viewer { role } }"}
    with_cookie = await visitor.http.post("/graphql", json=asked)
    assert with_cookie.json()["data"] == {"viewer": {"role": "ANONYMOUS"}}
    assert "cookie" not in with_cookie.headers["vary"].lower()
    sent = await visitor.http.post("/graphql", json=asked, headers={"authorization": f"Bearer {visitor.cookie}"})
    assert (sent.status_code, sent.json()["errors"][0]["extensions"]["code"]) == (401, "CREDENTIAL_UNKNOWN")


async def test_suspended_kecamatan_lets_nobody_in(stage: Stage) -> None:
    visitor = await stage.member("ditutup")
    await stage.owner.execute("update tenant set status = 'SUSPENDED' where id = $1", stage.place.tenant.id)
    stage.hub.sessions.clear()
    stage.hub.gate.recent.clear()
    try:
        assert (await visitor.http.get("/sesi")).status_code == 303
        other = stage.visitor()
        await other.see("/masuk")
        await other.send("/masuk", **{**SIGN_IN, "nama": "ditutup"})
        assert other.here.status_code == 401
    finally:
        await stage.owner.execute("update tenant set status = 'ACTIVE' where id = $1", stage.place.tenant.id)
        stage.hub.gate.recent.clear()
        stage.hub.sessions.clear()


# Sessions


async def test_sessions_are_listed_and_ended(stage: Stage) -> None:
    first = await stage.member("dua.tempat")
    second = stage.visitor()
    second.secret = first.secret
    await second.sign_in(stage.place, "dua.tempat")
    await second.see("/sesi")
    assert second.text.count("Chrome, Android</strong>") == 2
    await second.send("/sesi", akhiri="lain")
    assert second.text.count("Chrome, Android</strong>") == 1
    assert (await first.http.get("/sesi")).status_code == 303


async def test_nobody_ends_the_session_of_somebody_else(stage: Stage) -> None:
    mine, other = await stage.member("saya"), await stage.member("dia")
    async with entered(stage.owner, stage.place.tenant.id):
        key = await stage.owner.fetchval(
            "select s.id from sign_in_session s join sign_in_account a on a.id = s.account_id "
            "where a.name = 'dia' and s.stage = 'OPEN' and s.ended_at is null"
        )
    await mine.send("/sesi", akhiri=str(key))
    stage.hub.sessions.clear()
    assert (await other.http.get("/sesi")).status_code == 200
    await mine.send("/sesi", akhiri="bukan-id")
    assert mine.here.status_code == 400


async def test_signing_out_ends_the_session_and_takes_the_cookie_away(stage: Stage) -> None:
    visitor = await stage.member("pulang")
    token = visitor.cookie
    await visitor.send("/keluar")
    assert visitor.here.url.path == "/masuk"
    assert visitor.cookie != token
    assert await opens(stage, token) is False
    assert (await kinds(stage))[-1] == "SESSIONS_ENDED"


async def test_who_manages_grants_signs_others_out_through_the_graph(stage: Stage) -> None:
    boss = await stage.member("bu.camat", role="KEC_SECRETARY")
    other = await stage.member("jauh")
    await boss.see("/sesi")
    await boss.send("/sesi/pengguna", nama="jauh")
    assert "jauh dikeluarkan dari semua sesi" in boss.text
    assert (await other.http.get("/sesi")).status_code == 303
    await boss.send("/sesi/pengguna", nama="tidak.ada")
    assert "Tidak ada yang masuk dengan nama ini di sini." in boss.text
    clerk = await stage.member("petugas")
    assert "/sesi/pengguna" not in clerk.text
    await clerk.send("/sesi/pengguna", nama="bu.camat")
    assert clerk.here.status_code == 400
    stage.hub.sessions.clear()
    assert (await boss.http.get("/sesi")).status_code == 200


# Time between


async def test_the_time_of_last_use_is_noted_to_five_minutes(stage: Stage) -> None:
    visitor = await stage.member("jam")
    query = (
        "select seen_at from sign_in_session s join sign_in_account a on a.id = s.account_id "
        "where a.name = 'jam' and s.stage = 'OPEN'"
    )
    async with entered(stage.owner, stage.place.tenant.id):
        before = await stage.owner.fetchval(query)
    await visitor.see("/sesi")
    async with entered(stage.owner, stage.place.tenant.id):
        assert await stage.owner.fetchval(query) == before
    old = before - timedelta(minutes=6)
    await execute(stage, "update sign_in_session set seen_at = $1 where seen_at = $2", old, before)
    stage.hub.sessions.clear()
    await visitor.see("/sesi")
    async with entered(stage.owner, stage.place.tenant.id):
        assert await stage.owner.fetchval(query) > before
