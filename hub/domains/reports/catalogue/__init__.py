"""The catalogue: every report by its code. A later noun adds a module and its line here."""

from collections.abc import Mapping
from types import MappingProxyType

from hub.domains.reports.catalogue import (
    buildings,
    commitments,
    documents,
    feedback,
    issued,
    office,
    plans,
    quality,
    targets,
    waiting,
)
from hub.domains.reports.definition import Definition

REPORTS: Mapping[str, Definition] = MappingProxyType(
    {
        each.code: each
        for each in sorted(
            (
                *buildings.REPORTS,
                *office.REPORTS,
                *commitments.REPORTS,
                *documents.REPORTS,
                *issued.REPORTS,
                *quality.REPORTS,
                *plans.REPORTS,
                *targets.REPORTS,
                *feedback.REPORTS,
                *waiting.REPORTS,
            ),
            key=lambda each: each.code,
        )
    }
)
