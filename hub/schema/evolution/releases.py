"""The released schemas: `<version>.graphql`, of which the first line says when."""

import re
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from graphql import GraphQLError, GraphQLSchema, build_schema

from hub.kernel.errors import BadInput, Conflict, Faulty, NotFound

FOLDER = Path(str(files("hub.schema") / "releases"))
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_HEAD = re.compile(r"# (\d+\.\d+\.\d+), released (\d{4}-\d{2}-\d{2})\n")


class BadRelease(Faulty):
    """The released schema {file} cannot be used: {problem}"""

    code = "BAD_RELEASE"
    hint = "Take the file as it was released from the repository's history."


class BadVersion(BadInput):
    """{version} is not a version such as 1.2.0."""

    code = "BAD_VERSION"
    hint = "Give three numbers with points between them."


class UnknownRelease(NotFound):
    """There is no released schema {version}."""

    code = "UNKNOWN_RELEASE"
    hint = "Choose one of the files in hub/schema/releases."


class ReleasedAlready(Conflict):
    """A schema as new as {version} is released already."""

    code = "RELEASED_ALREADY"
    hint = "Choose a higher version; a released schema is never changed."


@dataclass(frozen=True, slots=True)
class Release:
    """A schema that clients were given."""

    version: tuple[int, int, int]
    on: date
    schema: GraphQLSchema

    @property
    def name(self) -> str:
        """The version as people write it."""
        return ".".join(map(str, self.version))


def version_of(text: str) -> tuple[int, int, int]:
    """BadVersion where the text is none."""
    found = _VERSION.fullmatch(text)
    if found is None:
        raise BadVersion(version=text)
    return int(found[1]), int(found[2]), int(found[3])


def load(folder: Path = FOLDER) -> list[Release]:
    """All releases, the oldest first. BadRelease where a file is not as it was written."""
    found = sorted((read(file) for file in folder.glob("*.graphql")), key=lambda each: each.version)
    for earlier, later in pairwise(found):
        if later.on < earlier.on:
            raise BadRelease(file=f"{later.name}.graphql", problem=f"it is dated before {earlier.name}.")
    return found


def read(file: Path) -> Release:
    """One released schema."""
    text = file.read_text(encoding="utf-8")
    head = _HEAD.match(text)
    if head is None or head[1] != file.stem:
        raise BadRelease(file=file.name, problem=f"it does not begin with `# {file.stem}, released YYYY-MM-DD`.")
    try:
        return Release(version_of(head[1]), date.fromisoformat(head[2]), build_schema(text))
    except (GraphQLError, TypeError, ValueError) as error:
        raise BadRelease(file=file.name, problem=str(error).partition("\n")[0]) from error


def pick(releases: list[Release], version: str) -> Release:
    """UnknownRelease where there is none of this version."""
    wanted = version_of(version)
    for each in releases:
        if each.version == wanted:
            return each
    raise UnknownRelease(version=version)


def write(text: str, version: str, *, on: date, folder: Path = FOLDER) -> Path:
    """Keep a schema as released. ReleasedAlready where the version is not the highest."""
    wanted = version_of(version)
    if any(each.version >= wanted for each in load(folder)):
        raise ReleasedAlready(version=version)
    file = folder / f"{version}.graphql"
    file.write_text(f"# {version}, released {on.isoformat()}\n\n{text.strip()}\n", encoding="utf-8")
    return file
