"""A visitor of the pages: a browser written by hand, which keeps cookies and sends what forms hold."""

import asyncio
import re
import time
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx
import pyotp

from hub.entrypoints.web import Application
from tests.client import Client
from tests.world.build import Place

ORIGIN = "https://hub.test"
STEP, NEARLY = 30, 5  # seconds: how long a code is shown, and what a slow machine takes from code to answer
PASSPHRASE = "empat kata yang lucu sekali"
INVITE = (
    "mutation ($input: InvitePersonInput!) "
    "{ answer: invitePerson(input: $input) { url expiresAt userErrors { code path } } }"
)
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
SECRET = re.compile(r'class="secret">([A-Z2-7 ]+)<')


@dataclass
class Visitor:
    """One browser. Its clock is the machine's, but for codes, which it can ask for ahead of time."""

    http: httpx.AsyncClient
    page: httpx.Response | None = None
    secret: str = ""

    @classmethod
    def of(cls, app: Application, *, address: str = "127.0.0.1", lang: str = "id") -> "Visitor":
        """A fresh browser at an address."""
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
        headers = {"accept-language": lang, "user-agent": "Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile"}
        return cls(httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers))

    @property
    def cookie(self) -> str:
        """The token it holds."""
        return self.http.cookies.get("__Host-hub") or ""

    @property
    def here(self) -> httpx.Response:
        """The page it looks at."""
        assert self.page is not None
        return self.page

    @property
    def text(self) -> str:
        """What the page says."""
        return unescape(self.here.text)

    async def see(self, path: str) -> httpx.Response:
        """Open a page, following where it leads."""
        self.page = await self.http.get(path)
        return await self._led()

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of the page that is open, as a browser would."""
        found = CSRF.search(self.here.text)
        given = {"csrf": found[1] if found else "", **fields}
        self.page = await self.post(path, given)
        return await self._led()

    async def post(self, path: str, given: dict[str, str], **headers: str) -> httpx.Response:
        """A bare POST."""
        return await self.http.post(path, data=given, headers={"origin": ORIGIN, **headers})

    async def _led(self) -> httpx.Response:
        while self.here.status_code == 303:
            self.page = await self.http.get(self.here.headers["location"])
        return self.here

    def code(self, ahead: int = 0) -> str:
        """The code of the step that is so many steps ahead."""
        return pyotp.TOTP(self.secret).at(int(time.time()) + STEP * ahead)

    async def join(self, url: str, passphrase: str = PASSPHRASE) -> None:
        """Accept an invitation to the end, with the code of the step before this one."""
        await self.see(url)
        await self.send(url, sandi=passphrase, sandi_lagi=passphrase)
        found = SECRET.search(self.here.text)
        assert found is not None, self.text
        self.secret = found[1].replace(" ", "")
        await self.send("/masuk/pasang", kode=await earlier(self.secret))
        assert self.here.status_code == 200, self.text

    async def sign_in(self, place: Place, name: str, passphrase: str = PASSPHRASE, *, ahead: int = 0) -> httpx.Response:
        """From the form to the first page."""
        await self.see("/masuk")
        await self.send("/masuk", kecamatan=place.tenant.code, nama=name, sandi=passphrase)
        return await self.send("/masuk/kode", kode=self.code(ahead))


async def earlier(secret: str) -> str:
    """The code of the step before this one, so that this step's is left for signing in.

    Where this step is nearly over it waits for the next: the code would count no more when it arrives.
    """
    left = STEP - time.time() % STEP
    if left < NEARLY:
        await asyncio.sleep(left)
    return pyotp.TOTP(secret).at(int(time.time()) - STEP)


async def invited(app: Application, place: Place, name: str, *, by: str = "CAMAT", **more: Any) -> str:
    """The address of an invitation that an official made through the graph."""
    given = {"name": f"Warga {name}", "signInName": name, "role": "KEC_COUNTER", "reason": "SK 1/2026", **more}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        answer = (await Client(http).data(INVITE, {"input": given}, key=place.keys[by]))["answer"]
    assert answer["userErrors"] == [], answer
    url: str = answer["url"]
    return url
