"""Files in the graph."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, and_, not_, or_

from hub.domains.files.model import FileKind, FileState
from hub.domains.files.model import StoredFile as Model
from hub.graph.binds import Binds
from hub.graph.declare import Connection, DataClass, column, node, one, queries, root_one, roots
from hub.graph.enums import exposed
from hub.graph.scalars import DateTime
from hub.kernel.scope import Reader
from hub.schema.villages.types import Village
from hub.tenants.permissions import Permission

for _words in (FileKind, FileState):
    exposed(_words)
READ = Permission.READ_FILE


def _visible(c: Any, binds: Binds) -> ColumnElement[bool]:
    """What came for feedback is known of with its feedback, once it is attached."""
    plain: ColumnElement[bool] = not_(c.for_feedback)
    told = binds.reader is Reader.OUTSIDE or binds.may(Permission.READ_FEEDBACK)
    return or_(plain, c.feedback_id.is_not(None)) if told else plain


@node(Model, visible=_visible)
class StoredFile:
    """A file that was uploaded (berkas). `fileLink` opens it; docs/files.md says how files come in."""

    version: int = column("Version, for `expectedVersion` of updates.")
    name: str | None = column(
        "Name as given, cleaned, with an ending that fits the content.", guard=READ, data=DataClass.GENERAL
    )
    kind: FileKind | None = column("Kind by its content (jenis); null where it was refused.")
    state: FileState = column("How far its content was examined.")
    refusal: str | None = column("The code that says why it was refused.")
    size: int = column("Bytes as kept, or as sent where it was refused.")
    created_at: DateTime = column("When it was uploaded.")
    ended_at: DateTime | None = column("When it was ended.")
    village: Village | None = one(
        "The village whose office uploaded it; null for the kecamatan's, and for files of feedback.",
        Model.village_id,
        guard=READ,
    )


@queries
class FileQueries:
    """Root fields."""

    stored_files: Connection[StoredFile] | None = roots(
        "Files within your scope that have not ended; those of feedback stand with it.",
        guard=READ,
        where=lambda c, _b: and_(c.ended_at.is_(None), not_(c.for_feedback)),
    )
    stored_file: StoredFile | None = root_one("A file by id.", {"id": strawberry.ID}, guard=READ)
