"""/suara/{id}/berkas: a photo or a letter for what I have sent, one at a time, from a plain form."""

from uuid import uuid4

from starlette.responses import Response

from hub.domains.accounts.errors import FormForged, FormMalformed
from hub.domains.files.errors import FileEmpty, FileNameMissing
from hub.kernel.errors import HubError
from hub.kernel.texts import say
from hub.pages.asking import Ask
from hub.pages.sending import received
from hub.pages.suara import common
from hub.pages.suara.speaking import key_in, shown
from hub.pages.visiting import Visit

PLACE = "berkas"


async def attach(visit: Visit) -> Response:
    """Take the file in and attach it; back to the feedback, with what is wrong where it is refused."""
    session = await visit.session()
    ask = await visit.asking(session)
    key = key_in(visit, session)
    try:
        error = await _attached(visit, ask, key)
    except HubError as refused:
        if not visit.form or isinstance(refused, FormForged | FormMalformed) or refused.status >= HubError.status:
            raise
        error = common.refusal(visit, refused)
        if refused.code in (FileEmpty.code, FileNameMissing.code):
            error |= {"sentence": say("Choose a file that is not empty.", visit.lang), "advice": ""}
    if error is None:
        return visit.go(f"{common.HOME}/{key}#{PLACE}")
    return await shown(visit, session, ask, key, error, status=400)


async def _attached(visit: Visit, ask: Ask, key: str) -> dict[str, str] | None:
    file = await received(visit, ask.entry.scope, for_feedback=True)
    given = {"feedback": key, "files": [file], "idempotencyKey": str(uuid4())}  # a file that comes again is another one
    return common.refusal_of((await ask.ask("suara-attach", {"input": given}))["attachFeedbackFiles"])
