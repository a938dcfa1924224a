"""Templates of answers in the graph: for those who answer."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, false, true

from hub.domains.answer_templates.model import AnswerTemplate as Model
from hub.domains.feedback.model import FeedbackKind, FeedbackSector
from hub.graph.binds import Binds
from hub.graph.declare import Connection, column, node, queries, root_one, roots
from hub.graph.enums import exposed
from hub.graph.scalars import DateTime
from hub.kernel.scope import Reader
from hub.tenants.permissions import Permission

READ = Permission.RESPOND_FEEDBACK

for _words in (FeedbackKind, FeedbackSector):
    exposed(_words)


def _visible(_c: Any, binds: Binds) -> ColumnElement[bool]:
    return true() if binds.may(READ) and binds.reader is not Reader.OUTSIDE else false()


def _in_use(c: Any, _binds: Binds) -> ColumnElement[bool]:
    found: ColumnElement[bool] = c.ended_at.is_(None)
    return found


@node(Model, visible=_visible, filters=("kind", "sector", "title"), orders={"TITLE": ("title",), "ID": ()})
class AnswerTemplate:
    """A text to begin an answer to feedback with (templat jawaban)."""

    version: int = column("Version, for `expectedVersion` of updates.")
    title: str = column("Title (judul), by which an officer chooses it.")
    body: str = column("Text, with places such as {nama_desa} that are filled for one feedback (isi).")
    kind: FeedbackKind | None = column("Kind of feedback that it is for; null: any.")
    sector: FeedbackSector | None = column("Sector that it is for; null: any.")
    ended_at: DateTime | None = column("When it was ended; null while it is offered.")


@queries
class AnswerTemplateQueries:
    """Root fields."""

    answer_templates: Connection[AnswerTemplate] | None = roots(
        "Templates of answers that are offered.", where=_in_use, guard=READ
    )
    answer_template: AnswerTemplate | None = root_one(
        "A template of answers by id, an ended one too.", {"id": strawberry.ID}, guard=READ
    )
