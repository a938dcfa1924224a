"""The log: one JSON object per line, without personal data."""

import logging
import sys
from collections.abc import MutableMapping
from traceback import extract_tb
from typing import Any, TextIO

import structlog


def configure(stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's warnings to one stream, standard error by default."""
    target = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(target),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Forwarder(logging.WARNING)]
    root.setLevel(logging.WARNING)


def without_values(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its type and where it came from: its message may quote a person's data."""
    told = event.pop("exc_info", None)
    error = told if isinstance(told, BaseException) else (sys.exc_info()[1] if told else None)
    if error is not None:
        event["error"] = type(error).__name__
        event["trace"] = [f"{each.filename}:{each.lineno} {each.name}" for each in extract_tb(error.__traceback__)]
    return event


class _Forwarder(logging.Handler):
    """What libraries say through `logging`: who and how bad; the text only where it has no arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one record on."""
        told = {"logger": record.name, "text": str(record.msg)}
        if record.exc_info and record.exc_info[1]:
            told["error"] = type(record.exc_info[1]).__name__
        structlog.get_logger().log(record.levelno, "library", **told)
