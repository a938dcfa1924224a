"""A report as a file, at /reports/<code>.<csv|excel.csv|xlsx|json>, under the same credential as the graph.

The file is made when it is asked for. It bears number, revision and digest to compare it by, and the number under
which it was issued, by which anybody can verify it. Outside a kecamatan it is that of a publication, by `period` and
`region`; who took it stands in the journal of their tenant.
"""

import asyncio
import base64
import re
import time
from collections.abc import Sequence

import structlog

from hub.domains.publications import taking as published
from hub.domains.reports import issuing, taking
from hub.domains.reports.assembling import Report
from hub.domains.reports.catalogue import REPORTS
from hub.domains.reports.errors import ReportAddressMalformed, ReportUnknown
from hub.domains.reports.model import ReportForm
from hub.entrypoints import asking, tus, uploads
from hub.entrypoints.answering import Reply, send_reply
from hub.entrypoints.asgi import Receive, Scope, Send
from hub.entrypoints.file_links import GUARDS, disposition
from hub.entrypoints.strict_json import BodyMalformed
from hub.entrypoints.uploads import Sender
from hub.kernel.errors import HubError, Unauthenticated
from hub.kernel.ids import new_id
from hub.kernel.scope import Reader
from hub.kernel.texts import preferred
from hub.store.unit import writing
from hub.tenants.buckets import client_of
from hub.tenants.gate import CredentialUnknown
from hub.tenants.grants import GrantFacts
from hub.tenants.permissions import Permission
from hub.wiring import Hub

PATH = "/reports"
REPORT_KEY = "hub_rep_"
BEARER, BOTH = b"Bearer", b'Bearer, Basic realm="laporan", charset="UTF-8"'
_NAME = re.compile(r"(R-\d{2})\.(csv|excel\.csv|xlsx|json)", re.ASCII)
_OK = 200

log = structlog.get_logger()


class ReportFileEndpoint:
    """An ASGI application: the file of a report of the kecamatan that asks, or of what is published."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def __call__(self, connection: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        headers = asking.gathered(connection["headers"])
        lang = preferred(headers.get(b"accept-language", b"").decode("latin-1"))
        sender = Sender(connection["method"], headers, receive, new_id().hex, lang)
        try:
            reply = await self._answer(sender, connection)
        except HubError as refusal:
            reply = uploads.problem(refusal, sender)
            if refusal.status == Unauthenticated.status:
                # A browser is not invited to Basic: it would keep the key and send it by itself.
                reply.headers.append((b"www-authenticate", BEARER if b"sec-fetch-mode" in headers else BOTH))
        except Exception:
            log.exception("unexpected", request_id=sender.request_id)
            reply = uploads.problem(HubError(), sender)
        reply.headers += [*GUARDS, *sender.told, (b"x-request-id", sender.request_id.encode())]
        await send_reply(send, reply)
        uploads.note(sender, "report", reply.status, started)

    async def _answer(self, sender: Sender, connection: Scope) -> Reply:
        if sender.method != "GET":
            raise tus.UploadMethodRefused
        visit = asking.visit_of(sender.headers, sender.request_id, sender.lang)
        visit.fetching, visit.authorization = True, _credential(visit.authorization)
        if not visit.authorization:
            raise Unauthenticated
        entry = await self.hub.gate.enter(visit)
        if entry.allow_origin:
            sender.told.append((b"access-control-allow-origin", entry.allow_origin.encode("latin-1")))
        sender.scope = entry.scope
        address = connection.get("client")
        client = client_of(entry.scope, str(address[0]) if address else "", self.hub.buckets.rates)
        await self.hub.buckets.draw(client, taking.POINTS)
        named = _NAME.fullmatch(connection["path_params"]["name"])
        if named is None:
            raise ReportUnknown(path=("code",))
        suffix = taking.SUFFIXES[named[2]]
        report = await self._report(sender, named[1], suffix.form, connection["query_string"], entry.grants)
        body = await asyncio.to_thread(suffix.write, report, sender.lang)
        return Reply(_OK, _headers(report, named[2], suffix.media, body), body)

    async def _report(
        self, sender: Sender, code: str, form: ReportForm, query: bytes, grants: Sequence[GrantFacts]
    ) -> Report:
        scope, now = sender.asked, self.hub.engine.clock()
        if code not in REPORTS:
            raise ReportUnknown(path=("code",))
        try:
            asked = asking.parameters(query)
        except BodyMalformed:
            raise ReportAddressMalformed from None
        if scope.may(Permission.READ_AGGREGATES) and (asked or scope.reader is not Reader.API):
            return await published.take(
                self.hub.pools, scope, grants, code, now, region=asked.get("region"), period=asked.get("period")
            )
        return await self._issued(sender, code, form)

    async def _issued(self, sender: Sender, code: str, form: ReportForm) -> Report:
        """The report, and what it was issued under: a file that is taken is told to the journal."""
        scope, hub = sender.asked, self.hub
        async with writing(hub.pools.of(scope.reader), scope, hub.engine.clock()) as unit:
            report = await issuing.standing(unit, code)
            if report.missing:
                return report
            issued = await issuing.issue(unit, report, form)
        hub.engine.committed()
        return issuing.bearing(report, issued.number)


def _credential(given: str) -> str:
    """Excel can send a key as a password only (RFC 7617); the user's name says nothing. No other key is taken so."""
    scheme, _, encoded = given.partition(" ")
    if scheme.lower() != "basic":
        return given
    try:
        _, _, password = base64.b64decode(encoded.strip(), validate=True).decode("ascii").partition(":")
    except ValueError:
        raise CredentialUnknown from None
    if not password.startswith(REPORT_KEY):
        raise CredentialUnknown
    return f"Bearer {password}"


def _headers(report: Report, suffix: str, media: str, body: bytes) -> list[tuple[bytes, bytes]]:
    told = [(name.encode(), text.encode("latin-1")) for name, text in taking.digests(report, body).items() if text]
    return [
        (b"content-type", media.encode()),
        (b"content-disposition", disposition(taking.file_name(report, suffix))),
        *told,
    ]
