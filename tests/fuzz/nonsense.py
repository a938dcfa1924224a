"""Requests of every wrong kind, from a seed: GraphQL, JSON, headers, credentials, and HTTP itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

import orjson
from graphql import GraphQLSchema

from tests.fuzz.wire import Case
from tests.parity.generate import Larder, Maker, Operation

NUMBER = "6301015705900001"  # sent everywhere, never to come back
KNOWN = 300
TINY = b'{"query":"{ __typename }"}'
TOKENS = (
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "!",
    "|",
    "&",
    "@",
    "$",
    "...",
    '""',
    '"""',
    "#",
    ",",
    "\ufeff",
    "null",
    "true",
    "1",
    "-0",
    "1e9",
    "-1.5",
    '"x"',
    "$v",
    "fragment",
    "on",
    "query",
    "mutation",
    "subscription",
    "__schema",
    "__type",
    "node(id:1)",
    "citizens",
    "viewer",
    "requestId",
    "regions(first:100)",
    "nodes",
    "id",
    "a:",
    "b",
    "...F",
    "...on",
    "Citizen",
)
BYTES = (
    b"\x00",
    b"\xff",
    b"\xfe\xff",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"\xf4\x90\x80\x80",
    b"\r\n",
    b"\xef\xbb\xbf",
    b"\\",
    b'"',
)
SCRAPS: tuple[bytes, ...] = (
    b"1e400", b"-1e999", b"NaN", b"Infinity", b"9" * 400, b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\u0000"', b"[]", b"{}",
    b"null", b"true", b'""', b'{"a":1,"a":2}', b"[" * 900, b'{"a":' * 400, b"[" * 200 + b"]" * 200, b"0x10", b"'x'",
    b'{"$where": 1}', b'"' + b"x" * 5_000 + b'"', b'"%s"' % NUMBER.encode(), NUMBER.encode(), b"-0", b"1.0",
)  # fmt: skip
METHODS = (
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "get",
    "GETT",
    "G\x00T",
    "",
    "POST POST",
    "PRI",
    "HEAD",
)
KINDS = (
    "application/json", "application/json; charset=utf-8", 'Application/JSON;CHARSET="UTF-8"', "text/plain", "", ";",
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql", "a/b/c", "*/*",
    "application/json;;;", "application/json; charset", "application/json, text/plain", 'application/json; a="\\"',
    "application/json; charset=utf-16",
    "application/json; charset=utf-8; charset=utf-8", "\u00e9", "application/json\t",
)  # fmt: skip
GOOD = ("application/graphql-response+json", "application/json", "*/*")
ACCEPTS = (
    "application/graphql-response+json", "application/json", "*/*", "", "text/html", "image/png", "application/*;q=0.1",
    "application/json;q=0", "application/json;q=nan", ",,,;;;", "*/*;q=1e9", "a" * 3_000, "text/html,*/*;q=0.8",
    "\u00ff",
)  # fmt: skip
CODINGS = ("gzip", "gzip;q=0", "*", "identity;q=0", "br, zstd", "gzip;q=x", "", "x-gzip;q=0.5, identity;q=0.4")
TENANTS = (
    "63.01.01",
    "63.11.02",
    "99.99.99",
    "",
    "63.01.01'",
    "63.11/DUKCAPIL",
    "x" * 500,
    "\u00e9\u00e9",
    "63.01.01 ",
)
ORIGINS = (
    "https://takisung.example",
    "null",
    "http://evil.example",
    "",
    "x" * 2_000,
    "https://takisung.example.evil",
    "//",
)


HEAD = b"POST /graphql HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n"
SIZED = HEAD + b"content-length: %d\r\n\r\n" % len(TINY)
HOST = b" HTTP/1.1\r\nhost: h\r\n"
END = b"\r\n\r\n"
# By kind: what comes before, one of these, what comes after.
LINES: Mapping[str, tuple[bytes, tuple[bytes, ...], bytes]] = {
    "huge header": (HEAD + b"x: ", tuple(b"y" * size for size in (60_000, 70_000, 300_000)), END),
    "many headers": (HEAD, (b"x: y\r\n" * 500, b"x: y\r\n" * 20_000), b"\r\n"),
    "huge target": (b"GET /graphql?query=", tuple(b"a" * size for size in (8_000, 66_000, 200_000)), HOST + b"\r\n"),
    "chunked": (
        HEAD + b"transfer-encoding: chunked" + END,
        (b"zz\r\n", b"-1\r\n", b"f" * 18 + b"\r\n", b"5\r\nab", b"1;" + b"x" * 5_000 + b"\r\na\r\n0\r\n\r\n"),
        b"",
    ),
    "chunked well": (HEAD + b"transfer-encoding: chunked" + END, (b"1a\r\n" + TINY,), b"\r\n0" + END),
    "two lengths": (HEAD, (b"content-length: 26\r\ncontent-length: 3", b"content-length: 3, 26"), END + TINY),
    "length and chunks": (
        HEAD + b"content-length: 5\r\ntransfer-encoding: ",
        (b"chunked", b"gzip, chunked", b"x"),
        END + b"0" + END + b"GET /x" + HOST + b"\r\n",
    ),
    "odd length": (HEAD + b"content-length: ", (b"-1", b"x", b"9" * 30, b"+5", b"1e3", b"0x5"), END + TINY),
    "path": (
        b"GET /",
        (
            b"graphql/../etc/passwd", b"\xff\xfe", b"%00", b"graphql/", b"%2e%2e/", b"schema.graphql", b"graphql%3f",
            b"/evil.example/", b"metrics/..", b"healthz?" + b"a" * 500, b"graphiql/../graphql", b"readyz",
        ),
        HOST + b"\r\n",
    ),
    "version": (
        b"GET /graphql?query={__typename} HTTP/", (b"0.9", b"1.0", b"2.0", b"9.9", b"x"), b"\r\nhost: h" + END,
    ),
    "upgrade": (
        b"GET /graphql" + HOST + b"connection: upgrade\r\nsec-websocket-version: 13\r\nupgrade: ",
        (b"websocket", b"h2c", b"x"),
        END,
    ),
    "header bytes": (
        HEAD,
        (
            b"x\x00: y", b"x: \x00", b": y", b" x: y", b"x : y", b"hub-tenant: \xff\xfe", b"authorization: Bearer \xff",
            b"accept: \xc3\xa9", b"origin: \xff", b"hub-purpose: \xff\x7f",
        ),
        b"\r\ncontent-length: 26" + END + TINY,
    ),
    "expect": (HEAD + b"expect: ", (b"100-continue", b"x"), b"\r\ncontent-length: 26" + END + TINY),
    "absolute": (b"GET http://elsewhere.example", (b"/graphql?query={__typename}", b"/", b""), HOST + b"\r\n"),
    "options": (
        b"OPTIONS ",
        (b"*", b"/graphql", b"/metrics"),
        HOST + b"origin: https://x.example\r\naccess-control-request-method: POST" + END,
    ),
}  # fmt: skip


@dataclass
class Nonsense:
    """Makes cases; the same seed makes the same ones."""

    schema: GraphQLSchema
    larder: Larder
    keys: list[str]
    others: list[str]  # documents from elsewhere
    random: Random = field(default_factory=Random)

    def case(self, seed: int) -> Case:
        """The case of a number."""
        self.random = Random(seed)  # noqa: S311  # repeatable on purpose
        kind = self.random.choices(
            ("operation", "broken operation", "other", "json", "get", "raw", "headers"), (30, 14, 12, 16, 10, 8, 10)
        )[0]
        made: Callable[[], Case] = getattr(self, "_" + kind.replace(" ", "_"))
        return made()

    # GraphQL

    def _made(self) -> Operation:
        """One of a few hundred operations, seldom a new one: to plan each anew would be all that the server does."""
        seed = self.random.randrange(KNOWN) if not self._once_in(12) else self.random.getrandbits(48)
        return Maker(self.schema, self.larder, Random(seed)).operation()  # noqa: S311  # repeatable on purpose

    def _operation(self) -> Case:
        made = self._made()
        return self._post("operation", orjson.dumps({"query": made.text, "variables": made.variables}))

    def _broken_operation(self) -> Case:
        made = self._made()
        text = made.text
        for _ in range(self.random.randint(1, 4)):
            text = self._disturbed(text)
        variables = {name: self._value() if self._once_in(3) else each for name, each in made.variables.items()}
        return self._post("broken operation", orjson.dumps({"query": text, "variables": variables}))

    def _other(self) -> Case:
        """A document of another maker, mutations among them, or a tower."""
        if self._once_in(6):
            depth = self.random.randint(5, 900)
            text = self.random.choice(
                (
                    "{ villages(first: 1, filter: " + "{not: " * depth + "{}" + "}" * depth + ") { nodes { id } } }",
                    "{ villages(first: 1, filter: {and: "
                    + "[{or: " * depth
                    + "[]"
                    + "}]" * depth
                    + "}) { nodes { id } } }",
                    "query($f: " + "[" * depth + "Int" + "]" * depth + ") { __typename }",
                    "{ codeLists(names: " + "[" * depth + "]" * depth + ") { name } }",
                    "{ regions(first: 1) { nodes " + "{ ... " * depth + "{ id }" + "}" * depth + "}",
                    "{ __typename " + "@skip(if: false) " * depth + "}",
                )
            )
            return self._post("tower", orjson.dumps({"query": text}))
        text = self.random.choice(self.others)
        return self._post("other", orjson.dumps({"query": self._disturbed(text) if self._once_in(3) else text}))

    def _disturbed(self, text: str) -> str:
        at = self.random.randrange(len(text) + 1)
        match self.random.randrange(5):
            case 0:
                return text[:at] + text[at + self.random.randint(1, 8) :]
            case 1:
                return text[:at] + " " + self.random.choice(TOKENS) + " " + text[at:]
            case 2:
                return (
                    text[:at]
                    + " "
                    + self.random.choice(("@skip(if: true)", "{ id }", "(first: 1)", "{ nodes { id } }"))
                    + " "
                    + text[at:]
                )
            case 3:
                return text[:at] + f'"{NUMBER}"' + text[at:]
            case _:
                end = self.random.randrange(at, len(text) + 1)
                return text[:end] + text[at:end] + text[end:]

    # JSON

    def _json(self) -> Case:
        match self.random.randrange(6):
            case 0:
                body = self.random.choice(SCRAPS)
            case 1:
                body = b'{"query":"{ __typename }","%s":%s}' % (self._name(), self.random.choice(SCRAPS))
            case 2:
                body = b'{"query":%s,"variables":{"x":%s}}' % ((self.random.choice(SCRAPS),) * 2)
            case 3:
                body = orjson.dumps(
                    {
                        "query": "query($f: VillageFilter) { villages(first: 1, filter: $f) { nodes { id } } }",
                        "variables": {"f": self._value()},
                    }
                )
            case 4:
                body = self.random.randbytes(self.random.randint(0, 400))
            case _:
                whole = bytearray(
                    b'{"query":"query($n: Int) { villages(first: $n) { nodes { name } } }","variables":{"n":3}}'
                )
                for _ in range(self.random.randint(1, 5)):
                    at = self.random.randrange(len(whole))
                    whole[at : at + self.random.randint(0, 2)] = self.random.choice((*BYTES, *SCRAPS))
                body = bytes(whole)
        return self._post("json", body)

    def _name(self) -> bytes:
        return self.random.choice(
            (b"variables", b"operationName", b"extensions", b"query", b"id", b"documentId", b"__proto__")
        )

    def _value(self, depth: int = 4) -> Any:  # noqa: PLR0911  # one line for each kind of value
        match self.random.randrange(9 if depth else 6):
            case 0:
                return None
            case 1:
                return self.random.choice((0, -1, 2**31, 2**53 + 1, -(2**63), 1.5, True))
            case 2 | 3:
                return self.random.choice(
                    ("", "x", NUMBER, "\u2028", "a" * 2_000, "63.01.01.2004", "%", "'; --", "\ud7ff")
                )
            case 4:
                return []
            case 5:
                return {}
            case 6:
                return [self._value(depth - 1) for _ in range(self.random.randint(1, 4))]
            case _:
                names = ("eq", "in", "and", "or", "not", "name", "code", "gte", "startsWith", NUMBER, "")
                return {self.random.choice(names): self._value(depth - 1) for _ in range(self.random.randint(1, 3))}

    # Headers

    def _get(self) -> Case:
        made = self._made()
        head = self._once_in(8)
        pairs = [f"query={quote(made.text)}", f"variables={quote(orjson.dumps(made.variables))}"]
        if self._once_in(3):
            pairs.append(
                self.random.choice(("query=x", "a=%ff", "%00=1", "variables=%7B", "extensions=[1]", "&" * 80, "=", "%"))
            )
        if self._once_in(4):
            pairs = [
                self.random.choice(("query=%7B__typename%7D", "query={__typename}", "query", "", "query=%ed%a0%80"))
            ]
        target = "/graphql?" + "&".join(pairs)
        return self._whole("get", "HEAD" if head else "GET", target, b"", "", head=head)

    def _headers(self) -> Case:
        return self._post("headers", TINY, self.random.choice(KINDS))

    def _post(self, kind: str, body: bytes, content_type: str = "application/json") -> Case:
        return self._whole(kind, "POST", "/graphql", body, content_type)

    def _whole(self, name: str, method: str, target: str, body: bytes, kind: str, *, head: bool = False) -> Case:
        sent = {
            "host": "hub.test",
            "authorization": self._credential(),
            "accept": self.random.choice(ACCEPTS if self._once_in(5) else GOOD),
        }
        if method == "POST":
            sent |= {"content-type": kind, "content-length": str(len(body))}
        for field_, values in (
            ("accept-encoding", CODINGS),
            ("hub-tenant", TENANTS),
            ("origin", ORIGINS),
            ("hub-grant", ("x", "", "0" * 36, "\u00e9")),
            ("hub-purpose", ("audit", "\u00e9" * 300, NUMBER)),
            ("accept-language", ("en", "id;q=x", "en-GB,id;q=0.1", "," * 500)),
            ("if-none-match", ("*", '"x"', 'W/"x", "y"', '"')),
            ("content-encoding", ("gzip", "identity")),
            ("cookie", ("a=b", "")),
        ):
            if self._once_in(5 if field_ in ("accept-encoding", "hub-tenant") else 14):
                sent[field_] = self.random.choice(values)
        lines = "".join(f"{key}: {value}\r\n" for key, value in sent.items() if value or not self._once_in(2))
        if self._once_in(40):
            lines += self.random.choice(
                ("hub-tenant: 63.01.01\r\n", "accept: */*\r\n", f"authorization: {self._credential()}\r\n")
            )
        raw = f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1", "replace") + body
        return Case(name, (raw,), head=head)

    def _credential(self) -> str:
        key = self.random.choice(self.keys)
        match self.random.randrange(16):
            case 0:
                return "Bearer " + self._disturbed(key).replace("\n", "").replace("\ufeff", "")
            case 1:
                return "Bearer " + key.replace("hub_sec_1_", "hub_sec_2_")
            case 2:
                return self.random.choice(
                    ("Bearer", "Bearer ", "Basic eDp5", "bearer\t" + key, "Token x", ".", " ", "Bearer ..", "x" * 9_000)
                )
            case 3:
                return "Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4Iiwic3ViIjoieSJ9." + self.random.choice(
                    ("", "x", "AAAA" * 300)
                )
            case 4 | 5 | 6:
                return ""
            case _:
                return f"Bearer {key}"

    # HTTP itself

    def _raw(self) -> Case:  # noqa: PLR0911  # one line for each kind
        kind = self.random.choice((*LINES, "method", "pipelined", "cut", "half closed", "slow", "bytes"))
        match kind:
            case "method":
                return _alone(
                    kind, f"{self.random.choice(METHODS)} /graphql HTTP/1.1\r\nhost: h\r\n\r\n".encode("latin-1")
                )
            case "pipelined":
                return _alone(kind, SIZED + (TINY + SIZED) * self.random.choice((2, 9, 60)) + TINY)
            case "cut":
                whole = SIZED + TINY
                return _alone(kind, whole[: self.random.randrange(1, len(whole))], half_close=self._once_in(2))
            case "half closed":
                return _alone(kind, SIZED + TINY, half_close=True)
            case "slow":
                pieces = (TINY[at : at + 5] for at in range(0, len(TINY), 5))
                return Case(kind, (SIZED, *pieces), whole=False, pause=0.01)
            case "bytes":
                return _alone(kind, self.random.randbytes(self.random.randint(1, 600)))
            case _:
                before, odd, after = LINES[kind]
                return _alone(kind, before + self.random.choice(odd) + after)

    def _once_in(self, times: int) -> bool:
        return self.random.randrange(times) == 0


def _alone(kind: str, raw: bytes, *, half_close: bool = False) -> Case:
    return Case(kind, (raw,), whole=False, half_close=half_close, due=kind not in ("cut", "chunked", "half closed"))
