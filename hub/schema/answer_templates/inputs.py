"""Inputs of templates of answers, parsed once."""

from typing import Any

import strawberry

from hub.domains.answer_templates import places
from hub.domains.feedback.model import FeedbackKind, FeedbackSector
from hub.graph.enums import exposed
from hub.graph.mutations import command
from hub.kernel.written import line, paragraph
from hub.schema.given import Parse, about, code, values_of

for _words in (FeedbackKind, FeedbackSector):
    exposed(_words)


@command
class WriteAnswerTemplateInput:
    """A new template."""

    title: str = about("Title (judul), by which an officer chooses it.")
    body: str = about(f"Text (isi). Places that are filled: {places.named()}.")
    kind: FeedbackKind | None = about("Kind of feedback that it is for; left out: any.")
    sector: FeedbackSector | None = about("Sector that it is for; left out: any.")


@command
class UpdateAnswerTemplateInput:
    """What to change of a template; what is left out stays."""

    template: strawberry.ID = about("The template.")
    expected_version: int = about("Its version as you read it.")
    title: str | None = about("Title (judul).")
    body: str | None = about("Text (isi).")
    kind: FeedbackKind | None = about("Kind of feedback that it is for; null: any.")
    sector: FeedbackSector | None = about("Sector that it is for; null: any.")


@command
class EndAnswerTemplateInput:
    """A template that is offered no longer."""

    template: strawberry.ID = about("The template.")
    expected_version: int = about("Its version as you read it.")


def values(given: WriteAnswerTemplateInput | UpdateAnswerTemplateInput) -> dict[str, Any]:
    """The columns that were sent."""
    return values_of(given, _PARSERS, required=("title", "body"))


def _body(text: str, *path: str) -> str:
    return places.checked(paragraph(text, *path), *path)


_PARSERS: dict[str, Parse] = {"title": line, "body": _body, "kind": code, "sector": code}
