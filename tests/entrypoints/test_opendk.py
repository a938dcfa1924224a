"""The exchange of OpenSID with OpenDK, against a hub that serves in a process of its own."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from hub.domains.imports import syncing
from hub.domains.imports.model import RowAction
from hub.entrypoints import cli
from hub.integrations.opendk import receiving
from hub.integrations.opendk.receiving import Desk as Taken
from hub.integrations.opendk.receiving import NothingKept
from hub.kernel.clock import system_clock
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import Reader
from hub.store.unit import reading
from hub.tenants import administration as admin
from hub.tenants.administration import On
from hub.tenants.permissions import Role
from hub.wiring import Hub
from tests.client import Client
from tests.integrations.opendk import village as sender
from tests.integrations.opendk.village import OpenSID, people_of
from tests.integrations.opensid.desk import Desk, open_desk
from tests.served import Served, served
from tests.world import make
from tests.world.build import key_for

NOT_TAKEN = "Jenis data ini belum diterima oleh server kecamatan. Data tidak disimpan."
NO_KEY = {
    "status": "danger",
    "message": "Token tidak dikenal. Minta token baru ke kecamatan.",
    "errors": {},
}
NOTHING = "Berkas penduduk tidak sampai utuh ke server kecamatan. Tidak ada yang disimpan; kirim ulang."
FIRST = "3 warga diterima: 3 disimpan, 0 menunggu persetujuan kecamatan, 0 ditolak."
SAME = "Tidak ada perubahan: semua 3 warga sudah sama dengan data kecamatan."
NEXT = "select code from region where parent_code = $1 and level = 'DESA' and code > $2 order by code limit 1"
SYNC = """
    query Q($code: RegionCode!) { village(code: $code) {
      sync { state lastReceivedAt rows applied waiting refused removals problem website } } }
"""


@pytest.fixture(scope="module")
def hub_server(hub: Hub, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The hub as villages reach it."""
    keys = hub.settings.keys_file
    assert keys is not None
    with served(database, keys, tmp_path_factory.mktemp("served")) as there:
        yield there


@pytest.fixture(scope="module")
def kecamatan() -> list[Desk]:
    """The kecamatan of this module, the present one last: there are not enough for every test to have its own."""
    return []


@pytest.fixture
async def desk(hub: Hub, owner: asyncpg.Connection, database: str, tmp_path: Path, kecamatan: list[Desk]) -> Desk:
    """An empty village, and the first of its kecamatan as another."""
    if kecamatan:
        last = kecamatan[-1]
        code = await owner.fetchval(NEXT, last.tenant.code, str(last.code))
        if code is not None:
            village = make.village(last.tenant, code, "Uji")
            async with make.unit(hub, last.tenant) as unit:
                await unit.add(village)
            kecamatan.append(replace(last, owner=owner, folder=tmp_path, village=village.id, code=RegionCode(code)))
            return kecamatan[-1]
    found = await open_desk(hub, owner, tmp_path, dsn=database)
    kecamatan.append(
        replace(
            found,
            village=found.other_village,
            code=found.other_code,
            other_village=found.village,
            other_code=found.code,
        )
    )
    return kecamatan[-1]


@pytest.fixture
async def opensid(desk: Desk, owner: asyncpg.Connection, hub_server: Served) -> OpenSID:
    """The application of its first village."""
    key = await key_for(owner, desk.tenant, Role.VILLAGE_SYNC, on=On(village_id=desk.village))
    return OpenSID(hub_server.port, key)


async def sync_of(desk: Desk, owner: asyncpg.Connection, client: Client) -> dict[str, Any]:
    """What the office sees, without the moment."""
    key = await key_for(owner, desk.tenant, Role.CAMAT)
    data = await client.data(SYNC, {"code": str(desk.code)}, key=key)
    found: dict[str, Any] = data["village"]["sync"]
    found["lastReceivedAt"] = found["lastReceivedAt"] is not None
    return found


# Population


async def test_the_first_file_of_a_village_is_taken_over_whole(
    desk: Desk, opensid: OpenSID, owner: asyncpg.Connection, client: Client
) -> None:
    removed = [{"desa_id": str(desk.code), "id_pend_desa": "10", "foto": None}]

    first = opensid.store(sender.package(people_of(str(desk.code))))
    second = opensid.json("penduduk", {"hapus_penduduk": removed})

    assert first == (200, {"status": "success", "message": FIRST})
    listed = "Daftar hapus berisi 1 warga sudah dicatat; penghapusan hanya berlaku setelah disetujui kecamatan."
    assert second == (200, {"status": "success", "message": f"{FIRST} {listed}"})
    people = await desk.people()
    assert [(each["full_name"], each["sex"], each["base_status"], each["religion"]) for each in people] == [
        ("WARGA CONTOH DUA", "FEMALE", "ALIVE", None),
        ("WARGA CONTOH SATU", "MALE", "ALIVE", None),
        ("WARGA CONTOH TIGA", "MALE", "DEAD", None),
    ]
    assert people[1]["birth_date"] == date(1980, 1, 1)
    assert await sync_of(desk, owner, client) == {
        "state": "DONE",
        "lastReceivedAt": True,
        "rows": 3,
        "applied": 3,
        "waiting": 0,
        "refused": 0,
        "removals": 1,
        "problem": None,
        "website": None,
    }


async def test_the_same_file_again_changes_nothing_and_says_so(desk: Desk, opensid: OpenSID) -> None:
    people = people_of(str(desk.code))
    opensid.push(people)
    before, entries = await desk.people(), await desk.entries()

    answer = opensid.push(people)

    assert answer == (200, {"status": "success", "message": SAME})
    assert await desk.people() == before
    assert await desk.entries() == entries


async def test_what_a_later_file_changes_or_lacks_waits_for_the_office(
    hub: Hub, desk: Desk, opensid: OpenSID, owner: asyncpg.Connection, client: Client
) -> None:
    people = people_of(str(desk.code))
    opensid.push(people)
    before = await desk.people()
    changed = [{**people[0], "pekerjaan": "9"}]  # and the second person is no longer in it
    removed = [{"desa_id": str(desk.code), "id_pend_desa": 12, "foto": ""}]

    status, body = opensid.push(changed, removed)

    assert status == 200
    assert body["message"].startswith("1 warga diterima: 0 disimpan, 2 menunggu persetujuan kecamatan, 0 ditolak.")
    assert await desk.people() == before
    assert (await sync_of(desk, owner, client))["state"] == "WAITING"

    taken = Taken(hub.pools.of(Reader.API), desk.scope, hub.services.keys, system_clock, desk.village, desk.code)
    shown = await receiving.confirm(taken, frozenset(), dry_run=True)
    assert dict(shown.waiting) == {"CHANGED": 1, "MISSING": 1}
    assert await desk.people() == before
    await receiving.confirm(taken, frozenset((RowAction.CHANGED, RowAction.MISSING)))

    after = {each["full_name"]: (each["occupation"], each["base_status"]) for each in await desk.people()}
    assert after["WARGA CONTOH SATU"] == ("FARMER", "ALIVE")
    assert after["WARGA CONTOH DUA"] == (None, "INVALID")
    found = await sync_of(desk, owner, client)
    assert (found["state"], found["applied"], found["waiting"]) == ("DONE", 2, 0)
    with pytest.raises(NothingKept):
        await receiving.confirm(taken, frozenset((RowAction.CHANGED,)))


async def test_the_office_confirms_by_the_command_line(hub: Hub, database: str, desk: Desk, opensid: OpenSID) -> None:
    async def run(*arguments: str) -> tuple[int, str]:
        told = {"HUB_DATABASE_URL": database, "HUB_KEYS_FILE": str(hub.settings.keys_file), "HUB_LANG": "en"}
        order = ["import", "pushed", str(desk.code), *arguments]
        done = await asyncio.to_thread(CliRunner().invoke, cli.app, order, env={**told, "COLUMNS": "300"})
        return done.exit_code, done.output

    people = people_of(str(desk.code))
    opensid.push(people)
    nothing = await run()
    opensid.push([{**people[0], "pekerjaan": "9"}, *people[1:]])

    shown, taken = await run(), await run("--confirm", "changed")

    assert nothing[0] == 2
    assert f"No file that {desk.code} has sent waits for a word." in nothing[1]
    assert shown[0] == 1
    assert "Waiting for confirmation: 1 changed." in shown[1]
    assert taken[0] == 0
    assert "Stored: 1 changed." in taken[1]
    assert [each["occupation"] for each in await desk.people()] == [None, "FARMER", None]


async def test_the_kept_file_holds_no_specific_personal_data_and_nothing_in_the_clear(
    hub: Hub, desk: Desk, opensid: OpenSID
) -> None:
    people = people_of(str(desk.code))
    opensid.push(people)
    opensid.push(people[:1])

    rows = await desk.ask("select sealed from village_sync_file where id = $1", desk.village)
    assert len(rows) == 1
    assert b"WARGA" not in rows[0]["sealed"]
    assert not rows[0]["sealed"].startswith(b"PK")
    async with reading(hub.pools.of(Reader.API), desk.scope, system_clock()) as session:
        kept = await syncing.kept_file(session, hub.services.keys, desk.village)
    assert kept is not None
    path = desk.folder / "kept.xlsx"
    path.write_bytes(kept)
    report = await desk.bring(path, dry_run=True)
    assert report.not_imported == ()


async def test_refused_rows_are_told_masked_and_the_others_are_taken(desk: Desk, opensid: OpenSID) -> None:
    people = people_of(str(desk.code))
    people[1]["nomor_nik"] = "990001420285000"

    status, body = opensid.push(people)

    reason = "Baris 3, nik: NIK berisi 15 digit, seharusnya 16. Cocokkan dengan KTP atau KK."
    text = f"3 warga diterima: 2 disimpan, 0 menunggu persetujuan kecamatan, 1 ditolak. {reason}"
    assert (status, body) == (200, {"status": "warning", "message": text})
    assert len(await desk.people()) == 2


async def test_one_row_of_another_village_refuses_the_whole_file_and_tells_nothing_of_it(
    desk: Desk, opensid: OpenSID, owner: asyncpg.Connection, client: Client
) -> None:
    neighbour = people_of(str(desk.code))
    neighbour[2]["desa_id"] = str(desk.other_code)
    nowhere = people_of(str(desk.code))
    nowhere[2]["desa_id"] = "99.99.99.2999"

    told = [opensid.push(neighbour), opensid.push(nowhere)]

    assert told[0] == told[1]
    assert told[0][1]["status"] == "danger"
    assert "Baris 4" in told[0][1]["message"]
    assert await desk.people() == []
    found = await sync_of(desk, owner, client)
    assert (found["state"], found["problem"]) == ("REFUSED", "PUSH_OTHER_VILLAGE")


async def test_a_list_of_deleted_people_of_another_village_is_refused(desk: Desk, opensid: OpenSID) -> None:
    answers = [
        opensid.json("penduduk", {"hapus_penduduk": [{"desa_id": code, "id_pend_desa": 1, "foto": None}]})
        for code in (str(desk.other_code), "99.99.99.2999")
    ]

    assert answers[0] == answers[1]
    # An object of errors would stop the page that shows it.
    assert answers[0][0] == 200
    assert answers[0][1]["status"] == "danger"


async def test_without_a_whole_file_the_second_call_says_that_nothing_came(desk: Desk, opensid: OpenSID) -> None:
    people = people_of(str(desk.code))
    assert opensid.json("penduduk", {"hapus_penduduk": []}) == (200, {"status": "danger", "message": NOTHING})
    opensid.push(people)

    # The outcome of a file is told once: the next sending must not be answered with it.
    assert opensid.json("penduduk", {"hapus_penduduk": []}) == (200, {"status": "danger", "message": NOTHING})


async def test_a_sending_that_is_cut_leaves_nothing(desk: Desk, opensid: OpenSID, owner: asyncpg.Connection) -> None:
    whole = sender.form(os.urandom(300_000))
    head = (
        f"POST /api/v1/penduduk/storedata HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {opensid.key}\r\n"
        f"Content-Type: multipart/form-data; boundary={sender._BOUNDARY}\r\nContent-Length: {len(whole)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", opensid.port)) as line:
        line.sendall(head.encode() + whole[:150_000])

    assert opensid.json("penduduk", {"hapus_penduduk": []}) == (200, {"status": "danger", "message": NOTHING})
    batches = await desk.ask("select count(*) from import_batch where village_id = $1", desk.village)
    assert (await desk.people(), batches[0][0]) == ([], 0)
    assert opensid.push(people_of(str(desk.code))) == (200, {"status": "success", "message": FIRST})


async def test_expect_100_continue_and_a_doubled_slash_are_understood(desk: Desk, opensid: OpenSID) -> None:
    body = sender.form(sender.package(people_of(str(desk.code))))
    head = (
        f"POST //api/v1/penduduk/storedata HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {opensid.key}\r\n"
        f"Content-Type: multipart/form-data; boundary={sender._BOUNDARY}\r\nContent-Length: {len(body)}\r\n"
        "Expect: 100-continue\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", opensid.port), timeout=60) as line:
        line.sendall(head.encode())
        assert line.recv(100).startswith(b"HTTP/1.1 100 ")
        line.sendall(body)
        assert line.recv(100).startswith(b"HTTP/1.1 200 ")

    slashed = OpenSID(opensid.port, opensid.key, prefix="//api/v1")
    assert slashed.json("penduduk", {"hapus_penduduk": []}) == (200, {"status": "success", "message": FIRST})


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"not a zip", "PUSH_NOT_A_ZIP"),
        (sender.zipped({"data.csv": b"a,b"}), "PUSH_WORKBOOK_MISSING"),
        (sender.zipped({"../../x.xlsx": b"no workbook"}), "FILE_NOT_A_SPREADSHEET"),
        (sender.zipped({"a.xlsx": b"\0" * 60_000_000}), "FILE_TOO_LARGE"),
        (sender.zipped({"a.xlsx": sender.workbook([], ["nama", "nik"])}), "PUSH_COLUMNS_MISSING"),
        (sender.package([])[:-40], "FILE_DAMAGED"),
    ],
    ids=["no zip", "no workbook", "zip slip", "zip bomb", "other columns", "cut zip"],
)
async def test_a_file_that_cannot_be_read_is_refused_as_a_whole(
    content: bytes, problem: str, desk: Desk, opensid: OpenSID, owner: asyncpg.Connection, client: Client
) -> None:
    status, body = opensid.store(content)

    assert (status, body["status"]) == (200, "danger")
    assert opensid.json("penduduk", {"hapus_penduduk": []}) == (200, body)
    found = await sync_of(desk, owner, client)
    assert (found["state"], found["problem"], found["rows"]) == ("REFUSED", problem, 0)
    assert await desk.people() == []


async def test_what_is_no_file_or_too_large_is_told_by_the_second_call(
    desk: Desk, opensid: OpenSID, owner: asyncpg.Connection, client: Client
) -> None:
    opensid.push(people_of(str(desk.code)))
    opensid.send("POST", "penduduk/storedata", b"{}", {"Content-Type": "application/json"})
    malformed = opensid.json("penduduk", {"hapus_penduduk": []})
    large = b"PK" + b"\0" * (65 * 1024 * 1024)
    with contextlib.suppress(OSError):  # the hub does not listen to the end
        opensid.store(large)
    too_large = opensid.json("penduduk", {"hapus_penduduk": []})

    assert malformed[1]["status"] == too_large[1]["status"] == "danger"
    assert "bukan multipart/form-data" in malformed[1]["message"]
    assert "lebih besar dari 64 MB" in too_large[1]["message"]
    found = await sync_of(desk, owner, client)
    assert (found["state"], found["problem"], found["rows"]) == ("REFUSED", "PUSH_TOO_LARGE", 3)


async def test_a_file_without_people_proposes_nobody_for_writing(desk: Desk, opensid: OpenSID) -> None:
    status, body = opensid.push([{}])

    text = "Tidak ada perubahan: semua 0 warga sudah sama dengan data kecamatan."
    assert (status, body) == (200, {"status": "success", "message": text})


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"hapus_penduduk":{}}',
        b'{"hapus_penduduk":[1]}',
        b'{"hapus_penduduk":[{"desa_id":"1","id_pend_desa":true}]}',
    ],
)
async def test_a_list_that_is_none_is_refused_in_a_box(raw: bytes, opensid: OpenSID) -> None:
    status, body = opensid.send("POST", "penduduk", raw, {"Content-Type": "application/json"})

    assert (status, body["status"], sorted(body)) == (200, "danger", ["message", "status"])


# Identity


async def test_the_identity_of_a_village_is_kept(
    desk: Desk, opensid: OpenSID, owner: asyncpg.Connection, client: Client
) -> None:
    answer = opensid.post(
        "identitas-desa", kode_desa=str(desk.code), sebutan_desa="desa", website="https://desa.example/", path="[[]]"
    )

    text = "Identitas desa sudah disimpan. Peta wilayah belum diterima oleh server kecamatan."
    assert answer == (200, {"status": "success", "message": text})
    found = await sync_of(desk, owner, client)
    assert (found["website"], found["state"], found["lastReceivedAt"]) == ("https://desa.example/", None, False)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "kode_desa"),
        ({"kode_desa": "99.99.99.2999", "sebutan_desa": "desa"}, "kode_desa"),
        ({"sebutan_desa": ""}, "sebutan_desa"),
        ({"sebutan_desa": "desa", "website": "javascript:alert(1)"}, "website"),
        ({"sebutan_desa": "desa", "website": 'https://x.example/"><script>'}, "website"),
    ],
)
async def test_an_identity_that_is_none_is_refused_by_field(
    fields: dict[str, str], field: str, desk: Desk, opensid: OpenSID
) -> None:
    own = {"kode_desa": str(desk.code), **fields} if fields else {}

    status, body = opensid.post("identitas-desa", **own)

    assert (status, list(body["errors"]), body["message"]) == (422, [field], body["errors"][field][0])
    assert await desk.number("select count(*) from village_sync where id = $1", desk.village) == 0


# Keys


async def test_a_login_gives_the_key_back_to_any_page(opensid: OpenSID) -> None:
    login = OpenSID(opensid.port, "")
    body = b'{"email":"desa@desa.example","password":"%s"}' % opensid.key.encode()
    page = {"Content-Type": "application/json", "Origin": "https://desa.example"}

    before = login.whole("OPTIONS", "auth/login", headers={"Origin": "https://desa.example"})
    status, headers, answer = login.whole("POST", "auth/login", body, page)

    assert before[0] == 204
    assert before[1]["access-control-allow-origin"] == "*"
    assert "content-type" in before[1]["access-control-allow-headers"].lower()
    assert (status, headers["access-control-allow-origin"]) == (200, "*")
    assert answer == {"access_token": opensid.key, "token_type": "Bearer", "expires_in": 525_600}


async def test_a_login_without_the_key_is_refused(opensid: OpenSID, desk: Desk, owner: asyncpg.Connection) -> None:
    login, camat = OpenSID(opensid.port, ""), await key_for(owner, desk.tenant, Role.CAMAT)

    refused = [login.json("auth/login", {"email": "a@b.example", "password": one}) for one in ("salah", camat)]

    assert refused == [(401, {"message": "Pengguna tidak dikenali"})] * 2
    assert login.json("auth/login", {"email": "a@b.example"})[0] == 422
    assert login.json("auth/login", {"password": "x"})[1]["errors"] == {"email": ["Isian email wajib diisi."]}


@pytest.mark.parametrize("credential", ["none", "wrong", "camat", "revoked", "machine"])
async def test_no_other_credential_sends_anything(
    credential: str, desk: Desk, opensid: OpenSID, owner: asyncpg.Connection
) -> None:
    keys = {"none": "", "wrong": opensid.key[:-1] + "x", "revoked": opensid.key}
    for name, role in (("camat", Role.CAMAT), ("machine", Role.INTEGRATION)):
        keys[name] = await key_for(owner, desk.tenant, role)
    if credential == "revoked":
        found = await admin.key_of(owner, desk.tenant.id, opensid.key)
        assert found is not None
        await admin.revoke_key(owner, desk.tenant.id, found, now=system_clock().instant)
    other = OpenSID(opensid.port, keys[credential])

    assert other.store(sender.package(people_of(str(desk.code)))) == (401, NO_KEY)
    assert other.json("penduduk", {"hapus_penduduk": []}) == (401, NO_KEY)
    assert other.post("identitas-desa", kode_desa=str(desk.code)) == (401, NO_KEY)
    # A report would be noted as sent by any other status.
    assert other.json("laporan-apbdes", {"desa_id": str(desk.code), "laporan_apbdes": []}) == (422, NO_KEY)
    assert await desk.people() == []


async def test_the_key_of_a_village_opens_no_other_door(client: Client, opensid: OpenSID) -> None:
    response = await client.post({"query": "{ villages { nodes { id } } }"}, key=opensid.key)

    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == "KEY_ONLY_PUSHES"


async def test_whom_it_does_not_concern_sees_nothing_of_the_sending(
    desk: Desk, opensid: OpenSID, owner: asyncpg.Connection, client: Client
) -> None:
    opensid.push(people_of(str(desk.code)))
    neighbour = await key_for(owner, desk.tenant, Role.VILLAGE_HEAD, on=On(village_id=desk.other_village))

    seen = await client.data(SYNC, {"code": str(desk.code)}, key=neighbour)
    outside = await client.ask(SYNC, {"code": str(desk.code)}, hub_tenant=desk.tenant.code)

    assert seen["village"]["sync"] is None
    assert outside["data"]["village"]["sync"] is None
    assert outside["extensions"]["withheld"] == ["Village.sync"]


# What is not taken


@pytest.mark.parametrize(
    "path", ["program-bantuan", "program-bantuan/peserta", "pembangunan", "pembangunan/dokumentasi"]
)
async def test_assistance_and_building_are_refused_in_a_red_box(path: str, desk: Desk, opensid: OpenSID) -> None:
    content = sender.assistance([[str(desk.code), 1, "BLT", 1]])

    answer = opensid.upload(path, content, {"desa_id": str(desk.code)})

    assert answer == (200, {"status": "danger", "message": NOT_TAKEN})


@pytest.mark.parametrize("path", ["laporan-apbdes", "laporan-penduduk"])
async def test_reports_are_refused_so_that_they_are_not_noted_as_sent(path: str, opensid: OpenSID) -> None:
    answer = opensid.json(path, {"desa_id": "x", "laporan": [{"file": "JVBERi0xLjQK" * 400_000}]})

    assert answer == (422, {"status": "danger", "message": NOT_TAKEN, "errors": {}})


async def test_messages_and_letters_are_refused_in_their_own_shapes(opensid: OpenSID) -> None:
    assert opensid.post("pesan", pesan="Halo") == (200, {"status": False, "message": NOT_TAKEN})
    assert opensid.post("pesan/getpesan", id="0") == (200, {"status": True, "data": []})
    assert opensid.upload("surat/kirim", b"%PDF-1.4") == (400, NOT_TAKEN)
    assert opensid.send("GET", "surat/download?desa_id=x&nomor=1/2") == (400, NOT_TAKEN)
    letters = {"success": True, "message": "Daftar Surat", "data": []}
    assert opensid.send("GET", "surat?desa_id=x") == (200, letters)


async def test_the_greetings_of_the_contract_are_answered(opensid: OpenSID) -> None:
    assert opensid.send("GET", "test") == (200, "Welcome to api route")
    found = {"status": "success", "message": "Penduduk API route is working"}
    assert opensid.send("POST", "penduduk/test") == (200, found)


async def test_other_paths_and_methods_are_refused_without_redirecting(opensid: OpenSID) -> None:
    nothing = {"status": "danger", "message": NOT_TAKEN, "errors": {}}
    assert opensid.send("POST", "nothing/here") == (404, nothing)
    assert opensid.send("GET", "penduduk") == (405, nothing)
    assert opensid.send("GET", "penduduk/") == (405, nothing)
