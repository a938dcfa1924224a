"""Inputs of periods."""

import strawberry

from hub.graph.mutations import command
from hub.schema.given import about


@command
class ConfirmReportPeriodInput:
    """A month whose figures the kecamatan stands by."""

    report_period: strawberry.ID = about("The month.")
    expected_version: int = about("Its version as you read it.")
