"""What is taken for a request, and what each other thing is told."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from hub.entrypoints import asking
from hub.entrypoints.asking import BodyTooSlow, HeaderRepeated
from hub.entrypoints.strict_json import LEVELS, BodyMalformed, read
from hub.graph.limits import Limits
from tests.client import Client

TINY = b'{"query": "{ __typename }"}'


def nested(levels: int) -> bytes:
    """An object of so many levels."""
    return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)


# JSON


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "it is empty"),
        (b"{", "it is not JSON"),
        (b"{'query': 1}", "it is not JSON"),
        (b'{"a": NaN}', "it is not JSON"),
        (b'{"a": Infinity}', "it is not JSON"),
        (b'{"a": 1,}', "it is not JSON"),
        (b"{} {}", "it is not JSON"),
        (b"\xef\xbb\xbf{}", "it begins with a byte order mark"),
        (b"\xff\xfe{\x00}\x00", "it is not UTF-8"),
        (b'{"a": "\xff"}', "it is not UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "it is not UTF-8"),
        (rb'{"a": "\ud800"}', "a text in it holds half a character"),
        (rb'{"a": "\udc00\ud800"}', "a text in it holds half a character"),
        (b'{"a": 1e400}', "a number in it is too large"),
        (b'{"a": -1e400}', "a number in it is too large"),
        (rb'{"a": "\u0000"}', "it holds the character NUL"),
        (b'{"a": 1, "a": 2}', "a key stands in it twice"),
        (b'{"a": {"b": 1, "c": [{"d": 1, "d": 1}]}}', "a key stands in it twice"),
        (rb'{"a": 1, "\u0061": 2}', "a key stands in it twice"),
        (rb'{"a\\": 1, "b": 1, "b": 2}', "a key stands in it twice"),
        (nested(LEVELS + 1), "it is nested too deeply"),
        (b"[" * 100_000, "it is nested too deeply"),
    ],
)
def test_what_is_wrong_with_json_is_said(raw: bytes, problem: str) -> None:
    with pytest.raises(BodyMalformed) as refused:
        read(raw)
    assert refused.value.params == {"problem": problem}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b' {"a" : 1 , "b":[ {"a" :2}]}', {"a": 1, "b": [{"a": 2}]}),
        (rb'{"a": "x\": 1", "b": "\": {"}', {"a": 'x": 1', "b": '": {'}),
        (rb'{"a\\": 1, "b\\\"": 2}', {"a\\": 1, 'b\\"': 2}),
        (b'{"a": ":", ":": ":"}', {"a": ":", ":": ":"}),
        (rb'{"a": "\ud83d\ude00"}', {"a": "😀"}),
        (b'{"a": 123456789012345678901234567890}', {"a": 123456789012345678901234567890.0}),
    ],
)
def test_odd_json_that_is_right_is_read(raw: bytes, value: object) -> None:
    assert read(raw) == value


def test_json_may_nest_as_deep_as_it_may() -> None:
    assert read(nested(LEVELS)) is not None


# Content types


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json;charset=UTF-8",
        'application/json ; charset="utf-8" ;',
        "application/json; profile=x; charset=utf8",
    ],
)
async def test_json_is_taken_however_it_is_spelled(kind: str, client: Client) -> None:
    response = await client.http.post("/graphql", content=TINY, headers={"content-type": kind})
    assert response.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ([], "CONTENT_TYPE"),
        ([("content-type", "text/plain; application/json")], "CONTENT_TYPE"),
        ([("content-type", "multipart/form-data; boundary=application/json")], "CONTENT_TYPE"),
        ([("content-type", "application/json, text/plain")], "CONTENT_TYPE"),
        ([("content-type", "application/jsonp")], "CONTENT_TYPE"),
        ([("content-type", "application/json; charset")], "CONTENT_TYPE"),
        ([("content-type", "application/json; charset=utf-8; charset=utf-16")], "CONTENT_TYPE"),
        ([("content-type", "application/json; charset=utf-16")], "CHARSET"),
        ([("content-type", 'application/json; charset="iso-8859-1"')], "CHARSET"),
        ([("content-type", "application/json"), ("content-encoding", "gzip")], "CONTENT_ENCODING"),
    ],
)
async def test_other_types_are_refused(headers: list[tuple[str, str]], code: str, client: Client) -> None:
    response = await client.http.post("/graphql", content=TINY, headers=headers)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (415, code)


@pytest.mark.parametrize(
    "headers",
    [
        [("content-type", "text/plain"), ("content-type", "application/json")],
        [("content-type", "application/json"), ("authorization", "Bearer a"), ("authorization", "Bearer b")],
        [("content-type", "application/json"), ("hub-tenant", "63.01.01"), ("hub-tenant", "63.11.02")],
    ],
)
async def test_a_header_of_which_one_is_meant_may_come_once(headers: list[tuple[str, str]], client: Client) -> None:
    response = await client.http.post("/graphql", content=TINY, headers=headers)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "HEADER_REPEATED")


def test_a_list_may_come_in_parts() -> None:
    assert asking.gathered([(b"accept", b"a"), (b"accept", b"b"), (b"host", b"h")]) == {
        b"accept": b"a, b",
        b"host": b"h",
    }
    with pytest.raises(HeaderRepeated):
        asking.gathered([(b"host", b"a"), (b"host", b"b")])


# GET


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"query=%7B&query=%7B", "a key stands in it twice"),
        (b"query=%ff", "it is not UTF-8"),
        (b"query=\xff", "it is not UTF-8"),
        (b"query=%ed%a0%80", "it is not UTF-8"),
        (b"query=%00", "it holds the character NUL"),
        (b"&a=1" * 51, "it has too many parameters"),
        (b"query=x&variables=%7B%22a%22:1,%22a%22:2%7D", "a key stands in it twice"),
        (b"query=x&variables=%5B%5D", "`variables` is no object"),
        (b"", "`query` is missing or no text"),
    ],
)
def test_what_is_wrong_with_a_query_string_is_said(raw: bytes, problem: str) -> None:
    with pytest.raises(BodyMalformed) as refused:
        asking.from_query(raw, Limits())
    assert refused.value.params == {"problem": problem}


# Bodies that do not come


async def test_a_body_that_does_not_come_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "BODY_SECONDS", 0.01)

    async def never() -> MutableMapping[str, Any]:
        await asyncio.sleep(10)
        return {}

    with pytest.raises(BodyTooSlow):
        await asking.whole_body(never, {}, 100)


async def test_a_cut_body_is_no_request() -> None:
    async def cut() -> MutableMapping[str, Any]:
        return {"type": "http.disconnect"}

    with pytest.raises(BodyMalformed):
        await asking.whole_body(cut, {}, 100)
