"""Errors as clients see them: a stable code, a sentence in their language, what to do, never what happened inside."""

import re
from typing import Any

import structlog
from graphql import GraphQLError, GraphQLSyntaxError

from hub.kernel.errors import BadInput, HubError, Limited
from hub.kernel.texts import advice, say, sentence

log = structlog.get_logger()


class QueryMalformed(BadInput):
    """The query cannot be read: {problem}"""

    code = "QUERY_MALFORMED"
    hint = "Correct the syntax of the GraphQL document at the place named."


class QueryInvalid(BadInput):
    """The query does not fit the schema: {problem}"""

    code = "QUERY_INVALID"
    hint = "Compare the query with the schema; GraphiQL at /graphql shows it."


class VariablesInvalid(BadInput):
    """The variables do not fit the query: {problem}"""

    code = "VARIABLES_INVALID"
    hint = "Correct the variable named and send the request again."


class TextRefused(BadInput):
    """A text holds the character U+0000, which the hub cannot store or look for."""

    code = "TEXT_REFUSED"
    hint = "Remove the character U+0000 from the texts you send."


class StatementTimeout(Limited):
    """The answer took longer than the hub allows."""

    code = "STATEMENT_TIMEOUT"
    hint = "Ask for less at once: smaller pages, fewer levels, narrower filters."


def shown(error: HubError, lang: str, request_id: str) -> dict[str, Any]:
    """A refusal as an entry of `errors`."""
    extensions: dict[str, Any] = {"code": error.code, "hint": advice(error, lang), "requestId": request_id}
    if error.path:
        extensions["inputPath"] = list(error.path)
    return {"message": sentence(error, lang), "extensions": extensions}


def located(error: GraphQLError, lang: str, request_id: str, general: type[HubError]) -> dict[str, Any]:
    """An error of graphql-core as an entry of `errors`, with its place; `general` is what it is when it is its own.

    Before execution (no path yet) the client is at fault, also where a scalar refused a value with an error of its own.
    """
    refusal, fault = cause(error), origin(error)
    if refusal is None and (error.path is None or fault is None):
        kind = QueryMalformed if isinstance(error, GraphQLSyntaxError) else general
        refusal = kind(problem=discreet(error.message.removeprefix("Syntax Error: ")))
    elif refusal is None:
        log.error("unexpected", request_id=request_id, exc_info=fault)
        refusal = HubError()
    entry = shown(refusal, lang, request_id)
    if steps := variable_path(error.message):
        entry["extensions"]["inputPath"] = steps
    if error.locations:
        entry["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        entry["path"] = list(error.path)
    return entry


def cause(error: BaseException | None) -> HubError | None:
    """The refusal behind an error, if there is one."""
    while error is not None:
        if isinstance(error, HubError):
            return error
        error = error.original_error if isinstance(error, GraphQLError) else error.__cause__
    return None


def origin(error: GraphQLError) -> Exception | None:
    """What graphql-core wrapped; None where the error is its own."""
    found: Exception | None = error
    while isinstance(found, GraphQLError):
        found = found.original_error
    return found


def discreet(message: str) -> str:
    """A message of graphql-core without the values it repeats: one of them may be somebody's NIK."""
    for pattern, instead in _REPEATED:
        message = pattern.sub(instead, message)
    return _LONG_NUMBER.sub(_HIDDEN, message)


def variable_path(message: str) -> list[str | int]:
    """Where in the variables a value is wrong, as graphql-core's message says it: the variable, then the steps."""
    found = _VARIABLE.match(message)
    if found is None:
        return []
    steps = _STEP.findall(found[2] or "")
    return [
        _LONG_NUMBER.sub(_HIDDEN, found[1]),
        *(int(index) if index else _LONG_NUMBER.sub(_HIDDEN, name) for name, index in steps),
    ]


_REPEATED = (
    (re.compile(r"[,;] found: .*", re.DOTALL), "."),
    (re.compile(r"( cannot represent [^:]*): .*", re.DOTALL), r"\1."),
    (re.compile(r"\bValue .* does not exist in ", re.DOTALL), "The value does not exist in "),
    (re.compile(r"\b(Int|Float|String|BlockString) '.*'", re.DOTALL), r"\1"),
)
_LONG_NUMBER = re.compile(r"\d{16,}", re.ASCII)  # also as the name of something, such as a key that nobody knows
_HIDDEN = "(16 digits)"
_VARIABLE = re.compile(r"Variable '\$(\w+)' has invalid value(?: at ([\w.\[\]]+))?: ", re.ASCII)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]", re.ASCII)

__all__ = ["located", "say", "shown"]
