"""Files of feedback over HTTP: sent by tus, attached, read by few, and nothing told of who sent them."""

import base64
import io
from typing import Any

import pytest
from PIL import Image

from hub.domains.feedback.policy import FeedbackAction
from hub.entrypoints import uploads
from hub.wiring import Hub
from tests.acting import key_of
from tests.client import Client
from tests.schema.feedback.stage import Desk, complaint, open_desk

NAME = "KTP Budi.jpg"
PDF = b"%PDF-1.7\nsurat\n%%EOF\n"
FOR = f", for {base64.b64encode(b'feedback').decode()}"
FILES = "feedback { id version files(first: 9) { totalCount nodes { id name kind size village { name } } } }"
LINK = "mutation ($input: FileLinkInput!) { fileLink(input: $input) { url userErrors { code } } }"
LISTED = "{ storedFiles(first: 100) { nodes { id } } }"


@pytest.fixture(scope="module")
async def desk(hub: Hub, client: Client, owner_dsn: str) -> Desk:
    """A kecamatan to complain to."""
    return await open_desk(hub, client, owner_dsn, "32.08.12")


def photo() -> bytes:
    """A picture that says where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Kamera Budi"
    exif.get_ifd(0x8825)[1] = "S"
    written = io.BytesIO()
    Image.new("RGB", (32, 24), "gray").save(written, "JPEG", exif=exif)
    return written.getvalue()


async def sent(desk: Desk, name: str, content: bytes, *, role: str, more: str = FOR) -> Any:
    """The answer to an upload in one request."""
    given = f"filename {base64.b64encode(name.encode()).decode()}{more}"
    headers = {
        "authorization": f"Bearer {desk.acting.place.keys[role]}",
        "tus-resumable": "1.0.0",
        "upload-length": str(len(content)),
        "upload-metadata": given,
        "content-type": "application/offset+octet-stream",
    }
    return await desk.acting.client.http.post(uploads.PATH, content=content, headers=headers)


async def uploaded(desk: Desk, *, role: str, content: bytes = b"", name: str = NAME, more: str = FOR) -> str:
    """The id of a file that was uploaded for feedback."""
    answer = await sent(desk, name, content or photo(), role=role, more=more)
    assert answer.status_code == 201, answer.text
    found: str = answer.headers["hub-file"]
    return found


async def raised(desk: Desk, files: list[str], *, role: str = "PARTNER_ORG", **more: Any) -> Any:
    """Feedback with files, as its raiser is told of it."""
    item = complaint(files=files, **more)
    return await desk.acting.done("submitFeedback", {"item": item}, f"trackingCode {FILES}", role=role)


async def read(desk: Desk, of: str, *, role: str) -> list[dict[str, Any]] | None:
    """The files of feedback as a role sees them; None where it does not see the feedback."""
    query = f"query ($id: ID!) {{ {FILES.replace('feedback {', 'feedback(id: $id) {')} }}"
    found = (await desk.acting.client.data(query, {"id": of}, key=desk.acting.place.keys[role]))["feedback"]
    return None if found is None else found["files"]["nodes"]


async def opened(desk: Desk, file: str, *, role: str) -> Any:
    """The content of a file by a link, or the refusal's code."""
    key = desk.acting.place.keys[role]
    given = {"input": {"file": file, "purpose": "Melihat kerusakan"}}
    answer = (await desk.acting.client.data(LINK, given, key=key))["fileLink"]
    if answer["userErrors"]:
        return answer["userErrors"][0]["code"]
    return await desk.acting.client.http.get(answer["url"])


async def test_an_organization_attaches_a_photo_and_the_office_reads_it_without_name_and_place(desk: Desk) -> None:
    file = await uploaded(desk, role="PARTNER_ORG")

    made = await raised(desk, [file])

    told = made["feedback"]["files"]
    assert (told["totalCount"], told["nodes"][0]["name"], told["nodes"][0]["kind"]) == (1, None, "JPEG")
    (shown,) = await read(desk, made["feedback"]["id"], role="KEC_COUNTER") or []
    assert (shown["id"], shown["name"], shown["village"]) == (file, "lampiran-1.jpg", None)
    got = await opened(desk, file, role="KEC_COUNTER")
    assert 'filename="lampiran-1.jpg"' in got.headers["content-disposition"]
    with Image.open(io.BytesIO(got.content)) as picture:
        assert dict(picture.getexif()) == {}
    assert b"Budi" not in got.content


@pytest.mark.parametrize(
    ("role", "more"), [("PARTNER_ORG", {"anonymous": True}), ("VILLAGE_OFFICER", {"confidential": True})]
)
async def test_nothing_of_who_uploaded_it_is_left_once_it_is_attached(
    desk: Desk, role: str, more: dict[str, Any]
) -> None:
    file = await uploaded(desk, role=role)
    await raised(desk, [file], role=role, **more)

    (row,) = await desk.acting.rows("stored_file", id=key_of(file))
    uploader = ("principal_id", "grant_id", "organization_id", "village_id")
    assert [row[name] for name in uploader] == [None] * 4
    entries = await desk.acting.rows("journal_entry", object_id=key_of(file))
    assert [(each["kind"], each["principal_id"], each["grant_id"], each["village_id"]) for each in entries] == [
        ("FILE_STORED", None, None, None)
    ]
    told = entries[0]["payload"]
    assert not any(word in told for word in uploader)
    assert "Budi" not in str(dict(entries[0]))
    traces = [str(dict(each)) for each in await desk.acting.rows("upload")]
    assert not any(str(key_of(file)) in each or "Budi" in each for each in traces)


async def test_until_it_is_attached_nobody_but_its_uploader_has_it(desk: Desk) -> None:
    file = await uploaded(desk, role="VILLAGE_OFFICER")
    keys = desk.acting.place.keys

    listed = await desk.acting.client.data(LISTED, key=keys["CAMAT"])
    assert file not in [each["id"] for each in listed["storedFiles"]["nodes"]]
    assert await opened(desk, file, role="CAMAT") == "NOT_FOUND"
    given = {"item": complaint(files=[file])}
    for role in ("KEC_COUNTER", "PARTNER_ORG"):
        refused = await desk.acting.refused("submitFeedback", given, role=role)
        assert refused == ("NOT_FOUND", ["files", "0"])
    await raised(desk, [file], role="VILLAGE_OFFICER")
    again = await desk.acting.refused("submitFeedback", given, role="VILLAGE_OFFICER")
    assert again == ("NOT_FOUND", ["files", "0"])


async def test_a_village_opens_the_files_of_feedback_that_names_it_and_ends_none(desk: Desk) -> None:
    about = await raised(desk, [await uploaded(desk, role="PARTNER_ORG")], villages=[desk.village(0)])
    elsewhere = await raised(desk, [await uploaded(desk, role="PARTNER_ORG")], villages=[desk.village(1)])

    (shown,) = await read(desk, about["feedback"]["id"], role="VILLAGE_OFFICER") or []
    assert (await opened(desk, shown["id"], role="VILLAGE_OFFICER")).status_code == 200
    assert await read(desk, elsewhere["feedback"]["id"], role="VILLAGE_OFFICER") is None
    hidden = elsewhere["feedback"]["files"]["nodes"][0]["id"]
    assert await opened(desk, hidden, role="VILLAGE_OFFICER") == "NOT_FOUND"
    given = {"file": shown["id"], "expectedVersion": 2, "reason": "Salah"}
    assert (await desk.acting.refused("endFile", given, role="VILLAGE_OFFICER"))[0] == "FORBIDDEN"


async def test_files_are_added_later_by_the_raiser_and_by_the_office_until_it_is_over(desk: Desk) -> None:
    made = (await raised(desk, [await uploaded(desk, role="PARTNER_ORG")]))["feedback"]
    for role in ("PARTNER_ORG", "KEC_COUNTER"):
        given = {"feedback": made["id"], "files": [await uploaded(desk, role=role, content=PDF, name="surat.pdf")]}
        await desk.acting.done("attachFeedbackFiles", given, FILES, role=role)

    shown = await read(desk, made["id"], role="CAMAT") or []
    assert sorted(each["name"] for each in shown) == ["lampiran-1.jpg", "lampiran-2.pdf", "lampiran-3.pdf"]
    assert (await desk.acting.told(made["id"])).count("FEEDBACK_FILES_ATTACHED") == 2
    late = {"feedback": made["id"], "files": [await uploaded(desk, role="PARTNER_ORG")]}
    stale = {**late, "expectedVersion": 7}
    assert (await desk.acting.refused("attachFeedbackFiles", stale, role="PARTNER_ORG"))[0] == "STALE_VERSION"
    await desk.step("rejectFeedback", made["id"], reason="Bukan urusan kecamatan.")
    closed = await desk.acting.refused("attachFeedbackFiles", late, role="PARTNER_ORG")
    assert closed[0] == "FEEDBACK_STEP_CLOSED"


async def test_a_village_attaches_to_what_it_raised_and_to_nothing_else(desk: Desk) -> None:
    own = (await raised(desk, [], role="VILLAGE_OFFICER"))["feedback"]["id"]
    other = (await raised(desk, [], villages=[desk.village(0)]))["feedback"]["id"]
    given = {"files": [await uploaded(desk, role="VILLAGE_OFFICER")]}

    refused = await desk.acting.refused("attachFeedbackFiles", {"feedback": other, **given}, role="VILLAGE_OFFICER")
    assert refused[0] == "OFFICE_HANDLES_FEEDBACK"
    done = await desk.acting.done("attachFeedbackFiles", {"feedback": own, **given}, FILES, role="VILLAGE_OFFICER")
    assert done["feedback"]["files"]["totalCount"] == 1


async def test_five_files_and_no_sixth(desk: Desk) -> None:
    files = [await uploaded(desk, role="PARTNER_ORG") for _ in range(6)]

    many = await desk.acting.refused("submitFeedback", {"item": complaint(files=files)}, role="PARTNER_ORG")
    assert many == ("FEEDBACK_TOO_MANY_FILES", ["item", "files"])
    made = (await raised(desk, files[:5]))["feedback"]
    assert made["files"]["totalCount"] == 5
    one_more = {"feedback": made["id"], "files": files[5:]}
    refused = await desk.acting.refused("attachFeedbackFiles", one_more, role="PARTNER_ORG")
    assert refused == ("FEEDBACK_TOO_MANY_FILES", ["files"])


async def test_what_takes_no_files(desk: Desk) -> None:
    file = await uploaded(desk, role="PARTNER_ORG")
    plain = await uploaded(desk, role="KEC_COUNTER", content=PDF, name="surat.pdf", more="")

    about_office = complaint(files=[file], aboutOffice=True)
    refused = await desk.acting.refused("submitFeedback", {"item": about_office}, role="PARTNER_ORG")
    assert refused == ("OFFICE_COMPLAINT_TAKES_NO_FILES", ["files"])
    of_office = await desk.acting.refused("submitFeedback", {"item": complaint(files=[plain])}, role="KEC_COUNTER")
    assert of_office == ("FILE_NOT_UPLOADED_FOR_FEEDBACK", ["files", "0"])
    visitor = await desk.acting.refused("submitFeedback", {"item": complaint(files=[file])}, role="FRONT_END")
    assert visitor == ("FORBIDDEN", ["files"])


async def test_one_item_of_a_batch_with_a_wrong_file_undoes_itself_alone(desk: Desk) -> None:
    good, foreign = await uploaded(desk, role="PARTNER_ORG"), await uploaded(desk, role="VILLAGE_OFFICER")
    ids = ("7b0f3c1e-0000-4000-8000-000000000001", "7b0f3c1e-0000-4000-8000-000000000002")
    items = [complaint(clientId=ids[0], files=[good]), complaint(clientId=ids[1], files=[foreign])]

    shape = "results { feedback { files(first: 5) { totalCount } } userErrors { code } }"
    done = await desk.acting.done("submitFeedbackBatch", {"items": items}, shape, role="PARTNER_ORG")

    first, second = done["results"]
    assert (first["feedback"]["files"]["totalCount"], first["userErrors"]) == (1, [])
    assert (second["feedback"], second["userErrors"]) == (None, [{"code": "NOT_FOUND"}])


@pytest.mark.parametrize(
    ("role", "name", "content", "more", "answer"),
    [
        ("PARTNER_ORG", "data.csv", b"a,b\n1,2\n", FOR, (422, "FILE_NOT_FOR_FEEDBACK")),
        ("PARTNER_ORG", NAME, PDF, "", (403, "FORBIDDEN")),
        ("FRONT_END", NAME, PDF, FOR, (403, "FORBIDDEN")),
        ("INTEGRATION", NAME, PDF, FOR, (403, "FORBIDDEN")),
    ],
)
async def test_uploads_that_are_not_for_feedback(
    desk: Desk, role: str, name: str, content: bytes, more: str, answer: tuple[int, str]
) -> None:
    found = await sent(desk, name, content, role=role, more=more)

    assert (found.status_code, found.json()["code"]) == answer


async def test_what_may_be_done_says_whether_files_are_taken(desk: Desk) -> None:
    made = (await raised(desk, []))["feedback"]["id"]
    query = "query ($id: ID!) { feedback(id: $id) { allowedActions { action disabledReason } } }"
    keys = desk.acting.place.keys

    open_to = []
    for role in ("PARTNER_ORG", "KEC_COUNTER", "CAMAT"):
        steps = (await desk.acting.client.data(query, {"id": made}, key=keys[role]))["feedback"]["allowedActions"]
        found = {each["action"]: each["disabledReason"] for each in steps}
        open_to.append(found[FeedbackAction.ATTACH_FILES.value])
    assert open_to == [None, None, None]
