"""Uploads by tus 1.0, and links that open a file once: requests written by hand, against the hub in the process."""

import base64
import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from PIL import Image

from hub.domains.files import uploading
from hub.domains.files.uploading import Room
from hub.entrypoints import uploads
from hub.kernel.ids import decode
from hub.tenants.administration import entered
from hub.wiring import Hub
from tests.client import Client, client_of
from tests.world.build import Place, place

PDF = b"%PDF-1.7\n" + b"isi " * 50_000 + b"\n%%EOF\n"
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}
LINK = (
    "mutation ($input: FileLinkInput!) { answer: fileLink(input: $input) { url expiresAt userErrors { code path } } }"
)
END = (
    "mutation ($input: EndFileInput!) "
    "{ answer: endFile(input: $input) { storedFile { endedAt version } userErrors { code path } } }"
)
FILE = "query ($id: ID!) { storedFile(id: $id) { name kind state size refusal version village { code } } }"


@dataclass
class Desk:
    """A kecamatan of these tests' own, and a client of tus."""

    hub: Hub
    http: httpx.AsyncClient
    place: Place
    owner: asyncpg.Connection

    async def send(
        self, method: str, path: str, *, role: str = "CAMAT", body: bytes = b"", **headers: str
    ) -> httpx.Response:
        """A request of a role."""
        sent = {**TUS, **{name.replace("_", "-"): value for name, value in headers.items()}}
        sent["Authorization"] = f"Bearer {self.place.keys[role]}"
        return await self.http.request(method, path, content=body, headers=sent)

    async def begin(
        self, name: str, length: int, *, role: str = "CAMAT", body: bytes = b"", **more: str
    ) -> httpx.Response:
        """A new upload."""
        given = {"Upload_Length": str(length), "Upload_Metadata": named(name), **more}
        return await self.send("POST", uploads.PATH, role=role, body=body, **given)

    async def grow(self, at: str, offset: int, body: bytes, *, role: str = "CAMAT", **more: str) -> httpx.Response:
        """Send more."""
        given = {"Upload_Offset": str(offset), "Content_Type": BYTES["Content-Type"], **more}
        return await self.send("PATCH", at, role=role, body=body, **given)

    async def uploaded(self, name: str, content: bytes, *, role: str = "CAMAT") -> str:
        """The id of a file sent in one piece."""
        begun = await self.begin(name, len(content), role=role)
        done = await self.grow(begun.headers["location"], 0, content, role=role)
        assert done.status_code == 204, done.text
        found: str = done.headers["hub-file"]
        return found

    async def ask(self, query: str, variables: dict[str, Any], *, role: str = "CAMAT") -> Any:
        """The data of an operation."""
        return await Client(self.http).data(query, variables, key=self.place.keys[role])

    async def link(self, file: str, *, role: str = "CAMAT") -> str:
        """A link to a file."""
        answer = (await self.ask(LINK, {"input": {"file": file, "purpose": "Rapat"}}, role=role))["answer"]
        assert answer["userErrors"] == []
        found: str = answer["url"]
        return found

    async def rows(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """Rows as the owner sees them in the kecamatan."""
        async with entered(self.owner, self.place.tenant.id):
            return await self.owner.fetch(query, *arguments)


def named(name: str) -> str:
    """`Upload-Metadata` with a file name."""
    return f"filename {base64.b64encode(name.encode()).decode()}"


def key_of(global_id: str) -> UUID:
    """The row's key."""
    found = decode(global_id)
    assert found is not None
    assert isinstance(found.key, UUID)
    return found.key


@pytest.fixture(scope="module")
async def desk(hub: Hub, owner_dsn: str) -> AsyncIterator[Desk]:
    """The desk."""
    owner = await asyncpg.connect(owner_dsn)
    made = await place(hub, owner, "32.01.19", "Berkas", ("32.01.19.2001", "32.01.19.2002"))
    async with client_of(hub) as client:
        yield Desk(hub, client.http, made, owner)
    await owner.close()


@pytest.fixture(autouse=True)
async def nothing_left_open(desk: Desk) -> AsyncIterator[None]:
    """Uploads that a test leaves open are not the next one's."""
    yield
    await desk.rows("update upload set expires_at = now() where file_id is null")


# Coming in


async def test_a_file_comes_in_two_pieces(desk: Desk) -> None:
    begun = await desk.begin("Notulen rapat.pdf", len(PDF))
    assert (begun.status_code, begun.headers["upload-offset"]) == (201, "0")
    at = begun.headers["location"]

    first = await desk.grow(at, 0, PDF[:70_000])
    assert (first.status_code, first.headers["upload-offset"]) == (204, "70000")
    assert "hub-file" not in first.headers
    told = await desk.send("HEAD", at)
    assert (told.status_code, told.headers["upload-offset"], told.headers["upload-length"]) == (
        200,
        "70000",
        str(len(PDF)),
    )
    assert (told.headers["cache-control"], told.headers["tus-resumable"]) == ("no-store", "1.0.0")
    last = await desk.grow(at, 70_000, PDF[70_000:])
    assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(PDF)))

    assert (await desk.ask(FILE, {"id": last.headers["hub-file"]}))["storedFile"] == {
        "name": "Notulen rapat.pdf",
        "kind": "PDF",
        "state": "UNSCANNED",
        "size": len(PDF),
        "refusal": None,
        "version": 1,
        "village": None,
    }
    again = await desk.send("HEAD", at)
    assert again.headers["hub-file"] == last.headers["hub-file"]


async def test_what_lies_on_the_disk_is_unreadable_and_the_owners_alone(desk: Desk) -> None:
    begun = await desk.begin("Rahasia.txt", 40)
    await desk.grow(begun.headers["location"], 0, b"Nama Ibu Kandung: ")
    await desk.uploaded("Rahasia.txt", b"Nama Ibu Kandung: Siti Aminah, utuh")
    files = [path for path in desk.hub.blobs.folder.rglob("*") if path.is_file()]
    assert len(files) >= 2
    for path in files:
        assert b"Ibu" not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_a_file_can_come_with_the_request_that_begins_it(desk: Desk) -> None:
    made = await desk.begin("satu.txt", 9, body=b"satu kali", Content_Type=BYTES["Content-Type"])
    assert (made.status_code, made.headers["upload-offset"]) == (201, "9")
    assert (await desk.ask(FILE, {"id": made.headers["hub-file"]}))["storedFile"]["kind"] == "TEXT"


async def test_a_line_that_is_cut_keeps_what_came(desk: Desk) -> None:
    content = b"baris\n" * 100_000
    at = (await desk.begin("panjang.txt", len(content))).headers["location"]
    assert await cut(desk, at, content[:400_000]) == 400_000
    done = await desk.grow(at, 400_000, content[400_000:])
    assert done.status_code == 204
    url = await desk.link(done.headers["hub-file"])
    assert (await desk.http.get(url)).content == content


async def test_with_a_checksum_a_line_that_is_cut_keeps_nothing(desk: Desk) -> None:
    at = (await desk.begin("panjang.txt", 600_000)).headers["location"]
    digest = base64.b64encode(hashlib.sha256(b"x").digest()).decode()
    assert await cut(desk, at, b"a" * 400_000, Upload_Checksum=f"sha256 {digest}") == 0
    assert (await desk.grow(at, 0, b"b" * 600_000)).status_code == 204


async def cut(desk: Desk, at: str, body: bytes, **more: str) -> int:
    """Send a body whose end never comes; how much the hub has then."""
    application = desk.http._transport.app  # type: ignore[attr-defined]  # of httpx.ASGITransport
    sent = {**TUS, **BYTES, "Upload-Offset": "0", "Authorization": f"Bearer {desk.place.keys['CAMAT']}"}
    sent.update({name.replace("_", "-"): value for name, value in more.items()})
    messages = [
        {"type": "http.request", "body": body[start : start + 50_000], "more_body": True}
        for start in range(0, len(body), 50_000)
    ]
    waiting = iter([*messages, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(waiting)

    async def send(_message: Any) -> None:
        return

    scope = {
        "type": "http",
        "method": "PATCH",
        "path": at,
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
    }
    await application(scope, receive, send)
    return int((await desk.send("HEAD", at)).headers["upload-offset"])


async def test_the_same_content_lies_on_the_disk_once_for_an_office(desk: Desk) -> None:
    content = uuid4().hex.encode()
    before = len(list(desk.hub.blobs.folder.glob("blobs/*/*/*")))
    files = [await desk.uploaded(name, content) for name in ("a.txt", "b.txt")]
    assert len(list(desk.hub.blobs.folder.glob("blobs/*/*/*"))) == before + 1
    for file in files:
        assert (await desk.http.get(await desk.link(file))).content == content
    await desk.uploaded("c.txt", content, role="VILLAGE_OFFICER")
    assert len(list(desk.hub.blobs.folder.glob("blobs/*/*/*"))) == before + 2


async def test_options_tells_what_the_hub_can(desk: Desk) -> None:
    told = await desk.http.options(uploads.PATH)
    assert told.status_code == 204
    assert {
        name: told.headers[f"tus-{name}"] for name in ("version", "extension", "max-size", "checksum-algorithm")
    } == {
        "version": "1.0.0",
        "extension": "creation,creation-with-upload,expiration,checksum,termination",
        "max-size": str(50 * 1024 * 1024),
        "checksum-algorithm": "sha1,sha256",
    }
    asked = await desk.http.options(uploads.PATH, headers={"Origin": "https://desa.example"})
    assert asked.headers["access-control-allow-origin"] == "https://desa.example"
    assert "PATCH" in asked.headers["access-control-allow-methods"]
    assert "Upload-Offset" in asked.headers["access-control-allow-headers"]


async def test_a_method_may_be_named_in_a_header(desk: Desk) -> None:
    at = (await desk.begin("a.txt", 10)).headers["location"]
    sent = {"Upload_Offset": "0", "Content_Type": BYTES["Content-Type"], "X_HTTP_Method_Override": "PATCH"}
    assert (await desk.send("POST", at, body=b"abc", **sent)).headers["upload-offset"] == "3"


# Refusals


async def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem, which has a sentence and advice."""
    found = answer.json()
    assert answer.headers["content-type"] == "application/problem+json; charset=utf-8"
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert found["title"]
    assert found["detail"]
    assert found["status"] == answer.status_code
    assert found["requestId"] == answer.headers["x-request-id"]
    return answer.status_code, found["code"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Tus_Resumable": "0.2.2"}, (412, "TUS_VERSION")),
        ({"Upload_Length": "viele"}, (400, "UPLOAD_HEADER")),
        ({"Upload_Length": "-1"}, (400, "UPLOAD_HEADER")),
        ({"Upload_Length": "0"}, (400, "FILE_EMPTY")),
        ({"Upload_Metadata": "filename %%%"}, (400, "UPLOAD_HEADER")),
        ({"Upload_Metadata": "filename YQ==,filename Yg=="}, (400, "UPLOAD_HEADER")),
        ({"Upload_Metadata": "filename " + "QUFB" * 1100}, (400, "UPLOAD_HEADER")),
        ({"Upload_Metadata": "lain YQ=="}, (400, "FILE_NAME_MISSING")),
        ({"Upload_Metadata": named("../../")}, (400, "FILE_NAME_MISSING")),
        ({"Upload_Length": str(20 * 1024 * 1024 + 1)}, (413, "UPLOAD_TOO_LARGE")),
        (
            {"Upload_Length": str(50 * 1024 * 1024 + 1), "Upload_Metadata": named("a.xlsx")},
            (413, "UPLOAD_TOO_LARGE"),
        ),
        ({"Authorization": ""}, (401, "CREDENTIAL_UNKNOWN")),
    ],
)
async def test_an_upload_is_not_begun(headers: dict[str, str], expected: tuple[int, str], desk: Desk) -> None:
    sent = {**TUS, "Upload-Length": "10", "Upload-Metadata": named("a.txt")}
    sent["Authorization"] = f"Bearer {desk.place.keys['CAMAT']}"
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    before = await desk.rows("select id from upload")
    assert await refused(await desk.http.post(uploads.PATH, headers=sent)) == expected
    assert await desk.rows("select id from upload") == before


async def test_a_form_is_refused_with_a_code_of_its_own(desk: Desk) -> None:
    key = {"Authorization": f"Bearer {desk.place.keys['CAMAT']}", **TUS}
    answer = await desk.http.post(uploads.PATH, headers=key, files={"file": b"isi"})
    assert await refused(answer) == (415, "MULTIPART_REFUSED")
    at = (await desk.begin("a.txt", 10)).headers["location"]
    assert await refused(await desk.grow(at, 0, b"abc", Content_Type="text/plain")) == (415, "UPLOAD_CONTENT_TYPE")


async def test_more_than_was_announced_is_refused(desk: Desk) -> None:
    at = (await desk.begin("a.txt", 10)).headers["location"]
    assert await refused(await desk.grow(at, 0, b"a" * 11)) == (413, "UPLOAD_TOO_LARGE")
    assert (await desk.send("HEAD", at)).headers["upload-offset"] == "0"


async def test_a_wrong_offset_is_refused(desk: Desk) -> None:
    at = (await desk.begin("a.txt", 10)).headers["location"]
    await desk.grow(at, 0, b"abc")
    assert await refused(await desk.grow(at, 0, b"abc")) == (409, "OFFSET_WRONG")
    assert await refused(await desk.grow(at, 4, b"abc")) == (409, "OFFSET_WRONG")
    assert (await desk.send("HEAD", at)).headers["upload-offset"] == "3"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_checksum_is_held_against_what_came(algorithm: str, desk: Desk) -> None:
    at = (await desk.begin("a.txt", 10)).headers["location"]
    digest = base64.b64encode(hashlib.new(algorithm, b"abc").digest()).decode()
    wrong = await desk.grow(at, 0, b"abx", Upload_Checksum=f"{algorithm} {digest}")
    assert await refused(wrong) == (460, "CHECKSUM_MISMATCH")
    assert (await desk.send("HEAD", at)).headers["upload-offset"] == "0"
    right = await desk.grow(at, 0, b"abc", Upload_Checksum=f"{algorithm} {digest}")
    assert (right.status_code, right.headers["upload-offset"]) == (204, "3")


@pytest.mark.parametrize("text", ["md5 AAAA", "sha256", "sha1 ###", "sha256 YWJj"])
async def test_an_unknown_checksum_is_refused(text: str, desk: Desk) -> None:
    at = (await desk.begin("a.txt", 10)).headers["location"]
    assert await refused(await desk.grow(at, 0, b"abc", Upload_Checksum=text)) == (400, "CHECKSUM_UNKNOWN")


async def test_an_upload_of_somebody_else_is_one_that_never_was(desk: Desk, world: Any) -> None:
    at = (await desk.begin("a.txt", 10)).headers["location"]
    never = f"{uploads.PATH}/{uuid4()}"
    foreign = {"Authorization": f"Bearer {world.takisung.keys['CAMAT']}"}
    for path in (at, never, f"{uploads.PATH}/x"):
        assert await refused(await desk.grow(path, 0, b"abc", role="KEC_SECRETARY")) == (404, "NOT_FOUND")
        assert await refused(await desk.send("DELETE", path, role="VILLAGE_HEAD")) == (404, "NOT_FOUND")
        head = await desk.http.head(path, headers={**TUS, **foreign})
        assert (head.status_code, head.content) == (404, b"")
    assert (await desk.send("HEAD", at)).status_code == 200


@pytest.mark.parametrize("role", ["PARTNER_ORG", None])
async def test_who_may_not_upload_begins_nothing(role: str | None, desk: Desk) -> None:
    sent = {**TUS, "Upload-Length": "10", "Upload-Metadata": named("a.txt")}
    if role:
        sent["Authorization"] = f"Bearer {desk.place.keys[role]}"
    assert await refused(await desk.http.post(uploads.PATH, headers=sent)) == (403, "FORBIDDEN")


async def test_an_upload_that_was_ended_is_gone(desk: Desk) -> None:
    at = (await desk.begin("a.txt", 10)).headers["location"]
    assert (await desk.send("DELETE", at)).status_code == 204
    assert await refused(await desk.grow(at, 0, b"abc")) == (410, "UPLOAD_EXPIRED")
    assert not list(desk.hub.blobs.folder.glob(f"drafts/*/{at.rpartition('/')[2].replace('-', '')}"))


async def test_other_methods_are_refused(desk: Desk) -> None:
    answer = await desk.send("PUT", uploads.PATH)
    assert await refused(answer) == (405, "UPLOAD_METHOD")
    assert answer.headers["allow"] == "POST, HEAD, PATCH, DELETE, OPTIONS"


async def test_two_requests_at_once_do_not_mix(desk: Desk) -> None:
    at = (await desk.begin("a.txt", 10)).headers["location"]
    row = (await desk.rows("select * from upload where id = $1", UUID(at.rpartition("/")[2])))[0]
    with desk.hub.blobs.draft(desk.place.tenant.id, row["id"], bytes(32)):
        assert await refused(await desk.grow(at, 0, b"abc")) == (423, "UPLOAD_BUSY")
    assert (await desk.grow(at, 0, b"abc")).status_code == 204


async def test_uploads_and_room_are_bounded(hub: Hub, desk: Desk) -> None:
    for _ in range(uploading.MOST_OPEN):
        assert (await desk.begin("a.txt", 10, role="KEC_COUNTER")).status_code == 201
    assert await refused(await desk.begin("a.txt", 10, role="KEC_COUNTER")) == (429, "TOO_MANY_UPLOADS")
    async with client_of(replace(hub, room=Room(tenant_bytes=uploading.MEGABYTE))) as client:
        small = replace(desk, http=client.http)
        answer = await small.begin("a.txt", uploading.MEGABYTE, role="KEC_SECRETARY")
        assert await refused(answer) == (413, "STORAGE_FULL")


async def test_sentences_are_indonesian_unless_asked_otherwise(desk: Desk) -> None:
    at = f"{uploads.PATH}/{uuid4()}"
    said = (await desk.grow(at, 0, b"")).json()["title"]
    english = (await desk.grow(at, 0, b"", Accept_Language="en")).json()["title"]
    assert (said != english, english) == (True, "There is no such record, or it is not yours to see.")


# What it is


async def test_a_photo_loses_where_it_was_taken(desk: Desk) -> None:
    picture, exif = Image.new("RGB", (40, 20), "red"), Image.Exif()
    exif[0x010E] = "Rumah Ibu Siti"
    exif.get_ifd(0x8825)[1] = "S"
    raw = io.BytesIO()
    picture.save(raw, "JPEG", exif=exif, comment=b"rahasia")
    assert b"Rumah" in raw.getvalue()
    file = await desk.uploaded("foto.exe", raw.getvalue())

    found = (await desk.ask(FILE, {"id": file}))["storedFile"]
    kept = (await desk.http.get(await desk.link(file))).content
    assert (found["name"], found["kind"], found["state"], found["size"]) == (
        "foto.exe.jpg",
        "JPEG",
        "SCANNED_CLEAN",
        len(kept),
    )
    with Image.open(io.BytesIO(kept)) as opened:
        assert (opened.size, dict(opened.getexif())) == ((40, 20), {})
    assert b"Rumah" not in kept
    assert b"rahasia" not in kept


async def test_a_content_that_is_refused_is_told_and_remembered(desk: Desk) -> None:
    program = b"MZ\x90\x00" + bytes(500)
    at = (await desk.begin("undangan.pdf", len(program))).headers["location"]
    answer = await desk.grow(at, 0, program)
    assert await refused(answer) == (422, "FILE_KIND_UNKNOWN")
    found = (await desk.ask(FILE, {"id": answer.headers["hub-file"]}))["storedFile"]
    assert (found["kind"], found["state"], found["refusal"]) == (None, "REFUSED", "FILE_KIND_UNKNOWN")
    given = {"file": answer.headers["hub-file"], "purpose": "Rapat"}
    told = (await desk.ask(LINK, {"input": given}))["answer"]
    assert told == {"url": None, "expiresAt": None, "userErrors": [{"code": "FILE_HAS_NO_CONTENT", "path": ["file"]}]}
    assert (await desk.send("HEAD", at)).headers["hub-file"] == answer.headers["hub-file"]


async def test_only_a_workbook_may_be_as_large_as_one(hub: Hub, desk: Desk) -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/media.bin", bytes(3_000))
    async with client_of(replace(hub, room=Room(file_bytes=1_000, workbook_bytes=9_000))) as client:
        small = replace(desk, http=client.http)
        file = await small.uploaded("data.xlsx", raw.getvalue())
        assert (await desk.ask(FILE, {"id": file}))["storedFile"]["kind"] == "XLSX"
        at = (await small.begin("data.xlsx", 2_000)).headers["location"]
        assert await refused(await small.grow(at, 0, b"a" * 2_000)) == (422, "FILE_NOT_A_WORKBOOK")


async def test_a_whole_upload_becomes_a_file_after_a_crash(desk: Desk) -> None:
    at = (await desk.begin("a.txt", 9)).headers["location"]
    key = UUID(at.rpartition("/")[2])
    await desk.grow(at, 0, b"satu ")
    upload = (await desk.rows("select * from upload where id = $1", key))[0]
    secret = desk.hub.services.keys.open(
        upload["content_key_sealed"], tenant=upload["tenant_id"], table="upload", column="content_key", row=key
    )
    with desk.hub.blobs.draft(upload["tenant_id"], key, secret) as draft:
        draft.resume(5)
        draft.append(b"kali")
        draft.keep()
    await desk.rows("update upload set received = 9 where id = $1", key)

    told = await desk.send("HEAD", at)

    assert (told.status_code, told.headers["upload-offset"]) == (200, "9")
    assert (await desk.http.get(await desk.link(told.headers["hub-file"]))).content == b"satu kali"


# Going out


async def test_a_link_opens_its_file_once(desk: Desk) -> None:
    file = await desk.uploaded('Surat "é" rapat.pdf', PDF)
    url = await desk.link(file)

    answer = await desk.http.get(url)

    assert (answer.status_code, answer.content) == (200, PDF)
    names = (
        "content-type",
        "content-length",
        "content-disposition",
        "cache-control",
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
    )
    assert [answer.headers[name] for name in names] == [
        "application/pdf",
        str(len(PDF)),
        "attachment; filename=\"Surat _ rapat.pdf\"; filename*=UTF-8''Surat%20%C3%A9%20rapat.pdf",
        "private, no-store",
        "sandbox; default-src 'none'",
        "nosniff",
        "no-referrer",
    ]
    again = await desk.http.get(url)
    assert (again.status_code, again.json()["code"]) == (404, "LINK_GONE")


async def test_asking_for_a_link_and_using_it_stand_in_the_journal(desk: Desk) -> None:
    file = await desk.uploaded("a.txt", b"untuk jurnal")
    await desk.http.get(await desk.link(file, role="KEC_COUNTER"))
    rows = await desk.rows(
        "select kind, role, purpose, grant_id from journal_entry where object_id = $1 order by id", key_of(file)
    )
    assert [(row["kind"], row["role"], row["purpose"]) for row in rows] == [
        ("FILE_STORED", "CAMAT", None),
        ("FILE_LINK_MADE", "KEC_COUNTER", "Rapat"),
        ("FILE_OPENED", "KEC_COUNTER", "Rapat"),
    ]
    assert rows[1]["grant_id"] == rows[2]["grant_id"]
    assert not await desk.rows("select 1 from journal_entry where payload::text like '%a.txt%'")


@pytest.mark.parametrize(
    "change",
    [
        "update file_link set expires_at = now() - interval '1 second' where token_hash = $1",
        """
        update access_grant set revoked_at = now() - interval '1 second'
        where id = (select grant_id from file_link where token_hash = $1)
        """,
    ],
    ids=["late", "grant over"],
)
async def test_a_link_opens_nothing_when_its_right_is_over(change: str, desk: Desk, hub: Hub) -> None:
    file = await desk.uploaded("a.txt", b"hak yang berakhir")
    url = await desk.link(file, role="KEC_SECTION_HEAD")
    await desk.rows(change, hashlib.sha256(url.rpartition("/")[2].encode()).digest())
    answer = await desk.http.get(url)
    assert (answer.status_code, answer.json()["code"]) == (404, "LINK_GONE")


@pytest.mark.parametrize("token", ["x", "1." + "A" * 43, "999999999." + "A" * 43, "0." + "A" * 43])
async def test_what_is_no_link_opens_nothing(token: str, desk: Desk) -> None:
    answer = await desk.http.get(f"/files/links/{token}")
    assert (answer.status_code, answer.json()["code"]) == (404, "LINK_GONE")


async def test_a_head_does_not_use_a_link_up(desk: Desk) -> None:
    url = await desk.link(await desk.uploaded("a.txt", b"hanya sekali"))
    assert (await desk.http.head(url)).status_code == 405
    assert (await desk.http.get(url)).status_code == 200


async def test_a_village_office_sees_its_own_files_only(desk: Desk) -> None:
    own = await desk.uploaded("a.txt", b"milik desa", role="VILLAGE_OFFICER")
    office = await desk.uploaded("a.txt", b"milik kecamatan")
    found = (await desk.ask(FILE, {"id": own}, role="VILLAGE_HEAD"))["storedFile"]
    assert found["village"] == {"code": "32.01.19.2001"}
    assert (await desk.ask(FILE, {"id": office}, role="VILLAGE_HEAD"))["storedFile"] is None
    given = {"file": office, "purpose": "Rapat"}
    told = (await desk.ask(LINK, {"input": given}, role="VILLAGE_HEAD"))["answer"]
    assert told["userErrors"] == [{"code": "NOT_FOUND", "path": ["file"]}]


async def test_a_file_that_has_ended_opens_no_more(desk: Desk) -> None:
    file = await desk.uploaded("a.txt", b"yang berakhir")
    url = await desk.link(file)
    given = {"file": file, "expectedVersion": 1, "reason": "Salah unggah", "idempotencyKey": uuid4().hex}
    ended = (await desk.ask(END, {"input": given}))["answer"]
    assert (ended["userErrors"], ended["storedFile"]["version"]) == ([], 2)
    assert (await desk.http.get(url)).status_code == 404
    again = {**given, "idempotencyKey": uuid4().hex, "expectedVersion": 2}
    assert (await desk.ask(END, {"input": again}))["answer"]["userErrors"] == [{"code": "FILE_ENDED", "path": ["file"]}]
    told = (await desk.ask(LINK, {"input": {"file": file, "purpose": "x"}}))["answer"]["userErrors"]
    assert told == [{"code": "FILE_HAS_NO_CONTENT", "path": ["file"]}]
    listed = await desk.ask("{ storedFiles(first: 100) { nodes { id } } }", {})
    assert file not in {each["id"] for each in listed["storedFiles"]["nodes"]}
