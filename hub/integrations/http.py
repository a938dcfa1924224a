"""The one HTTP client for addresses that other people typed in: issuers' keys, webhooks.

Such an address must not reach into the operator's network. So a host is resolved once, every
address it has must be public, and the connection goes to the very address that was checked, with
the name kept for TLS and the Host header. No redirects, no proxies or .netrc of the environment, no
compression (a small body can unfold to gigabytes), limits on size and on the whole time.

Connections are not kept: a pool would know them by address only, and hand a connection that was
authenticated as one host to another host of the same address.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from hub.kernel.errors import BadInput, Unavailable

MAX_BYTES = 64 * 1024
TIMEOUT_SECONDS = 3.0
CHECK_SECONDS = 2.0
MAX_URL = 2048

_OK = 200
_RESOLVER_THREADS = 8
_DEFAULT_PORTS = {"https": 443, "http": 80}
# What `is_global` lets through, depending on the patch release of Python, or always: special
# assignments (metadata of some clouds among them), local-use NAT64, and one cloud's host agent.
_INNER = tuple(ipaddress.ip_network(text) for text in ("192.0.0.0/24", "64:ff9b:1::/48", "168.63.129.16/32"))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port -> all its addresses; raises OSError where there are none."""


class AddressRefused(BadInput):
    """The hub does not call this address: {problem}"""

    code = "ADDRESS_REFUSED"
    hint = "Use an https address that is reachable from the public internet."


class CallFailed(Unavailable):
    """The other system did not answer as it should: {problem}"""

    code = "CALL_FAILED"
    hint = "Ask whoever runs that system; the hub tries again by itself."


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Target:
    """A checked URL: where to connect, and which name to speak to there."""

    url: httpx.URL
    host: str
    authority: str


def is_public(address: Address) -> bool:
    """Whether an address, and any address embedded in it, lies on the public internet."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    if address.is_multicast or any(address in network for network in _INNER):
        return False
    return address.is_global


class GuardedClient:
    """Calls addresses that are not trusted. `allow_loopback` is for demo and tests only."""

    __slots__ = ("_allow_loopback", "_client", "_resolve", "_threads", "_timeout")

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        """`tls` replaces the usual trust store; `timeout` covers resolving, sending and reading."""
        # Own threads: names that do not resolve must not hold up the rest of the process.
        self._threads = ThreadPoolExecutor(_RESOLVER_THREADS, thread_name_prefix="hub-resolve")
        self._allow_loopback = allow_loopback
        self._resolve = resolve or self._ask_system
        self._timeout = timeout
        self._client = httpx.AsyncClient(
            verify=tls if tls is not None else ssl.create_default_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=timeout,
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=0),
            headers={"User-Agent": "KecamatanHub", "Accept-Encoding": "identity"},
        )

    async def fetch(self, url: str) -> bytes:
        """The body of a GET that answers 200; the shape `hub.tenants.jwks` asks for."""
        reply = await self.call("GET", url)
        if reply.status != _OK:
            raise CallFailed(problem=f"status {reply.status}")
        return reply.body

    async def call(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> Reply:
        """One request, one reply, any status. AddressRefused or CallFailed, never another error."""
        try:
            async with asyncio.timeout(self._timeout):
                target = await self._target(url)
                sent = httpx.Headers(headers)
                sent["Host"] = target.authority
                request = self._client.build_request(
                    method,
                    target.url,
                    content=body,
                    headers=sent,
                    extensions={"sni_hostname": target.host},
                )
                return await self._send(request, max_bytes)
        except TimeoutError:
            raise CallFailed(problem="no answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise CallFailed(problem=type(error).__name__) from error

    async def check(self, url: str) -> None:
        """AddressRefused for what would not be called now; CallFailed where its name is not known in time."""
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self._target(url)
        except TimeoutError:
            raise CallFailed(problem="its name is not known in time") from None

    async def close(self) -> None:
        """Let go of everything."""
        await self._client.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _send(self, request: httpx.Request, max_bytes: int) -> Reply:
        response = await self._client.send(request, stream=True)
        try:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise CallFailed(problem="a compressed body, though none was accepted")
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > max_bytes:
                    raise CallFailed(problem=f"more than {max_bytes} bytes")
            return Reply(response.status_code, dict(response.headers), bytes(received))
        finally:
            await response.aclose()

    async def _target(self, url: str) -> _Target:
        parsed = self._parse(url)
        port = parsed.port or _DEFAULT_PORTS[parsed.scheme]
        host = parsed.raw_host.decode("ascii")
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError):
            raise CallFailed(problem="its name is not known") from None
        # A scope such as %eth0 belongs to link-local addresses, which are refused either way.
        addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in found]
        if not addresses:
            raise CallFailed(problem="its name is not known")
        # All, not any: a name with one public and one private address is a trap.
        if not all(self._may_reach(address, parsed.scheme) for address in addresses):
            raise AddressRefused(problem="it does not lie on the public internet")
        pinned = parsed.copy_with(host=str(addresses[0]), port=port)
        return _Target(pinned, host, parsed.netloc.decode("ascii"))

    def _parse(self, text: str) -> httpx.URL:
        try:
            url = httpx.URL(text) if len(text) <= MAX_URL else None
        except (httpx.InvalidURL, ValueError):
            url = None
        if url is None or not url.host:
            raise AddressRefused(problem="it is not a complete web address")
        if url.scheme != "https" and not (url.scheme == "http" and self._allow_loopback):
            raise AddressRefused(problem="it does not begin with https://")
        if url.userinfo or url.fragment:
            raise AddressRefused(problem="it carries a name, password or fragment")
        return url

    def _may_reach(self, address: Address, scheme: str) -> bool:
        if self._allow_loopback and address.is_loopback:
            return True
        return scheme == "https" and is_public(address)

    async def _ask_system(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return [str(address[0]) for *_, address in found]
