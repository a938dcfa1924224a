"""A hub is killed in the middle of an import; when it serves again its worker finishes it, and nothing is doubled."""

import asyncio
import base64
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from hub.kernel.ids import GlobalId
from hub.tenants.administration import entered
from hub.wiring import Hub
from tests.entrypoints.test_upload_survives import Killed, base
from tests.integrations.opensid.conftest import MakeBook, MakePerson, book, person
from tests.served import Served, served
from tests.world import make
from tests.world.build import place

assert book  # the fixtures
assert person
CODE = "32.05.03"
PEOPLE = 4_000
START = "mutation ($input: StartImportInput!) { startImport(input: $input) { importJob { id } userErrors { code } } }"
READ = "query ($id: ID!) { importJob(id: $id) { state toDo done resumed problem } }"


@pytest.mark.slow
async def test_an_import_is_finished_after_the_hub_was_killed(
    hub: Hub, database: str, owner_dsn: str, tmp_path: Path, person: MakePerson, book: MakeBook
) -> None:
    owner = await asyncpg.connect(owner_dsn)
    made = await place(hub, owner, CODE, "Tahan Impor", (f"{CODE}.2001", f"{CODE}.2002"))
    village = make.village(made.tenant, f"{CODE}.2003", "Kosong")
    async with make.unit(hub, made.tenant) as unit:
        await unit.add(village)
    people = [person(no_kk=f"32050301101{number:05d}", kk_level=1) for number in range(PEOPLE)]
    workbook = book(people).read_bytes()
    where = GlobalId("Village", made.tenant.id, village.id).encode()
    keys = hub.settings.keys_file
    assert keys is not None

    story = Story(database, keys, tmp_path, made.keys["CAMAT"], where, workbook)
    await asyncio.to_thread(story.told)

    async with entered(owner, made.tenant.id):
        count = "select count(*), count(distinct nik_bidx) from citizen where village_id = $1"
        assert tuple(await owner.fetchrow(count, village.id) or ()) == (PEOPLE, PEOPLE)
        assert await owner.fetchval("select count(*) from job") == 0
    await owner.close()


class Story:
    """Served, killed, and served again."""

    def __init__(self, *given: Any) -> None:
        self.database, self.keys, self.folder, self.key, self.village, self.workbook = given

    def told(self) -> None:
        """The whole of it."""
        with suppress(Killed), self.serving() as (first, http):
            job = self.begun(http)
            self.wait(http, job, lambda found: found["done"])
            os.kill(first.process.pid, signal.SIGKILL)
            raise Killed

        with self.serving() as (_, http):
            done = self.wait(http, job, lambda found: found["state"] not in ("QUEUED", "RUNNING"))
            assert (done["state"], done["problem"]) == ("DONE", None)
            assert 0 < done["resumed"] < PEOPLE

    @contextmanager
    def serving(self) -> Iterator[tuple[Served, httpx.Client]]:
        """A hub in a process of its own, with a worker inside, and a client of it."""
        headers = {"Authorization": f"Bearer {self.key}", "Tus-Resumable": "1.0.0"}
        with (
            served(self.database, self.keys, self.folder, HUB_FILES=str(self.folder / "files")) as hub,
            httpx.Client(base_url=base(hub), headers=headers, timeout=60) as http,
        ):
            yield hub, http

    def begun(self, http: httpx.Client) -> str:
        """The import of the workbook, asked for."""
        name = base64.b64encode(b"penduduk.xlsx").decode()
        sent = {"Upload-Length": str(len(self.workbook)), "Upload-Metadata": f"filename {name}"}
        body = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        at = http.post("/files/uploads", headers=sent).headers["location"]
        file = http.patch(at, content=self.workbook, headers=body).headers["hub-file"]
        given = {"village": self.village, "file": file, "idempotencyKey": "tahan"}
        answer = http.post("/graphql", json={"query": START, "variables": {"input": given}}).json()
        found: str = answer["data"]["startImport"]["importJob"]["id"]
        return found

    def wait(self, http: httpx.Client, job: str, true: Any) -> dict[str, Any]:
        """The import as soon as something is true of it."""
        found: dict[str, Any] = {}
        for _ in range(2_400):
            answer = http.post("/graphql", json={"query": READ, "variables": {"id": job}}).json()
            found = answer["data"]["importJob"]
            if true(found):
                return found
            time.sleep(0.05)
        raise TimeoutError(found)
