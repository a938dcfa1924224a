"""What can be done with files in the graph. They come in at /files/uploads."""

from collections.abc import Mapping
from typing import Any

from hub.domains.files import actions
from hub.graph.mutations import Act, Answers, disclosure, mutation
from hub.graph.scalars import DateTime
from hub.kernel import written
from hub.schema.files import inputs
from hub.schema.files.types import StoredFile
from hub.tenants.permissions import Permission

LINKS = "/files/links/"


@disclosure(
    "Give a link that opens one file once within five minutes, under your grant as it is then. Journaled when it is "
    "asked for and when it is used; once in a request, and counted.",
    tells={
        "url": (str, "Path at this hub, to be opened by GET; null where it was refused."),
        "expires_at": (DateTime, "Until when; null where it was refused."),
    },
    permission=Permission.READ_FILE,
    meter="files",
)
async def file_link(act: Act, given: inputs.FileLinkInput) -> Mapping[str, Any]:
    """A link."""
    token, ends = await actions.make_link(
        act.unit, act.key(given.file, "StoredFile", "file"), purpose=written.line(given.purpose, "purpose")
    )
    return {"url": LINKS + token, "expires_at": ends}


@mutation("End a file.", answers={"stored_file": StoredFile}, permission=Permission.WRITE_FILE)
async def end_file(act: Act, given: inputs.EndFileInput) -> Answers:
    """End it."""
    ended = await actions.end(
        act.unit,
        act.key(given.file, "StoredFile", "file"),
        expected=given.expected_version,
        reason=written.line(given.reason, "reason"),
    )
    return {"stored_file": ended.id}
