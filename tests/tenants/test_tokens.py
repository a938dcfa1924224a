"""Tokens, against a real issuer on loopback: every refusal, key rotation, and bad issuers."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from hub.integrations.http import GuardedClient
from hub.kernel.errors import Faulty, HubError
from hub.tenants import jwks
from hub.tenants.jwks import IssuerUnavailable, KeySetDamaged, KeySets
from hub.tenants.tokens import (
    Identity,
    Issuer,
    Issuers,
    Reason,
    TokenExpired,
    TokenInvalid,
    TokenVerifier,
)

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
EC, ED, RSA = ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519"), RSAKey.generate_key(2048)
STRANGER = ECKey.generate_key("P-256")
SIGNERS: dict[str, ECKey | OKPKey | RSAKey] = {
    "ES256": EC,
    "Ed25519": ED,
    "RS256": RSA,
    "PS256": RSA,
}
KIDS = {"ES256": "ec", "Ed25519": "ed", "RS256": "rsa", "PS256": "rsa"}
Signer = ECKey | OKPKey | RSAKey | OctKey


def public(key: ECKey | OKPKey | RSAKey, kid: str, **more: object) -> dict[str, object]:
    return {**key.as_dict(private=False), "kid": kid, **more}


@dataclass
class IssuerSite:
    """An issuer's key endpoint: a real HTTP server that can be slow, broken, or rotate its keys."""

    keys: list[dict[str, object]] = field(
        default_factory=lambda: [public(EC, "ec"), public(ED, "ed"), public(RSA, "rsa")]
    )
    status: str = "200 OK"
    delay: float = 0.0
    fetches: int = 0
    port: int = 0

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}/jwks"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.fetches += 1  # also one that is given up before it has asked
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(self.delay)
        body = json.dumps({"keys": self.keys}).encode()
        head = f"HTTP/1.1 {self.status}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class House:
    """A verifier with everything around it real."""

    site: IssuerSite
    client: GuardedClient
    watch: Watch
    key_sets: KeySets
    verifier: TokenVerifier

    def issuers(self, *, algorithms: frozenset[str] = frozenset(SIGNERS)) -> Issuers:
        url = "https://login.example.id"
        return {url: [Issuer(url, "hub", algorithms, self.site.uri, 7)]}

    async def verify(self, token: str, *, now: datetime = NOW) -> Identity:
        return await self.verifier.verify(token, issuers=self.issuers(), now=now)

    async def reason(self, token: str, *, now: datetime = NOW) -> Reason:
        try:
            identity = await self.verify(token, now=now)
        except (TokenInvalid, TokenExpired) as refusal:
            code = "TOKEN_EXPIRED" if isinstance(refusal, TokenExpired) else "TOKEN_INVALID"
            shown = (refusal.code, refusal.status, refusal.params)
            reason = refusal.reason
        else:
            pytest.fail(f"accepted: {identity}")
        assert shown == (code, 401, {})
        return reason


@pytest.fixture
async def house() -> AsyncIterator[House]:
    site = IssuerSite()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    client = GuardedClient(allow_loopback=True, timeout=0.5)
    watch = Watch()
    key_sets = KeySets(client.fetch, clock=watch)
    yield House(site, client, watch, key_sets, TokenVerifier(key_sets))
    await key_sets.close()
    await client.close()
    server.close()


def claims(**changes: object) -> dict[str, object]:
    """Good claims, changed; a change to None leaves the claim out."""
    good: dict[str, object] = {
        "iss": "https://login.example.id",
        "aud": "hub",
        "sub": "petugas-1",
        "exp": int(NOW.timestamp()) + 300,
        "iat": int(NOW.timestamp()),
        "azp": "kecamatan-app",
        "role": "CAMAT",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def token(
    said: Mapping[str, object] | None = None,
    *,
    algorithm: str = "ES256",
    signer: Signer | None = None,
    **header: object,
) -> str:
    """A token, signed by the issuer unless told otherwise."""
    full = {"alg": algorithm, "kid": KIDS.get(algorithm, "ec"), **header}
    shown = {name: value for name, value in full.items() if value is not None}
    registry = JWSRegistry(
        algorithms=["ES256", "Ed25519", "RS256", "PS256", "RS512", "HS256"],
        strict_check_header=False,
    )
    key: Signer = SIGNERS.get(algorithm, RSA)
    return jwt.encode(shown, dict(said or claims()), signer or key, registry=registry)


def unsigned(header: Mapping[str, object]) -> str:
    """A token with an empty signature."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims())]
    return ".".join([*parts, ""])


def at(seconds: int) -> int:
    return int(NOW.timestamp()) + seconds


@pytest.mark.parametrize("algorithm", ["ES256", "Ed25519", "RS256", "PS256"])
async def test_a_good_token_gives_identity_and_no_rights(house: House, algorithm: str) -> None:
    identity = await house.verify(token(algorithm=algorithm))

    assert identity == Identity(
        issuer="https://login.example.id",
        subject="petugas-1",
        tenants=frozenset({7}),
        expires_at=NOW + 300 * SECOND,
        claims={"azp": "kecamatan-app"},
    )


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (claims(aud="elsewhere"), Reason.AUDIENCE),
        (claims(aud=["elsewhere", "more"]), Reason.AUDIENCE),
        (claims(aud=None), Reason.AUDIENCE),
        (claims(aud={"hub": 1}), Reason.AUDIENCE),
        (claims(iss="https://evil.example"), Reason.ISSUER),
        (claims(iss="https://login.example.id/"), Reason.ISSUER),
        (claims(iss=None), Reason.ISSUER),
        (claims(iss=["https://login.example.id"]), Reason.ISSUER),
        (claims(sub=None), Reason.NO_SUBJECT),
        (claims(sub=""), Reason.NO_SUBJECT),
        (claims(sub=7), Reason.NO_SUBJECT),
        (claims(sub="x" * 256), Reason.NO_SUBJECT),
        (claims(exp=None), Reason.NO_EXPIRY),
        (claims(exp="2030-01-01"), Reason.NO_EXPIRY),
        (claims(exp=True), Reason.NO_EXPIRY),
        (claims(exp=float("inf")), Reason.NO_EXPIRY),
        (claims(exp=float("nan")), Reason.NO_EXPIRY),
        (claims(exp=10**400), Reason.NO_EXPIRY),
        (claims(exp=-1), Reason.NO_EXPIRY),
        (claims(exp=at(-60)), Reason.EXPIRED),
        (claims(nbf=at(61)), Reason.NOT_YET),
        (claims(nbf="tomorrow"), Reason.NOT_YET),
        (claims(iat=at(61)), Reason.NOT_YET),
    ],
)
async def test_claims_that_do_not_fit_are_refused(house: House, said: dict[str, object], reason: Reason) -> None:
    assert await house.reason(token(said)) == reason


@pytest.mark.parametrize("said", [claims(exp=at(-59)), claims(nbf=at(60)), claims(aud=["other", "hub"])])
async def test_a_minute_of_leeway_and_one_audience_among_many_pass(house: House, said: dict[str, object]) -> None:
    assert (await house.verify(token(said))).subject == "petugas-1"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (unsigned({"alg": "none", "kid": "ec"}), Reason.ALGORITHM),
        (unsigned({"alg": "None", "kid": "ec"}), Reason.ALGORITHM),
        (unsigned({"alg": "", "kid": "ec"}), Reason.ALGORITHM),
        (unsigned({"alg": ["ES256"], "kid": "ec"}), Reason.ALGORITHM),
        (unsigned({"kid": "ec"}), Reason.ALGORITHM),
        (unsigned({"alg": "ES256", "kid": "ec"}), Reason.SIGNATURE),
        (token(algorithm="RS512", kid="rsa"), Reason.ALGORITHM),
        (token(kid=None), Reason.NO_KEY_ID),
        (token(kid="nobody"), Reason.UNKNOWN_KEY),
        (token(kid="rsa"), Reason.KEY_MISMATCH),
        (token(kid="ed"), Reason.KEY_MISMATCH),
        (token(algorithm="RS256", kid="ec"), Reason.KEY_MISMATCH),
        (token(signer=STRANGER), Reason.SIGNATURE),
        (token(signer=STRANGER, jwk=STRANGER.as_dict(private=False)), Reason.SIGNATURE),
        (token(signer=STRANGER, jku="https://evil.example/jwks"), Reason.SIGNATURE),
        (token(signer=STRANGER, x5u="https://evil.example/x5u"), Reason.SIGNATURE),
        (token(typ="logout+jwt"), Reason.TYPE),
        (unsigned({"alg": "ES256", "kid": "ec", "typ": 7}), Reason.TYPE),
        (token(claims(pad="x" * 8192)), Reason.TOO_LONG),
        ("", Reason.MALFORMED),
        ("a.b", Reason.MALFORMED),
        ("a.b.c", Reason.MALFORMED),
        ("a.b.c.d.e", Reason.MALFORMED),
        ("é.é.é", Reason.MALFORMED),
        ("\ud800.a.b", Reason.MALFORMED),
        ("e30.W10.", Reason.MALFORMED),
        ("." * 8192, Reason.MALFORMED),
    ],
)
async def test_a_forged_or_broken_token_is_refused(house: House, text: str, reason: Reason) -> None:
    assert await house.reason(text) == reason


@pytest.mark.parametrize("name", ["crit", "b64"])
async def test_critical_headers_are_refused(house: House, name: str) -> None:
    header = {"alg": "ES256", "kid": "ec", name: ["exp"] if name == "crit" else False}

    assert await house.reason(unsigned(header)) == Reason.CRITICAL_HEADER


async def test_a_public_key_used_as_a_shared_secret_is_refused(house: House) -> None:
    pem = RSA.as_pem(private=False)
    secret = OctKey.import_key(base64.urlsafe_b64encode(pem).rstrip(b"=").decode())

    assert await house.reason(token(algorithm="HS256", signer=secret)) == Reason.ALGORITHM


async def test_headers_that_carry_keys_do_not_disturb_a_good_token(house: House) -> None:
    text = token(jku="https://evil.example", jwk=STRANGER.as_dict(private=False), x5c=["A" * 900])

    assert (await house.verify(text)).subject == "petugas-1"


async def test_every_changed_character_of_the_signed_part_is_refused(house: House) -> None:
    text = token()

    for position in range(0, text.rindex("."), 7):
        other = "A" if text[position] != "A" else "B"
        with pytest.raises(TokenInvalid):
            await house.verify(text[:position] + other + text[position + 1 :])


async def test_an_algorithm_outside_the_issuers_list_is_refused(house: House) -> None:
    issuers = house.issuers(algorithms=frozenset({"Ed25519"}))

    with pytest.raises(TokenInvalid) as refusal:
        await house.verifier.verify(token(), issuers=issuers, now=NOW)

    assert refusal.value.reason == Reason.ALGORITHM
    assert house.site.fetches == 0


@pytest.mark.parametrize("algorithms", [{"HS256"}, {"ES256", "none"}, {"EdDSA"}, set()])
def test_an_issuer_with_weak_algorithms_cannot_be_declared(algorithms: set[str]) -> None:
    with pytest.raises(Faulty):
        Issuer("https://a.example", "hub", frozenset(algorithms), "https://a.example/jwks", 7)


async def test_what_could_not_be_good_costs_no_fetch(house: House) -> None:
    for text in (token(claims(aud="x")), token(claims(iss="x")), "a.b.c", token(kid=None)):
        await house.reason(text)

    assert house.site.fetches == 0


async def test_key_sets_are_fetched_once_for_many_tokens_at_once(house: House) -> None:
    house.site.delay = 0.05

    found = await asyncio.gather(*(house.verify(token(claims(jti=str(i)))) for i in range(20)))

    assert [identity.claims["jti"] for identity in found] == [str(i) for i in range(20)]
    assert house.site.fetches == 1


async def test_a_cancelled_request_does_not_spoil_the_fetch_for_others(house: House) -> None:
    house.site.delay = 0.05
    first = asyncio.create_task(house.verify(token()))
    second = asyncio.create_task(house.verify(token(claims(sub="petugas-2"))))
    await asyncio.sleep(0.01)

    first.cancel()

    assert (await second).subject == "petugas-2"
    assert house.site.fetches == 1


async def test_a_new_key_is_fetched_for_once_per_half_minute(house: House) -> None:
    await house.verify(token())
    house.site.keys = [public(STRANGER, "new")]
    rotated = token(signer=STRANGER, kid="new")

    early = await house.reason(rotated)
    house.watch.seconds += jwks.UNKNOWN_KID_SECONDS
    identity = await house.verify(rotated)
    strangers = [await house.reason(token(kid=f"guess-{i}")) for i in range(5)]

    assert early == Reason.UNKNOWN_KEY
    assert identity.subject == "petugas-1"
    assert strangers == [Reason.UNKNOWN_KEY] * 5
    assert house.site.fetches == 2


async def test_a_withdrawn_key_stops_working_after_the_refresh(house: House) -> None:
    await house.verify(token())
    house.site.keys = [public(STRANGER, "new")]
    house.watch.seconds += jwks.FRESH_SECONDS

    served_stale = await house.verify(token(claims(sub="petugas-2")))
    await asyncio.sleep(0.1)

    assert served_stale.subject == "petugas-2"
    assert await house.reason(token(claims(sub="petugas-3"))) == Reason.UNKNOWN_KEY


async def test_known_keys_outlive_a_failing_issuer_for_some_hours_only(house: House) -> None:
    await house.verify(token())
    house.site.status = "500 Oops"
    house.watch.seconds += jwks.STALE_SECONDS - 1

    still = await house.verify(token(claims(sub="petugas-2")))
    await asyncio.sleep(0.1)
    faults = house.key_sets.faults()
    house.watch.seconds += jwks.FAILED_SECONDS

    assert still.subject == "petugas-2"
    assert faults == {house.site.uri: "CALL_FAILED"}
    with pytest.raises(IssuerUnavailable) as failure:
        await house.verify(token(claims(sub="petugas-3")))
    assert (failure.value.code, failure.value.status) == ("ISSUER_UNAVAILABLE", 503)


async def test_a_failing_issuer_is_asked_again_after_a_pause(house: House) -> None:
    house.site.status = "500 Oops"
    for _ in range(3):
        with pytest.raises(IssuerUnavailable):
            await house.verify(token())
    before = house.site.fetches
    house.site.status = "200 OK"
    house.watch.seconds += jwks.FAILED_SECONDS

    identity = await house.verify(token())

    assert (before, house.site.fetches) == (1, 2)
    assert identity.subject == "petugas-1"
    assert house.key_sets.faults() == {}


async def test_a_hanging_issuer_does_not_hold_up_another(house: House) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    slow_url = "https://slow.example"
    slow = Issuer(slow_url, "hub", frozenset({"ES256"}), f"http://127.0.0.1:{port}/", 8)
    issuers = {**house.issuers(), slow_url: [slow]}
    waiting = asyncio.create_task(house.verifier.verify(token(claims(iss=slow_url)), issuers=issuers, now=NOW))
    await asyncio.sleep(0.01)

    identity = await house.verifier.verify(token(), issuers=issuers, now=NOW)
    done_first = not waiting.done()

    with pytest.raises(IssuerUnavailable):
        await waiting
    server.close()
    assert (identity.tenants, done_first) == (frozenset({7}), True)


async def test_a_tenant_with_a_key_set_of_its_own_speaks_for_itself_only(house: House) -> None:
    """Tenant 9 names the issuer of tenant 7, but with keys that tenant 9 made."""
    evil = IssuerSite(keys=[public(STRANGER, "ec")])
    server = await asyncio.start_server(evil.serve, "127.0.0.1", 0)
    evil.port = server.sockets[0].getsockname()[1]
    url = "https://login.example.id"
    forged_entry = Issuer(url, "hub", frozenset({"ES256"}), evil.uri, 9)
    sharing_entry = Issuer(url, "hub", frozenset({"ES256"}), house.site.uri, 8)
    issuers = {url: [forged_entry, *house.issuers()[url], sharing_entry]}

    forged = await house.verifier.verify(token(signer=STRANGER), issuers=issuers, now=NOW)
    genuine = await house.verifier.verify(token(), issuers=issuers, now=NOW)

    server.close()
    assert forged.tenants == frozenset({9})
    assert genuine.tenants == frozenset({7, 8})


async def test_a_verified_token_is_remembered_for_a_minute(house: House) -> None:
    text = token()
    first = await house.verify(text)
    house.site.keys = [public(STRANGER, "new")]
    house.watch.seconds += jwks.STALE_SECONDS

    again = await house.verify(text, now=NOW + 59 * SECOND)

    assert again is first
    assert await house.reason(text, now=NOW + 60 * SECOND) == Reason.UNKNOWN_KEY


async def test_a_remembered_token_expires_all_the_same(house: House) -> None:
    text = token(claims(exp=at(10)))
    first = await house.verify(text)

    again = await house.verify(text, now=NOW + 9 * SECOND)
    late = await house.verify(text, now=NOW + 69 * SECOND)

    assert again is first
    assert late is not first
    assert await house.reason(text, now=NOW + 70 * SECOND) == Reason.EXPIRED


async def test_a_remembered_token_is_worth_nothing_when_its_issuer_is_struck_off(
    house: House,
) -> None:
    text = token()
    await house.verify(text)

    with pytest.raises(TokenInvalid) as refusal:
        await house.verifier.verify(text, issuers={}, now=NOW)

    assert refusal.value.reason == Reason.ISSUER


async def test_the_memory_is_bounded(house: House) -> None:
    verifier = TokenVerifier(house.key_sets, limit=2)
    for i in range(5):
        text = token(claims(sub=f"petugas-{i}"))
        await verifier.verify(text, issuers=house.issuers(), now=NOW)

    assert len(verifier._kept) == 2


async def test_an_issuer_with_an_inner_address_is_never_called() -> None:
    client = GuardedClient()
    key_sets = KeySets(client.fetch, clock=Watch())
    url = "https://login.example.id"
    uris = ["https://127.0.0.1/jwks", "https://169.254.169.254/jwks", "http://login.example.id/"]

    for uri in uris:
        issuers = {url: [Issuer(url, "hub", frozenset({"ES256"}), uri, 7)]}
        with pytest.raises(IssuerUnavailable):
            await TokenVerifier(key_sets).verify(token(), issuers=issuers, now=NOW)

    await client.close()
    assert key_sets.faults() == dict.fromkeys(uris, "ADDRESS_REFUSED")


@pytest.mark.parametrize(
    "key",
    [
        public(EC, "k", use="enc"),
        public(EC, "k", alg="ES384"),
        public(EC, "k", key_ops=["sign"]),
        public(EC, "k", x="AAAA"),
        public(ECKey.generate_key("P-384"), "k"),
        public(OKPKey.generate_key("X25519"), "k"),
        public(EC, ""),
        public(EC, "k" * 256),
        {**EC.as_dict(private=True), "kid": "k"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "k"},
        {"kty": "RSA", "n": "A" * 9000, "e": "AQAB", "kid": "k"},
        {"kty": "RSA", "n": "w" * 170, "e": "AQAB", "kid": "k"},
        {"kid": "k"},
    ],
)
def test_unfit_keys_are_skipped_beside_good_ones(key: dict[str, object]) -> None:
    raw = json.dumps({"keys": [key, "junk", None, public(ED, "good", alg="EdDSA")]}).encode()

    found = jwks.parse_key_set(raw)

    assert {kid: sorted(keys) for kid, keys in found.items()} == {"good": ["Ed25519"]}


def test_a_key_serves_the_algorithm_it_names() -> None:
    keys = [public(RSA, "both"), public(RSA, "one", alg="PS256", use="sig", key_ops=["verify"])]

    found = jwks.parse_key_set(json.dumps({"keys": keys}).encode())

    assert {kid: sorted(by) for kid, by in found.items()} == {
        "both": ["PS256", "RS256"],
        "one": ["PS256"],
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"keys": {}}',
        b'{"keys": []}',
        b'{"keys": [{}]}',
        b"[" * 50_000,
        b"\xff\xfe",
        json.dumps({"keys": [public(EC, f"k{i}") for i in range(65)]}).encode(),
    ],
)
def test_what_is_no_key_set_is_damaged(raw: bytes) -> None:
    with pytest.raises(KeySetDamaged):
        jwks.parse_key_set(raw)


async def test_the_number_of_key_sets_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwks, "MAX_SOURCES", 2)
    key_sets = KeySets(refusing(KeySetDamaged(problem="test")), clock=Watch())

    for i in range(5):
        with pytest.raises(IssuerUnavailable):
            await key_sets.keys(f"https://{i}.example", "k")

    assert list(key_sets.faults()) == ["https://3.example", "https://4.example"]


def refusing(error: HubError) -> Callable[[str], Awaitable[bytes]]:
    async def fetch(uri: str) -> bytes:
        raise error

    return fetch
