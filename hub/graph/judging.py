"""Judging documents before they are trusted, and again when the schema has changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import GraphQLError, GraphQLSyntaxError

from hub.graph.documents import Documents
from hub.graph.problems import QueryInvalid, QueryMalformed, TextRefused, discreet
from hub.kernel.errors import BadInput, HubError


class NoOperation(BadInput):
    """The document holds no operation."""

    code = "NO_OPERATION"
    hint = "Put a query or a mutation into each document, with the fragments it spreads."


class NotText(BadInput):
    """The document holds half a character, which no UTF-8 text can."""

    code = "NOT_TEXT"
    hint = "Remove the escape \\uD800 to \\uDFFF that stands alone."


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that cannot be trusted, and why; `line` where the place is known."""

    name: str
    reason: HubError
    line: int | None = None


def judge(documents: Documents, entries: Mapping[str, str]) -> list[Refused]:
    """The refused ones of a manifest, each with its first fault."""
    return [refused for name, text in entries.items() for refused in _refusals(documents, name, text)]


def _refusals(documents: Documents, name: str, text: str) -> Iterator[Refused]:
    if "\x00" in text:
        yield Refused(name, TextRefused(), text.count("\n", 0, text.index("\x00")) + 1)
        return
    if not _encodes(text):
        yield Refused(name, NotText())
        return
    document = documents.read(text)
    if document.invalid:
        yield _located(name, document.invalid[0])
    elif document.refusal is not None:
        yield Refused(name, document.refusal)
    elif not document.operations:
        yield Refused(name, NoOperation())


def _located(name: str, error: GraphQLError) -> Refused:
    kind = QueryMalformed if isinstance(error, GraphQLSyntaxError) else QueryInvalid
    reason = kind(problem=discreet(error.message.removeprefix("Syntax Error: ")))
    return Refused(name, reason, error.locations[0].line if error.locations else None)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
