"""Keys that sheets fetch reports with, made by officials: by the graph, on the page, in the database."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from hub.domains.accounts.report_keys import MOST
from hub.domains.reports import counting
from hub.domains.reports.catalogue import REPORTS
from hub.kernel.scope import Reader
from hub.store.unit import connected
from hub.tenants import api_keys
from hub.tenants.acting import acting
from hub.tenants.administration import entered
from hub.tenants.model import KeyKind
from hub.tenants.permissions import Role
from tests.client import Client
from tests.pages.conftest import Stage
from tests.pages.test_inviting import APPROVE, ASK, act
from tests.world.build import key_for
from tests.world.make import unit as office

PLACE = ("32.04.07", "Cilengkrang", ("32.04.07.2001", "32.04.07.2002"))
FILE = "/reports/R-01.csv"
SHOWN = re.compile(r'<code class="secret">(hub_rep_\w+)</code>')
MAKE = (
    "mutation ($input: CreateReportKeyInput!) "
    "{ answer: createReportKey(input: $input) { id key expiresAt replayed userErrors { code path } } }"
)
END = "mutation ($input: EndReportKeyInput!) { answer: endReportKey(input: $input) { userErrors { code path } } }"
LIST = "{ reportKeys { id label holder mine active endedAt } }"


async def made(stage: Stage, by: str, label: str = "Lembar", **more: Any) -> dict[str, Any]:
    """The payload of making one."""
    given = {"label": label, "idempotencyKey": str(uuid4()), **more}
    return await act(stage, MAKE, key=by, **given)


async def ended(stage: Stage, by: str, key: str) -> list[dict[str, Any]]:
    """What is refused of ending one."""
    given = {"key": key, "idempotencyKey": str(uuid4())}
    answer = await Client(stage.visitor().http).data(END, {"input": given}, key=by)
    found: list[dict[str, Any]] = answer["answer"]["userErrors"]
    return found


async def listed(stage: Stage, by: str) -> list[dict[str, Any]]:
    """The keys that somebody is told of."""
    found: list[dict[str, Any]] = (await Client(stage.visitor().http).data(LIST, key=by))["reportKeys"]
    return found


async def somebody(stage: Stage, role: Role = Role.KEC_SECTION_HEAD) -> str:
    """A key of a fresh official, who has no other."""
    return await key_for(stage.owner, stage.place.tenant, role)


async def fetched(stage: Stage, key: str) -> tuple[int, str | None]:
    """What a sheet gets for it: the status, and the code of a refusal."""
    answer = await stage.visitor().http.get(FILE, headers={"authorization": f"Bearer {key}"})
    return answer.status_code, None if answer.status_code == 200 else answer.json()["code"]


@pytest.fixture(scope="module", autouse=True)
async def counted(stage: Stage) -> None:
    """There is a report to fetch."""
    async with (
        connected(stage.hub.pools.of(Reader.WORKER)) as connection,
        acting(connection, stage.place.tenant, stage.hub.engine.clock()) as unit,
    ):
        await counting.recount(unit, REPORTS["R-01"])


async def test_an_official_makes_a_key_that_fetches_reports_and_nothing_else(stage: Stage) -> None:
    by = await somebody(stage)
    found = await made(stage, by, "Excel seksi")

    assert (found["userErrors"], found["replayed"]) == ([], False)
    assert found["key"].startswith("hub_rep_")
    year = datetime.fromisoformat(found["expiresAt"]) - datetime.now(UTC)
    assert timedelta(days=365) < year <= timedelta(days=366)
    assert await fetched(stage, found["key"]) == (200, None)
    refused = await Client(stage.visitor().http).post({"query": LIST}, key=found["key"])
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (403, "KEY_ONLY_REPORTS")
    assert await listed(stage, by) == [
        {"id": found["id"], "label": "Excel seksi", "holder": "KEC_SECTION_HEAD", "mine": True, "active": True}
        | {"endedAt": None}
    ]


async def test_a_form_that_is_sent_twice_makes_one_key_and_tells_it_once(stage: Stage) -> None:
    by = await somebody(stage)
    first = await made(stage, by, idempotencyKey="sekali")
    again = await made(stage, by, idempotencyKey="sekali")

    assert first["key"] is not None
    assert (again["key"], again["expiresAt"], again["replayed"], again["userErrors"]) == (None, None, True, [])
    assert len(await listed(stage, by)) == 1


async def test_its_last_day_is_whole_in_the_kecamatans_own_time(stage: Stage) -> None:
    day = stage.hub.engine.clock().today(stage.place.tenant.zone) + timedelta(days=30)
    found = await made(stage, await somebody(stage), endsOn=str(day))

    assert datetime.fromisoformat(found["expiresAt"]).astimezone(UTC) == datetime(
        day.year, day.month, day.day, 16, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"label": " "}, ("TEXT_MISSING", ["label"])),
        ({"label": "x" * 81}, ("TEXT_TOO_LONG", ["label"])),
        ({"endsOn": "2020-01-01"}, ("REPORT_KEY_DAY_UNFIT", ["endsOn"])),
        ({"endsOn": "2999-01-01"}, ("REPORT_KEY_DAY_UNFIT", ["endsOn"])),
    ],
)
async def test_what_does_not_fit_is_refused(
    stage: Stage, given: dict[str, str], refusal: tuple[str, list[str]]
) -> None:
    by = await somebody(stage)
    found = await made(stage, by, **given)

    assert [(each["code"], each["path"]) for each in found["userErrors"]] == [refusal]
    assert found["key"] is None
    assert await listed(stage, by) == []


@pytest.mark.parametrize("role", ["INTEGRATION", "PARTNER_ORG", "FRONT_END"])
async def test_machines_and_who_reads_no_reports_make_none(stage: Stage, role: str) -> None:
    found = await made(stage, stage.place.keys[role])
    assert [each["code"] for each in found["userErrors"]] == ["FORBIDDEN"]


async def test_one_person_has_so_many_and_no_more(stage: Stage) -> None:
    by = await somebody(stage)
    found = [await made(stage, by) for _ in range(MOST + 1)]

    assert [each["code"] for each in found[-1]["userErrors"]] == ["REPORT_KEYS_TOO_MANY"]
    assert await ended(stage, by, found[0]["id"]) == []
    assert (await made(stage, by))["userErrors"] == []


async def test_many_at_once_are_counted_one_after_the_other(stage: Stage) -> None:
    by = await somebody(stage)
    found = await asyncio.gather(*(made(stage, by) for _ in range(MOST + 4)))

    assert [each["key"] is None for each in found].count(True) == 4
    assert len(await listed(stage, by)) == MOST


async def test_its_maker_or_the_secretary_ends_it_and_nobody_else_is_told_of_it(stage: Stage) -> None:
    by, other, secretary = await somebody(stage), await somebody(stage), stage.place.keys["KEC_SECRETARY"]
    first, second = await made(stage, by, "Satu"), await made(stage, by, "Dua")

    refused = await ended(stage, other, first["id"])
    assert [(each["code"], each["path"]) for each in refused] == [("REPORT_KEY_UNKNOWN", ["key"])]
    assert [each["code"] for each in await ended(stage, by, "bukan-id")] == ["REPORT_KEY_UNKNOWN"]
    assert await listed(stage, other) == []
    seen = {each["id"]: each["mine"] for each in await listed(stage, secretary)}
    assert (seen[first["id"]], seen[second["id"]]) == (False, False)
    assert await ended(stage, by, first["id"]) == []
    assert await ended(stage, by, first["id"]) == []  # it has ended already: nothing more happens
    assert await ended(stage, secretary, second["id"]) == []
    assert [await fetched(stage, each["key"]) for each in (first, second)] == [(401, "KEY_REVOKED")] * 2
    assert [(each["label"], each["active"]) for each in await listed(stage, by)] == [("Dua", False), ("Satu", False)]


async def test_a_key_of_another_kind_is_neither_shown_nor_ended(stage: Stage) -> None:
    secretary, tenant = stage.place.keys["KEC_SECRETARY"], stage.place.tenant.id
    async with entered(stage.owner, tenant):
        other = await stage.owner.fetchval(
            "select id from api_key where tenant_id = $1 and kind = 'SECRET' limit 1", tenant
        )

    assert str(other) not in {each["id"] for each in await listed(stage, secretary)}
    assert [each["code"] for each in await ended(stage, secretary, str(other))] == ["REPORT_KEY_UNKNOWN"]


async def test_the_journal_tells_who_made_and_ended_it_and_never_the_key(stage: Stage) -> None:
    by = await somebody(stage)
    found = await made(stage, by, "Rahasia dapur")
    await ended(stage, by, found["id"])

    async with entered(stage.owner, stage.place.tenant.id):
        entries = await stage.owner.fetch(
            "select kind, role, payload::text as payload, j::text as whole from journal_entry j "
            "where object_id::text = $1 order by id",
            found["id"],
        )
        kept = await stage.owner.fetch("select k::text as whole from api_key k where id::text = $1", found["id"])
    assert [(each["kind"], each["role"]) for each in entries] == [
        ("REPORT_KEY_MADE", "KEC_SECTION_HEAD"),
        ("REPORT_KEY_ENDED", "KEC_SECTION_HEAD"),
    ]
    assert all("Rahasia dapur" not in each["whole"] and found["key"] not in each["whole"] for each in entries)
    assert found["key"] not in kept[0]["whole"]


async def test_a_reset_of_the_sign_in_ends_the_keys_of_that_person(stage: Stage) -> None:
    member = await stage.member("lupa.kunci", role="KEC_SECTION_HEAD")
    await member.see("/laporan/kunci")
    await member.send("/laporan/kunci", kunci=str(uuid4()), guna="Lama")
    shown = SHOWN.search(member.text)
    assert shown is not None
    given = {"signInName": "lupa.kunci", "reason": "datang sendiri dengan KTP", "idempotencyKey": "lupa-kunci"}
    assert (await act(stage, ASK, "KEC_SECRETARY", **given))["userErrors"] == []
    assert (await act(stage, APPROVE, "CAMAT", signInName="lupa.kunci"))["userErrors"] == []

    assert await fetched(stage, shown[1]) == (401, "KEY_REVOKED")


async def test_an_office_can_write_no_key_of_another_kind_and_read_none(stage: Stage) -> None:
    tenant = stage.place.tenant
    digest = api_keys.mint(KeyKind.SECRET, tenant.id)[1]
    copied = (
        "insert into api_key (tenant_id, id, version, created_at, updated_at, grant_id, kind, label, sha256, origins, "
        "documents) select tenant_id, gen_random_uuid(), 1, now(), now(), grant_id, 'SECRET', 'x', $1, '{}', 'OFF' "
        "from api_key limit 1"
    )
    for query, *given in (
        (copied, digest),
        ("update api_key set kind = 'SECRET'",),
        ("update api_key set expires_at = null",),
        ("select sha256 from api_key",),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with office(stage.hub, tenant) as unit:
                await unit.connection.fetch(query, *given)
    async with office(stage.hub, tenant) as unit:
        await unit.connection.fetch("update api_key set revoked_at = now()")
    async with entered(stage.owner, tenant.id):
        ended_kinds = await stage.owner.fetch("select distinct kind from api_key where revoked_at is not null")
    assert [each["kind"] for each in ended_kinds] == ["REPORT"]


# The page


@pytest.mark.parametrize(
    ("lang", "title", "none", "over"),
    [("id", "Kunci untuk Excel", "Belum ada.", "Diakhiri"), ("en", "Keys for Excel", "There is none yet.", "Ended")],
)
async def test_the_page_makes_shows_once_lists_and_ends(
    stage: Stage, lang: str, title: str, none: str, over: str
) -> None:
    visitor = await stage.member(f"pembuat.{lang}", role="KEC_SECTION_HEAD")
    visitor.http.headers["accept-language"] = lang
    await visitor.see("/laporan")
    assert f'<a href="/laporan/kunci">{title}</a>' in visitor.text
    await visitor.see("/laporan/kunci")
    assert (visitor.here.status_code, none in visitor.text) == (200, True)
    form = {"kunci": str(uuid4()), "guna": "Lembar bulanan"}
    await visitor.send("/laporan/kunci", **form)
    shown = SHOWN.search(visitor.text)
    assert shown is not None
    assert await fetched(stage, shown[1]) == (200, None)
    await visitor.send("/laporan/kunci", **form)
    assert SHOWN.search(visitor.text) is None
    assert visitor.text.count("<h3>Lembar bulanan</h3>") == 1
    key = re.search(r'name="akhiri" value="([^"]+)"', visitor.text)
    assert key is not None
    await visitor.send("/laporan/kunci/akhiri", kunci=str(uuid4()), akhiri=key[1])
    assert (visitor.here.url.path, over in visitor.text) == ("/laporan/kunci", True)
    assert 'name="akhiri"' not in visitor.text


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(stage: Stage) -> None:
    visitor = await stage.member("salah.isi", role="VILLAGE_OFFICER", village=stage.place.id("Village"))
    await visitor.see("/laporan/kunci")
    await visitor.send("/laporan/kunci", kunci=str(uuid4()), guna="Lembar desa", sampai="2020-01-01")
    assert visitor.here.status_code == 422
    assert "Kunci laporan berlaku sejak hari ini, paling lama setahun." in visitor.text
    assert 'value="Lembar desa"' in visitor.text
    await visitor.send("/laporan/kunci/akhiri", kunci=str(uuid4()), akhiri=str(uuid4()))
    assert (visitor.here.status_code, "Tidak ada kunci Anda yang demikian." in visitor.text) == (422, True)


async def test_who_reads_no_reports_inside_has_no_such_page(stage: Stage) -> None:
    visitor = await stage.member("mitra.tanpa", role="PARTNER_ORG", organization=stage.place.id("PartnerOrganization"))
    assert (await visitor.see("/laporan/kunci")).status_code == 403
