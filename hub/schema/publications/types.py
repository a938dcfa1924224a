"""Periods of the kecamatan, and publications as anybody may look them up."""

from collections.abc import Mapping
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, String, case, literal_column

from hub.domains.publications import actions, model, policy
from hub.domains.publications.model import PeriodState, PublicationState
from hub.domains.publications.policy import PeriodAction, Standing
from hub.domains.reports.assembling import Published
from hub.domains.reports.catalogue import REPORTS
from hub.graph.binds import Binds
from hub.graph.declare import Connection, column, derived, node, queries, root_one, roots
from hub.graph.enums import exposed
from hub.graph.scalars import DateTime
from hub.kernel.steps import Step
from hub.tenants.permissions import Permission

for _words in (PeriodAction, PeriodState, PublicationState):
    exposed(_words)
READ = Permission.READ_REPORTS
Shown = Mapping[str, Any]


@strawberry.type(description="A step that may be taken with a period, or why it may not be taken now.")
class PeriodAllowedAction:
    """What a front-end shows as a button."""

    action: PeriodAction = strawberry.field(description="The step (langkah).")
    label: str = strawberry.field(description="Its name in the caller's language.")
    disabled_reason: str | None = strawberry.field(
        description="Why it is closed to the caller now; null where it is open."
    )


def _standing(c: Any, _binds: Binds) -> ColumnElement[str]:
    return case((actions.later(c), _word(Standing.OVER)), else_=_word(Standing.CURRENT))


def _word(word: Standing) -> ColumnElement[str]:
    found: ColumnElement[str] = literal_column(f"'{word.value}'", String)
    return found


def _steps(standing: str, binds: Binds) -> list[Step]:
    return policy.allowed_actions(standing, binds.permissions, binds.lang)


@node(
    model.ReportPeriod,
    filters=("period", "state"),
    orders={"PERIOD": ("period",), "STATE": ("state",)},
    groups=("state",),
)
class ReportPeriod:
    """A month of the kecamatan's reports: open, confirmed by the camat or the secretary, published outside, revised."""

    version: int = column("Version, for `expectedVersion` of the confirmation.")
    period: str = column("The month, such as 2026-11 (periode).")
    state: PeriodState = column("How it stands (keadaan).")
    allowed_actions: list[PeriodAllowedAction] = derived(
        "What the caller may do with it now (tindakan yang tersedia).", _standing, Standing, _steps
    )
    confirmations: int | None = column("How often it was confirmed.", guard=READ)
    confirmed_at: DateTime | None = column(
        "When it was confirmed last: the figures are those of this moment.", guard=READ
    )
    published_at: DateTime | None = column("When it was published last.", guard=READ)
    number: str | None = column("Number of that publication.", guard=READ)


@strawberry.type(description="A report of a publication, by which its files can be verified.")
class PublicationReport:
    """One of its reports."""

    code: str = strawberry.field(description="Code of the report, such as R-07.")
    title: str = strawberry.field(description="Title (judul).")
    number: str = strawberry.field(description="Number that the report and its files bear.")
    sha256: str = strawberry.field(description="SHA-256 of its figures, as the report and its files bear it.")


@strawberry.type(
    description="A publication (terbitan): all reports of a district and a month, as they are told outside."
)
class Publication:
    """A publication. Without figures: anybody may verify what they hold in hand."""

    number: str = strawberry.field(description="Number: district, month and revision.")
    region_code: str = strawberry.field(description="Code of the district.")
    region_name: str = strawberry.field(description="Its name.")
    period: str = strawberry.field(description="The month, such as 2026-11.")
    revision: int = strawberry.field(description="1 for the first, then how often it was published.")
    state: PublicationState = strawberry.field(description="Published, or revised.")
    published_at: DateTime = strawberry.field(description="When.")
    data_as_of: DateTime | None = strawberry.field(description="When the oldest of its figures were counted.")
    partial: bool = strawberry.field(description="Whether kecamatan or villages are missing in it.")
    sha256: str = strawberry.field(description="SHA-256 over the digests of all its reports.")
    reports: list[PublicationReport] = strawberry.field(description="Its reports.")
    superseded_by: str | None = strawberry.field(
        description="Number of the revision that stands now; null where it is this one."
    )


def shown(found: Published, lang: str) -> Shown:
    """A publication as the graph tells it."""
    names = (
        *("number", "region_code", "region_name", "period", "revision", "state", "published_at", "data_as_of"),
        *("partial", "sha256", "superseded_by"),
    )
    return {
        **{name: getattr(found, name) for name in names},
        "reports": [
            {
                "code": each["code"],
                "title": REPORTS[each["code"]].title.of(lang) if each["code"] in REPORTS else each["code"],
                "number": f"{each['code']}/{found.number}",
                "sha256": each["sha256"],
            }
            for each in found.reports
        ],
    }


@queries
class PeriodQueries:
    """Root fields."""

    report_periods: Connection[ReportPeriod] | None = roots("Months of the kecamatan's reports.", guard=READ)
    report_period: ReportPeriod | None = root_one("A month by id.", {"id": strawberry.ID}, guard=READ)
