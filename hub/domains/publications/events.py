"""What happened to periods, and who took a published file."""

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from hub.domains.publications.model import ReportPeriod
from hub.journal.record import Event
from hub.journal.telling import told

E = TypeVar("E", bound=Event)


class ReportPeriodOpened(Event):
    """A month has begun."""


class ReportPeriodConfirmed(Event):
    """The kecamatan stands by its figures of the month."""


class ReportPeriodPublished(Event):
    """The figures are told outside, or told anew."""


@dataclass(frozen=True, kw_only=True)
class PublishedReportTaken(Event):
    """Somebody took a published report as a file: by which grant, and its number."""

    type_name: str = "Grant"
    channel: str = "EXPORT"


def taken(grant: UUID, number: str) -> PublishedReportTaken:
    """An event about a file."""
    return PublishedReportTaken(object_id=grant, changes={"number": (None, number)})


def of(kind: type[E], row: ReportPeriod, before: ReportPeriod | None = None) -> E:
    """An event about a period."""
    return kind(
        type_name="ReportPeriod",
        object_id=row.id,
        version=row.version,
        changes=told(row, before),
    )
