"""JSON as it is meant: UTF-8, every key once, numbers that are numbers, not nested without end.

What two readers would understand differently is refused: a proxy may have judged another reading than ours.
"""

import json
import re
from typing import Any

import orjson

from hub.kernel.errors import BadInput

LEVELS = 32
_CONTAINERS = (dict, list)  # orjson makes no others
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_KEY = re.compile(rb'(?<!\\)"[ \t\r\n]*:')
_TOO_DEEP = "it is nested too deeply"


class BodyMalformed(BadInput):
    """The request body is not a JSON object with a `query`: {problem}"""

    code = "BODY_MALFORMED"
    hint = 'Send JSON such as {"query": "{ villages(first: 5) { nodes { name } } }"}.'


def read(raw: bytes, *path: str) -> Any:
    """The value; BodyMalformed says what is wrong, and where: `path` names the parameter."""
    if b"\\u0000" in raw:
        raise BodyMalformed(path=path, problem="it holds the character NUL")
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BodyMalformed(path=path, problem=_problem(raw, str(error))) from None
    keys = _keys(found, LEVELS)
    if (keys != len(_KEY.findall(raw)) or b'\\\\"' in raw) and _repeats(raw):
        raise BodyMalformed(path=path, problem="a key stands in it twice")
    return found


def _problem(raw: bytes, said: str) -> str:
    """Which of the usual faults it is. orjson tells them apart in words only; a test holds these."""
    if not raw:
        return "it is empty"
    if raw.startswith(_BYTE_ORDER_MARK):
        return "it begins with a byte order mark"
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "it is not UTF-8"
    if "surrogate" in said:
        return "a text in it holds half a character"
    if "infinity" in said:
        return "a number in it is too large"
    return _TOO_DEEP if "depth" in said else "it is not JSON"


def _keys(value: Any, levels: int) -> int:
    """The number of keys at all levels."""
    if levels == 0:
        raise BodyMalformed(problem=_TOO_DEEP)
    if type(value) not in _CONTAINERS:
        return 0
    number, inside = (len(value), value.values()) if type(value) is dict else (0, value)
    for each in inside:
        if type(each) in _CONTAINERS:
            number += _keys(each, levels - 1)
    return number


def _repeats(raw: bytes) -> bool:
    """Whether an object holds a key twice. Slow and certain; only where the count of keys leaves a doubt."""
    repeated = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal repeated
        repeated = repeated or len({key for key, _ in pairs}) != len(pairs)

    json.loads(raw, object_pairs_hook=look)
    return repeated
