"""Templates of answers to feedback (templat jawaban): what an office says often, with places to fill."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from hub.domains.feedback.model import FeedbackKind, FeedbackSector
from hub.store.base import C_TEXT, MOMENT, Kind, Retention, TenantRow, describe, one_of, tenant_index


class AnswerTemplate(TenantRow, table=True):
    """A text to begin an answer with. It is ended, never deleted: answers that were made with it stand by themselves.

    `kind` and `sector` say for which feedback it is meant; none: for any.
    """

    __tablename__ = "answer_template"
    __table_args__ = (
        one_of("kind", FeedbackKind),
        one_of("sector", FeedbackSector),
        tenant_index("title", "id"),
        tenant_index("kind", "id"),
        tenant_index("sector", "id"),
    )

    title: str = Field(sa_type=C_TEXT)
    body: str = Field(sa_type=Text)
    kind: str | None = Field(default=None, sa_type=C_TEXT)
    sector: str | None = Field(default=None, sa_type=C_TEXT)
    ended_at: datetime | None = Field(default=None, sa_type=MOMENT)


describe(
    AnswerTemplate,
    Kind.TENANT,
    Retention.ARCHIVE,
    nobody="what the office says to many; names of persons have no place in it",
)
