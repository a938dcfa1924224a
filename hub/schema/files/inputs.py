"""Inputs of files."""

import strawberry

from hub.graph.mutations import command
from hub.schema.given import about


@strawberry.input(description="Which file is to be opened, and what for.")
class FileLinkInput:
    """One file."""

    file: strawberry.ID = about("The file.")
    purpose: str = about("What it is needed for (keperluan); kept in the journal for good.")


@command
class EndFileInput:
    """A file that is over; its content is removed after a month."""

    file: strawberry.ID = about("The file.")
    expected_version: int = about("Its version as you read it.")
    reason: str = about("Why (alasan).")
