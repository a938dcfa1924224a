"""The log's lines: JSON, without a person's data."""

import asyncio
import io
import logging
import sys
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import structlog

from hub.entrypoints import logs

NIK = "6301015705900001"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes meanwhile."""
    made, before = io.StringIO(), logging.getLogger().handlers[:]
    logs.configure(made)
    yield made
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before
    logs.SINK.stream = sys.stderr


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """What was written."""
    return [orjson.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object(stream: io.StringIO) -> None:
    structlog.get_logger().info("request", status=200, role=None, ms=1.5, words=["é"])
    [found] = lines(stream)
    assert found.pop("timestamp").endswith("Z")
    assert found == {"event": "request", "level": "info", "status": 200, "role": None, "ms": 1.5, "words": ["é"]}


def test_a_number_of_sixteen_digits_is_never_written(stream: io.StringIO) -> None:
    log = structlog.get_logger()
    log.info("a", text=f"nik {NIK}.")
    log.info(NIK, number=int(NIK), deep={"list": [NIK]}, longer=NIK + "7")
    assert NIK not in stream.getvalue()
    first, second = lines(stream)
    assert first["text"] == "nik (16 digits)."
    assert (second["event"], second["number"], second["longer"]) == ("(16 digits)",) * 3
    assert second["deep"] == '{"list":["(16 digits)"]}'


def test_an_id_that_is_digits_by_chance_is_kept(stream: io.StringIO) -> None:
    structlog.get_logger().info("request", request_id=NIK * 2)
    assert lines(stream)[0]["request_id"] == NIK * 2


async def test_lines_of_requests_are_written_together_after_a_moment(stream: io.StringIO) -> None:
    logs.request(request_id="a", status=200, tenant=None)
    logs.request(request_id="b", status=429, tenant="63.01.01")
    assert stream.getvalue() == ""
    await asyncio.sleep(logs.HELD_SECONDS * 2)
    first, second = lines(stream)
    assert first.pop("timestamp") <= second.pop("timestamp")
    assert first == {"event": "request", "level": "info", "request_id": "a", "status": 200, "tenant": None}
    assert (second["request_id"], second["status"], second["tenant"]) == ("b", 429, "63.01.01")


async def test_another_line_brings_those_before_it(stream: io.StringIO) -> None:
    logs.request(request_id="a")
    structlog.get_logger().warning("bucket")
    assert [each["event"] for each in lines(stream)] == ["request", "bucket"]


def test_what_one_loop_left_is_written_by_the_next(stream: io.StringIO) -> None:
    async def ask(number: int, seconds: float) -> None:
        logs.request(number=number)
        await asyncio.sleep(seconds)

    asyncio.run(ask(1, 0))
    asyncio.run(ask(2, logs.HELD_SECONDS * 2))
    assert [each["number"] for each in lines(stream)] == [1, 2]


def test_an_exception_is_told_by_its_type_and_place(stream: io.StringIO) -> None:
    try:
        raise ValueError(NIK)
    except ValueError:
        structlog.get_logger().exception("unexpected")
    [found] = lines(stream)
    assert found["error"] == "ValueError"
    assert "test_an_exception_is_told_by_its_type_and_place" in found["trace"][0]
    assert NIK not in stream.getvalue()


def test_a_logger_that_has_written_follows_to_another_stream(stream: io.StringIO) -> None:
    log, other = structlog.get_logger(), io.StringIO()
    log.info("first")
    logs.configure(other)
    log.info("second")
    assert [each["event"] for each in lines(stream)] == ["first"]
    assert [each["event"] for each in lines(other)] == ["second"]


def test_what_libraries_say_is_passed_on_without_values(stream: io.StringIO) -> None:
    logging.getLogger("somebody").warning("bad %s", NIK)
    logging.getLogger("somebody").info("not so bad")
    [found] = lines(stream)
    assert (found["event"], found["logger"], found["text"], found["level"]) == (
        "library",
        "somebody",
        "bad %s",
        "warning",
    )
