"""The log: one JSON object per line, without personal data."""

import asyncio
import logging
import re
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any, TextIO

import orjson
import structlog

HELD_SECONDS = 0.1
_NUMBER = re.compile(r"\d{16,}", re.ASCII)  # a NIK or a family card's number, alone or within something longer
_NUMBER_BYTES = re.compile(rb"\d{16}")
_HIDDEN = "(16 digits)"
_OURS = frozenset({"request_id", "timestamp"})  # made by the hub; an id may be digits by chance


class Sink:
    """Where lines go. Loggers are made once and keep it; what stands behind it may change."""

    def __init__(self) -> None:
        self.stream: TextIO = sys.stderr
        self.held: list[str] = []
        self.loop: asyncio.AbstractEventLoop | None = None  # that will write them

    def write(self, line: str) -> None:
        """One line, and those held before it."""
        self.held.append(line)
        self.flush()

    def hold(self, line: str) -> None:
        """One line that may wait a moment for others: a write each would cost a request more than making its line."""
        self.held.append(line)
        loop = asyncio.get_running_loop()
        if self.loop is not loop:
            self.loop = loop
            loop.call_later(HELD_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what is held."""
        self.loop = None
        if self.held:
            held, self.held = self.held, []
            self.stream.write("".join(held))
            self.stream.flush()

    debug = info = warning = error = critical = fatal = failure = exception = log = msg = write


SINK = Sink()


def configure(stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's warnings to one stream, standard error by default."""
    SINK.stream = stream or sys.stderr
    structlog.configure(
        processors=[structlog.processors.add_log_level, without_values, as_line],
        logger_factory=lambda *_names: SINK,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,  # half of a line's cost otherwise
    )
    root = logging.getLogger()
    root.handlers[:] = [_Forwarder(logging.WARNING)]
    root.setLevel(logging.WARNING)


def request(**event: Any) -> None:
    """The line of an answered request. It holds no text of a client's, so nothing in it is looked for."""
    event["event"], event["level"], event["timestamp"] = "request", "info", datetime.now(UTC)
    SINK.hold(orjson.dumps(event, None, _FORM).decode())


def without_values(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its type and where it came from: its message may quote a person's data."""
    told = event.pop("exc_info", None)
    error = told if isinstance(told, BaseException) else (sys.exc_info()[1] if told else None)
    if error is not None:
        event["error"] = type(error).__name__
        event["trace"] = [f"{each.filename}:{each.lineno} {each.name}" for each in extract_tb(error.__traceback__)]
    return event


def as_line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    """The event with its moment, as JSON. No run of sixteen digits passes, wherever it came from."""
    event["timestamp"] = datetime.now(UTC)
    line = orjson.dumps(event, str, _FORM)
    if _NUMBER_BYTES.search(line) is not None:
        hidden = {key: value if key in _OURS else _without_numbers(value) for key, value in event.items()}
        line = orjson.dumps(hidden, str, _FORM)
    return line.decode()


_FORM = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z


def _without_numbers(value: Any) -> Any:
    """A text without runs of sixteen digits; other values by their JSON."""
    text = value if isinstance(value, str) else orjson.dumps(value, str, orjson.OPT_NON_STR_KEYS).decode()
    if _NUMBER.search(text) is None:
        return value
    return _NUMBER.sub(_HIDDEN, text)


class _Forwarder(logging.Handler):
    """What libraries say through `logging`: who and how bad; the text only where it has no arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one record on."""
        told = {"logger": record.name, "text": str(record.msg)}
        if record.exc_info and record.exc_info[1]:
            told["error"] = type(record.exc_info[1]).__name__
        structlog.get_logger().log(record.levelno, "library", **told)
