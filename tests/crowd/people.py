"""Who asks: every one of them for ever, one act after the other, judging each answer by what it may say at all."""

import asyncio
import base64
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from typing import Any

import httpx
import pyotp

from hub.domains.surveys.model import ELEMENTS, SurveyTemplate
from hub.kernel.ids import decode
from tests.crowd.town import Quarter, Town, complaint, fresh
from tests.pages.visitor import ORIGIN, PASSPHRASE, STEP, Visitor

BUSY = httpx.codes.SERVICE_UNAVAILABLE
PATIENCE = 50  # times that a hub may say it is too busy
PAUSE = 0.1  # seconds, on average, between two acts of one client
PDF = b"%PDF-1.7\n" + b"isi " * 5_000 + b"\n%%EOF\n"
SURVEYED = [each.value for each in ELEMENTS[SurveyTemplate.SKM_9_2017]]
_WORD = re.compile(rb"[A-Za-z0-9_-]{24,120}")

VILLAGES = """{ kecamatans(first: 5) { nodes { id name } }
  villages(first: 10, orderBy: CODE) { totalCount nodes { id name
  commitments(first: 3) { nodes { id title parties(first: 3) { nodes { id position } } } } } } }"""
PEOPLE = """{ villages(first: 5) { nodes { id name citizens(first: 5) { totalCount nodes { id fullName
  household { id } } } } } households(first: 5) { nodes { id members(first: 5) { nodes { id } } } } }"""
DESK = """{ feedbacks(first: 20) { totalCount nodes { id subject state overdue villages(first: 3) { nodes { id name } }
  answers(first: 3) { nodes { id text } } dispositions(first: 3) { nodes { id section } } } }
  actionPlans(first: 5) { nodes { id title } } actionPlanItems(first: 10) { nodes { id status } } }"""
VOICES = """{ announcements(first: 10) { nodes { id title body } } surveys(first: 10) { nodes { id title status } }
  feedbackPublications(first: 10) { totalCount nodes { id summary answer } } }"""
OWN = "{ feedbacks(first: 20) { nodes { id subject state } } commitments(first: 10) { nodes { id title } } }"
REPORT = """query ($code: String!) { report(code: $code) { number rows { regionCode regionName village { id name } }
  tenantsIncluded { code } tenantsMissing { code } } }"""
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
SUBMIT = """mutation ($input: SubmitFeedbackInput!) { submitFeedback(input: $input) { trackingCode feedback { id }
  userErrors { code path } } }"""
BATCH = """mutation ($input: SubmitFeedbackBatchInput!) { submitFeedbackBatch(input: $input) {
  results { feedback { id subject } userErrors { code path } } userErrors { code path } } }"""
TRIAGE = "mutation ($input: TriageFeedbackInput!) { triageFeedback(input: $input) { userErrors { code path } } }"
REPLY = """mutation ($input: AnswerFeedbackInput!) { answerFeedback(input: $input) { feedback { id state }
  userErrors { code path } } }"""
TRACK = "query ($code: String!) { feedbackByTrackingCode(code: $code) { state subject answers { text } } }"
SCORE = "mutation ($input: AnswerSurveyInput!) { answerSurvey(input: $input) { userErrors { code path } } }"
LINK = "mutation ($input: FileLinkInput!) { fileLink(input: $input) { url userErrors { code path } } }"


class Proxy(httpx.AsyncHTTPTransport):
    """What ends TLS before a hub: browsers keep the cookie for https alone."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass it on, its Host as it came."""
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.port)
        stream, more = request.stream, request.extensions
        passed = httpx.Request(request.method, url, headers=request.headers, stream=stream, extensions=more)
        return await super().handle_async_request(passed)


class Wrong(AssertionError):
    """An answer that nobody should have got."""


@dataclass
class Watch:
    """What everybody saw."""

    began: float = field(default_factory=time.monotonic)
    taken: list[tuple[float, float]] = field(default_factory=list)  # when a request began, and how long it took
    busy: int = 0  # answers that asked for patience, and lines that were cut
    cut: list[str] = field(default_factory=list)  # those lines
    acts: Counter[str] = field(default_factory=Counter)
    numbers: "count[int]" = field(default_factory=count)
    sent: set[str] = field(default_factory=set)  # ids of feedback that was taken in


@dataclass
class Asker:
    """One client: its connection, its key, the kecamatan it belongs to and those it may hear of."""

    http: httpx.AsyncClient
    watch: Watch
    town: Town
    quarter: Quarter
    chance: Random
    key: str | None = None
    heard: Collection[int] = ()  # tenants; its own where none are named

    async def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """A request, timed and judged."""
        headers = {"hub-tenant": self.quarter.code} if self.key is None else {"authorization": f"Bearer {self.key}"}
        if self.key is not None and self.key.startswith("hub_pub_"):
            headers["origin"] = "https://takisung.example"
        given = {**more, "headers": {**headers, **more.get("headers", {})}}
        for _ in range(PATIENCE):
            began = time.monotonic()
            try:
                response = await self.http.request(method, path, **given)
            except httpx.TransportError as error:  # seen of uploads on a starved machine
                self.watch.busy += 1
                self.watch.cut.append(f"{method} {path}: {error!r}")
                continue
            self.watch.taken.append((began, time.monotonic() - began))
            if response.status_code != BUSY or b'"UNAVAILABLE"' not in response.content:
                break
            self.watch.busy += 1  # the same again, under the same key
            await asyncio.sleep(PAUSE)
        else:
            raise Wrong(f"{method} {path}: no answer")
        self.judge(f"{method} {path}", response)
        return response

    def judge(self, what: str, response: httpx.Response) -> None:
        """Wrong where an answer is an error, or says something of a kecamatan that is none of this client's."""
        own = set(self.heard or {self.quarter.tenant})
        body = response.content
        strange = [each.mark for each in self.town.quarters if each.tenant not in own and each.mark.encode() in body]
        for word in _WORD.findall(body):
            found = decode(word.decode())
            if found is not None and found.tenant not in {0, *own}:
                strange.append(f"{found.type_name} of tenant {found.tenant}")
        if strange or response.is_error:
            raise Wrong(f"{what}: {response.status_code} {strange} {body[:300]!r}")

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data of an operation; Wrong where it is refused."""
        response = await self.send("POST", "/graphql", json={"query": query, "variables": variables})
        answer = response.json()
        data = answer.get("data") or {}
        refused = [each["userErrors"] for each in data.values() if isinstance(each, dict) and each.get("userErrors")]
        if "errors" in answer or refused:
            raise Wrong(f"{query[:60]}: {answer.get('errors')} {refused}")
        return data

    async def probe(self) -> None:
        """Ask for a village of every kecamatan by its id: somebody else's never was."""
        for each in self.town.quarters:
            data = await self.ask(NODE, id=each.place.id("Village"))
            known = each.tenant in (self.heard or {self.quarter.tenant})
            if (data["node"] is not None) is not known:
                raise Wrong(f"village of {each.mark} to {self.quarter.mark}: {data}")

    async def submit(self, **more: Any) -> Any:
        """Say something; the payload."""
        item = {**complaint(self.quarter.mark, next(self.watch.numbers)), **more}
        told = (await self.ask(SUBMIT, input={"item": item, "idempotencyKey": fresh()}))["submitFeedback"]
        if told and told["feedback"]:
            self.watch.sent.add(told["feedback"]["id"])
        return told


Act = Callable[[Asker], Awaitable[object]]


async def official(asker: Asker) -> None:
    """Look around, take the feedback that waits longest, answer it."""
    await asker.ask(asker.chance.choice((VILLAGES, PEOPLE, DESK, VOICES)))
    if asker.quarter.open.empty():
        return
    given = {"feedback": asker.quarter.open.get_nowait()}
    await asker.ask(TRIAGE, input={**given, "severity": 2, "idempotencyKey": fresh()})
    text = f"Sudah diperbaiki di {asker.quarter.mark}."
    await asker.ask(REPLY, input={**given, "text": text, "public": True, "idempotencyKey": fresh()})


async def partner(asker: Asker) -> None:
    """Read what is one's own, say something, alone or several things at once."""
    await asker.ask(asker.chance.choice((OWN, VOICES)))
    if asker.chance.random() < 0.3:
        mark, numbers = asker.quarter.mark, asker.watch.numbers
        items = [{**complaint(mark, next(numbers)), "clientId": fresh()} for _ in range(5)]
        told = await asker.ask(BATCH, input={"items": items, "idempotencyKey": fresh()})
        found = [each["feedback"]["id"] for each in told["submitFeedbackBatch"]["results"]]
        asker.watch.sent.update(found)
    else:
        found = [(await asker.submit())["feedback"]["id"]]
    for each in found:
        asker.quarter.open.put_nowait(each)


async def village(asker: Asker) -> None:
    """The village's head reads the village and speaks for it."""
    await asker.ask(asker.chance.choice((PEOPLE, VILLAGES, VOICES)))
    await asker.submit(villages=[asker.quarter.place.id("Village")])


async def visitor(asker: Asker) -> None:
    """Say something through the office's own site; without any key look what became of it, and answer a survey."""
    await asker.ask(asker.chance.choice((VILLAGES, VOICES)))
    front = replace(asker, key=asker.quarter.place.keys["FRONT_END"])
    code = (await front.submit(anonymous=True))["trackingCode"]
    told = (await asker.ask(TRACK, code=code))["feedbackByTrackingCode"]
    if told is None or not told["subject"].startswith(asker.quarter.mark):
        raise Wrong(f"tracking: {told}")
    scores = [{"element": each, "score": asker.chance.randint(1, 4)} for each in SURVEYED]
    await asker.ask(SCORE, input={"survey": asker.quarter.survey, "answers": scores, "idempotencyKey": fresh()})


async def agency(asker: Asker) -> None:
    """An analyst reads over all kecamatan of the kabupaten."""
    await asker.ask(asker.chance.choice((VILLAGES, DESK, VOICES)))
    await asker.probe()


async def reporter(asker: Asker) -> None:
    """The secretary: reports as figures and as files, a file that goes up and is opened by a link."""
    await asker.ask(REPORT, code=asker.chance.choice(("R-01", "R-28", "R-26")))
    form = asker.chance.choice(("csv", "excel.csv", "xlsx", "json"))
    await asker.send("GET", f"/reports/R-01.{form}")
    if asker.chance.random() < 0.3:
        await _file(asker)


async def _file(asker: Asker) -> None:
    named = base64.b64encode(f"Notulen {asker.quarter.mark}.pdf".encode()).decode()
    tus = {"tus-resumable": "1.0.0"}
    begin = {**tus, "upload-length": str(len(PDF)), "upload-metadata": f"filename {named}"}
    begun = await asker.send("POST", "/files/uploads", headers=begin)
    grow = {**tus, "upload-offset": "0", "content-type": "application/offset+octet-stream"}
    done = await asker.send("PATCH", begun.headers["location"], content=PDF, headers=grow)
    link = (await asker.ask(LINK, input={"file": done.headers["hub-file"], "purpose": "Rapat"}))["fileLink"]["url"]
    opened = await asker.send("GET", link[link.index("/files/") :])
    if opened.content != PDF:
        raise Wrong(f"a file came back changed: {opened.content[:50]!r}")


async def signing_in(asker: Asker, person: tuple[str, str, int], port: int) -> None:
    """Sign in, look at one's sessions, sign out; a code counts once, so wait for the next one by looking around."""
    name, secret, last = person
    proxy, headers = Proxy(port), {"x-forwarded-proto": "https", "accept-language": "id"}
    async with httpx.AsyncClient(transport=proxy, base_url=ORIGIN, headers=headers, timeout=60) as http:
        browser = Visitor(http, secret=secret)
        while True:
            step = max(last + 1, int(time.time()) // STEP)
            while step > int(time.time()) // STEP + 1:
                await _page(asker, browser, "/masuk")
                await asyncio.sleep(asker.chance.uniform(0, 2 * PAUSE))
            last = step
            await _page(asker, browser, "/masuk")
            await browser.send("/masuk", kecamatan=asker.quarter.code, nama=name, sandi=PASSPHRASE)
            if browser.here.status_code != BUSY:
                await browser.send("/masuk/kode", kode=pyotp.TOTP(secret).at(step * STEP))
            if browser.here.status_code == BUSY:
                asker.watch.busy += 1
                continue
            if browser.here.url.path != "/meja":  # where officials land
                raise Wrong(f"{name} is not let in: {browser.here.status_code} {browser.text[-400:]}")
            asker.watch.acts["signed in"] += 1
            for _ in range(20):
                await _page(asker, browser, "/sesi")
                await asyncio.sleep(asker.chance.uniform(0, 2 * PAUSE))
            await browser.send("/keluar")


async def _page(asker: Asker, browser: Visitor, path: str) -> None:
    began = time.monotonic()
    response = await browser.see(path)
    asker.watch.taken.append((began, time.monotonic() - began))
    asker.judge(f"GET {path}", response)


async def for_ever(asker: Asker, name: str, act: Act) -> None:
    """Act after act."""
    for turn in count():
        if turn % 20 == 0:
            await asker.probe()
        await act(asker)
        asker.watch.acts[name] += 1
        await asyncio.sleep(asker.chance.uniform(0, 2 * PAUSE))


CAST: tuple[tuple[str, Act, str | None], ...] = (
    ("official", official, "KEC_COUNTER"),
    ("partner", partner, "PARTNER_ORG"),
    ("visitor", visitor, None),
    ("village", village, "VILLAGE_HEAD"),
    ("agency", agency, "AGENCY"),
    ("official", official, "CAMAT"),
    ("visitor", visitor, None),
    ("secretary", reporter, "KEC_SECRETARY"),
    ("partner", partner, "PARTNER_ORG"),
    ("signing in", official, "SIGN_IN"),
)
