"""The guarded client: where it refuses to go, and how it survives bad servers."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub.integrations.http import AddressRefused, CallFailed, GuardedClient, Reply, is_public


class Site:
    """A real HTTP server on loopback that answers with whatever bytes the test says."""

    def __init__(self) -> None:
        self.answer = reply(b"hello")
        self.delay = 0.0
        self.requests: list[str] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
        await asyncio.sleep(self.delay)
        writer.write(self.answer)
        await writer.drain()
        writer.close()


class Names:
    """A name server that gives one answer after the other."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        if not self.answers:
            raise OSError
        return self.answers.pop(0)


def reply(body: bytes, *, status: str = "200 OK", headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


@pytest.fixture
async def demo() -> AsyncIterator[GuardedClient]:
    client = GuardedClient(allow_loopback=True, timeout=0.5)
    yield client
    await client.close()


async def refusal_of(client: GuardedClient, url: str) -> str:
    with pytest.raises(AddressRefused) as refused:
        await client.fetch(url)
    await client.close()
    return str(refused.value.params["problem"])


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0",  # noqa: S104 - refused, not bound
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.8.8.8",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.192",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b:1::a00:1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:808:808::80ff:fffe",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_addresses_of_inner_networks_are_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["8.8.8.8", "103.28.12.1", "2404:6800:4003::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/keys",
        "https://2130706433/keys",
        "https://0x7f.1/keys",
        "https://localhost/keys",
        "https://[::1]/keys",
        "https://[::ffff:127.0.0.1]/keys",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.1.2.3/",
    ],
)
async def test_inner_addresses_are_refused_however_they_are_spelled(url: str) -> None:
    client = GuardedClient()

    assert await refusal_of(client, url) == "it does not lie on the public internet"


async def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    names = Names(["93.184.215.14", "192.168.1.10"])
    client = GuardedClient(resolve=names.resolve)

    problem = await refusal_of(client, "https://keys.example.id/")

    assert problem == "it does not lie on the public internet"
    assert names.asked == [("keys.example.id", 443)]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://keys.example.id/", "it does not begin with https://"),
        ("ftp://keys.example.id/", "it does not begin with https://"),
        ("file:///etc/passwd", "it is not a complete web address"),
        ("keys.example.id", "it is not a complete web address"),
        ("https://0177.0.0.1/keys", "it is not a complete web address"),
        ("https://", "it is not a complete web address"),
        ("https://exa mple.id\r\nX: 1/", "it is not a complete web address"),
        ("https://keys.example.id/" + "a" * 3000, "it is not a complete web address"),
        ("https://user:pw@keys.example.id/", "it carries a name, password or fragment"),
        ("https://keys.example.id/#part", "it carries a name, password or fragment"),
    ],
)
async def test_unfit_urls_are_refused_before_any_name_is_resolved(url: str, problem: str) -> None:
    names = Names()
    client = GuardedClient(resolve=names.resolve)

    assert await refusal_of(client, url) == problem
    assert names.asked == []


async def test_loopback_needs_the_flag_and_the_flag_opens_nothing_else(site: Site) -> None:
    strict = GuardedClient()
    names = Names(["10.0.0.5"], ["93.184.215.14"], ["127.0.0.1", "10.0.0.5"])
    demo = GuardedClient(allow_loopback=True, resolve=names.resolve)

    problems = [await refusal_of(strict, f"http://127.0.0.1:{site.port}/")]
    problems += [await refusal_of(demo, "https://a.example/")]
    problems += [await refusal_of(demo, "http://b.example/")]
    problems += [await refusal_of(demo, "http://c.example/")]

    outside = "it does not lie on the public internet"
    assert problems == ["it does not begin with https://", outside, outside, outside]
    assert site.requests == []


async def test_the_connection_goes_to_the_address_that_was_checked(site: Site) -> None:
    """A second answer of the name server (rebinding) is never asked for."""
    names = Names(["127.0.0.1"], ["10.0.0.5"])
    client = GuardedClient(allow_loopback=True, resolve=names.resolve)

    body = await client.fetch(f"http://rebinding.invalid:{site.port}/keys?x=1")

    await client.close()
    assert body == b"hello"
    assert names.asked == [("rebinding.invalid", site.port)]
    lines = site.requests[0].lower().split("\r\n")
    assert lines[0] == "get /keys?x=1 http/1.1"
    assert f"host: rebinding.invalid:{site.port}" in lines
    assert "accept-encoding: identity" in lines


async def test_a_redirect_is_not_followed(site: Site, demo: GuardedClient) -> None:
    inner = f"Location: http://127.0.0.1:{site.port}/inner\r\n"
    site.answer = reply(b"", status="302 Found", headers=inner)

    with pytest.raises(CallFailed) as failure:
        await demo.fetch(f"http://127.0.0.1:{site.port}/")

    assert failure.value.params == {"problem": "status 302"}
    assert len(site.requests) == 1


async def test_proxies_of_the_environment_are_ignored(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    client = GuardedClient(allow_loopback=True)

    body = await client.fetch(f"http://127.0.0.1:{site.port}/")

    await client.close()
    assert body == b"hello"


async def test_a_body_over_the_limit_is_given_up(site: Site, demo: GuardedClient) -> None:
    url = f"http://127.0.0.1:{site.port}/"
    site.answer = reply(b"x" * 65536)
    assert len(await demo.fetch(url)) == 65536
    site.answer = reply(b"x" * 65537)

    with pytest.raises(CallFailed) as failure:
        await demo.fetch(url)

    assert failure.value.params == {"problem": "more than 65536 bytes"}


async def test_a_compressed_body_is_refused(site: Site, demo: GuardedClient) -> None:
    site.answer = reply(b"\x1f\x8b", headers="Content-Encoding: gzip\r\n")

    with pytest.raises(CallFailed) as failure:
        await demo.fetch(f"http://127.0.0.1:{site.port}/")

    assert failure.value.params == {"problem": "a compressed body, though none was accepted"}


async def test_a_server_that_does_not_answer_costs_the_timeout_only(site: Site, demo: GuardedClient) -> None:
    site.delay = 5
    started = asyncio.get_running_loop().time()

    with pytest.raises(CallFailed) as failure:
        await demo.fetch(f"http://127.0.0.1:{site.port}/")

    assert failure.value.params == {"problem": "no answer in time"}
    assert asyncio.get_running_loop().time() - started < 1.5


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Le"])
async def test_what_is_not_http_fails_plainly(site: Site, demo: GuardedClient, answer: bytes) -> None:
    site.answer = answer

    with pytest.raises(CallFailed):
        await demo.fetch(f"http://127.0.0.1:{site.port}/")


async def test_a_closed_port_and_an_unknown_name_fail_plainly() -> None:
    client = GuardedClient(allow_loopback=True, resolve=Names(["127.0.0.1"]).resolve)

    with pytest.raises(CallFailed) as closed:
        await client.fetch("http://localhost:1/")
    with pytest.raises(CallFailed) as unknown:
        await client.fetch("http://nowhere.invalid/")

    await client.close()
    assert closed.value.params == {"problem": "ConnectError"}
    assert unknown.value.params == {"problem": "its name is not known"}


async def test_a_call_sends_body_and_headers_and_gives_back_any_status(site: Site, demo: GuardedClient) -> None:
    site.answer = reply(b"no", status="422 Unprocessable", headers="X-Why: test\r\n")

    got = await demo.call(
        "POST",
        f"http://127.0.0.1:{site.port}/hook",
        body=b"{}",
        headers={"X-Signature": "abc", "host": "evil.example"},
    )

    assert got == Reply(422, {"content-length": "2", "x-why": "test"}, b"no")
    lines = site.requests[0].lower().split("\r\n")
    assert "x-signature: abc" in lines
    assert [line for line in lines if line.startswith("host:")] == [f"host: 127.0.0.1:{site.port}"]


async def test_tls_checks_the_name_that_was_asked_for(tmp_path: Path) -> None:
    """The pinned address must not loosen the certificate: name B on A's server is refused."""
    server_tls, trust = certificate_for("a.example", tmp_path)
    site = Site()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=server_tls)
    port = server.sockets[0].getsockname()[1]
    names = Names(["127.0.0.1"], ["127.0.0.1"], ["127.0.0.1"])
    client = GuardedClient(allow_loopback=True, resolve=names.resolve, tls=trust)

    good = await client.fetch(f"https://a.example:{port}/")
    with pytest.raises(CallFailed) as failure:
        await client.fetch(f"https://b.example:{port}/")

    await client.close()
    server.close()
    assert good == b"hello"
    assert failure.value.params == {"problem": "ConnectError"}
    assert len(site.requests) == 1


def certificate_for(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS context with a fresh self-signed certificate, and one that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(minutes=10))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "server.pem"
    path.write_bytes(private + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cadata=pem.decode())
