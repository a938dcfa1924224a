"""GraphiQL without internet: the page, and the files it loads from this hub only.

The third-party files come from a locked package (docs/adr/0003-graphiql-offline.md). Its Python is
never imported; the bytes are compared with known hashes once, kept, and served as compared.
"""

import hashlib
import json
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.entrypoints.examples import Example
from hub.kernel.errors import Faulty

Language = Literal["id", "en"]

ENDPOINT = "/graphql"
PREFIX = "/graphiql"
PACKAGE = "graphene-django-graphiql-static"
FOLDER = "graphene_django_graphiql_static/static/graphene_django_graphiql_static"
KNOWN = {
    "graphiql.min.css": "c6cd4b83f01c5e1ff4975d77bc957184dce6dec0155fbf9cc4d9190eba8a7b9d",
    "style.css": "7c0d0b3d496e90c351e8be123d2785a834d86aff107568d0da7af9e7d6659f55",
    "react.production.min.js": "229bbf4d0e7488209564152c6723497f1ac3934136ca1684233d2fa88fa4146f",
    "react-dom.production.min.js": "9db33292007ab6c38527b39d5663e976a305564e19b2a5a8713ea2b2c00f505d",
    "graphiql.min.js": "c564de05b95d184e2c5ba5ceaf2635821f6bf92f2d5777b74d91004ff6b591d1",
    "graphiql-plugin-explorer.umd.js": "de152e8415dd5e57c28fa45378490916d121fe4506f9308301216914f2ebcef1",
}
"""In the order in which the page loads them."""

OURS = files("hub.entrypoints") / "graphiql_page"
PAGE = Template((OURS / "page.html").read_text(encoding="utf-8"))
BOOTSTRAP = (OURS / "bootstrap.js").read_text(encoding="utf-8")
STYLE = "page.css"

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "id": {
        "title": "Kecamatan Hub: GraphiQL",
        "notice": "Setiap tab adalah satu contoh. Jalankan dengan Ctrl+Enter; kunci Anda ada di "
        "Headers dan hilang saat tab peramban ditutup.",
        "reset": "Kembalikan contoh",
        "loading": "Memuat…",
        "noscript": "Halaman ini memerlukan JavaScript.",
        "audience": "Untuk",
        "welcome": "# Tulis operasi GraphQL di sini, lalu tekan Ctrl+Enter.\n",
    },
    "en": {
        "title": "Kecamatan Hub: GraphiQL",
        "notice": "Every tab is one example. Run it with Ctrl+Enter; your key is under Headers "
        "and is gone when the browser tab closes.",
        "reset": "Restore the examples",
        "loading": "Loading…",
        "noscript": "This page needs JavaScript.",
        "audience": "For",
        "welcome": "# Write a GraphQL operation here, then press Ctrl+Enter.\n",
    },
}


class GraphiqlChanged(Faulty):
    """GraphiQL's file {name} is missing, or is not the one this hub knows."""

    code = "GRAPHIQL_CHANGED"
    hint = "Install the locked packages again, or switch GraphiQL off."


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as the browser gets it."""

    name: str
    body: bytes
    digest: str

    @property
    def url(self) -> str:
        """Names the content, so that it may be cached for good."""
        return f"{PREFIX}/{self.name}?v={self.digest[:16]}"

    @property
    def integrity(self) -> str:
        """For the browser, which refuses a file that a proxy has changed."""
        return f"sha256-{b64encode(bytes.fromhex(self.digest)).decode()}"


def routes() -> list[Route]:
    """The files under /graphiql; raises `GraphiqlChanged` unless all of them are the known ones."""
    return [asset_route(asset) for asset in assets()]


async def answer(request: Request, *, examples: Sequence[Example] = ()) -> Response:
    """The page in the browser's language, never cached: it carries a nonce and, in a demo, keys."""
    nonce = secrets.token_urlsafe(16)
    body = page(
        nonce,
        examples=examples,
        language=preferred_language(request.headers.get("accept-language", "")),
    )
    return Response(body, media_type="text/html", headers=page_headers(nonce))


def page(nonce: str, *, examples: Sequence[Example] = (), language: Language = "id") -> bytes:
    """The HTML; send it with `page_headers` of the same nonce, or its own script is refused."""
    texts = TEXTS[language]
    return PAGE.substitute(
        {name: escape(text) for name, text in texts.items()},
        language=language,
        nonce=nonce,
        styles="\n".join(style_tag(each) for each in assets() if each.name.endswith(".css")),
        scripts="\n".join(script_tag(each) for each in assets() if each.name.endswith(".js")),
        config=config(examples, texts=texts),
        bootstrap=BOOTSTRAP,
    ).encode()


def page_headers(nonce: str) -> dict[str, str]:
    """Nothing from elsewhere, nothing inline but our script, in nobody's frame."""
    policy = {
        "default-src": "'none'",
        "script-src": f"'self' 'nonce-{nonce}'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "font-src": "data:",  # GraphiQL's style sheet carries its fonts and icons within
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "vary": "Accept, Accept-Language",
        "x-content-type-options": "nosniff",
    }


def preferred_language(accept: str) -> Language:
    """English when the browser prefers it to Indonesian; otherwise Indonesian."""
    wishes = [wish(item) for item in accept.split(",")]
    english = max((weight for tag, weight in wishes if tag == "en"), default=0.0)
    indonesian = max((weight for tag, weight in wishes if tag in {"id", "in"}), default=0.0)
    return "en" if english > indonesian else "id"


def wish(item: str) -> tuple[str, float]:
    """`en-GB;q=0.8` as ("en", 0.8); a weight that is no number counts as none."""
    tag, _, weight = item.strip().partition(";")
    try:
        return tag.partition("-")[0].lower(), float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        return tag, 0.0


@cache
def assets() -> tuple[Asset, ...]:
    """All files of the page in the order of loading, read and verified once per process."""
    return *(known(name) for name in KNOWN), asset(STYLE, (OURS / STYLE).read_bytes())


def known(name: str) -> Asset:
    """A third-party file, refused unless it has the hash we know."""
    try:
        # Not importlib.resources: its `files()` imports the package, whose Python we do not want.
        found = asset(name, Path(str(package().locate_file(f"{FOLDER}/{name}"))).read_bytes())
    except (PackageNotFoundError, OSError) as error:
        raise GraphiqlChanged(name=name) from error
    if found.digest != KNOWN[name]:
        raise GraphiqlChanged(name=name)
    return found


def package() -> Distribution:
    """The installed package that carries GraphiQL."""
    return distribution(PACKAGE)


def asset(name: str, body: bytes) -> Asset:
    """A file's bytes with their hash."""
    return Asset(name=name, body=body, digest=hashlib.sha256(body).hexdigest())


def config(examples: Sequence[Example], *, texts: Mapping[str, str]) -> str:
    """What the page's script reads, as JSON that cannot close its own script element."""
    tabs = [tab(example, texts=texts) for example in examples]
    version = hashlib.sha256(json.dumps(tabs, sort_keys=True).encode()).hexdigest()[:16]
    told = {"endpoint": ENDPOINT, "tabs": tabs, "version": version, "welcome": texts["welcome"]}
    return json.dumps(told).replace("<", "\\u003c")


def tab(example: Example, *, texts: Mapping[str, str]) -> dict[str, str]:
    """An example as GraphiQL takes it: three texts in three editors."""
    about = f"# {example.title}\n# {texts['audience']}: {example.audience}\n\n"
    return {
        "query": about + example.query,
        "variables": json.dumps(example.variables, indent=2, ensure_ascii=False),
        "headers": json.dumps(example.headers, indent=2, ensure_ascii=False),
    }


def style_tag(asset: Asset) -> str:
    """In the head, before anything is drawn."""
    return f'<link rel="stylesheet" href="{asset.url}" integrity="{asset.integrity}">'


def script_tag(asset: Asset) -> str:
    """In order, for each uses what the one before it defined."""
    return f'<script src="{asset.url}" integrity="{asset.integrity}"></script>'


def asset_route(asset: Asset) -> Route:
    """GET and HEAD of one file; a browser that has it already gets 304."""
    kind = "text/css" if asset.name.endswith(".css") else "text/javascript"
    headers = {
        "etag": f'"{asset.digest}"',
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
    }

    async def send(request: Request) -> Response:
        if headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(asset.body, media_type=kind, headers=headers)

    return Route(f"{PREFIX}/{asset.name}", send, methods=["GET"])
