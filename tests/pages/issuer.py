"""A small OpenID Connect issuer on loopback: it lets everybody in as whom the test says, and checks PKCE."""

import asyncio
import base64
import hashlib
import secrets
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from joserfc import jwt
from joserfc.jwk import OKPKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


@dataclass
class Office:
    """What it knows, and how it misbehaves: `claims` replace those of its ID tokens."""

    url: str
    key: OKPKey = field(default_factory=lambda: OKPKey.generate_key("Ed25519", {"kid": "one", "use": "sig"}))
    claims: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def let_in(self, query: dict[str, str], subject: str) -> str:
        """The code for somebody who has signed in there."""
        code = secrets.token_urlsafe(8)
        self.asked[code] = {**query, "sub": subject}
        return code

    async def discovery(self, _request: Request) -> Response:
        """Its addresses."""
        named = {"authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token"}
        return JSONResponse({"issuer": self.url, "jwks_uri": f"{self.url}/jwks", **named})

    async def jwks(self, _request: Request) -> Response:
        """Its keys."""
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def token(self, request: Request) -> Response:
        """A code for an ID token, once, for whoever holds the verifier."""
        given = dict(parse_qsl((await request.body()).decode()))
        asked = self.asked.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != given["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        return JSONResponse({"id_token": self.id_token(asked), "token_type": "Bearer", "access_token": "x"})

    def id_token(self, asked: dict[str, str]) -> str:
        """What it says of whoever asked."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": asked["client_id"],
            "sub": asked["sub"],
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
            **self.claims,
        }
        return jwt.encode({"alg": "Ed25519", "kid": "one"}, claims, self.key, algorithms=["Ed25519"])


@asynccontextmanager
async def opened() -> AsyncIterator[Office]:
    """The issuer on a free port of loopback."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        office = Office(f"http://127.0.0.1:{bound.getsockname()[1]}")
        app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", office.discovery),
                Route("/jwks", office.jwks),
                Route("/token", office.token, methods=["POST"]),
            ]
        )
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            while not server.started:  # noqa: ASYNC110  # it has no event to wait for
                await asyncio.sleep(0.02)
            yield office
        finally:
            server.should_exit = True
            await serving
