"""Example operations for people who open GraphiQL: one `.graphql` file each.

Its leading comments tell what it is:

    # title: What can I ask?
    # audience: public
    # variables: {"first": 3}

    query WhatCanIAsk { ... }

`title` and `audience` are required. The audience decides which demo key the headers carry.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graphql import GraphQLSyntaxError, parse
from graphql.language import OperationDefinitionNode

from hub.kernel.errors import Faulty

FIELDS = ("title", "audience", "variables")


class BadExample(Faulty):
    """The example operation {file} cannot be used: {problem}"""

    code = "BAD_EXAMPLE"
    hint = "Correct the file, or take it out of the folder of examples."


@dataclass(frozen=True, slots=True)
class Example:
    """One tab of GraphiQL."""

    title: str
    audience: str
    query: str
    variables: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def load(folder: Path, *, keys: Mapping[str, str] | None = None) -> list[Example]:
    """The folder's examples in the order of their file names.

    `keys` gives an audience its demo key; an audience without one asks anonymously. Outside the
    demo give none: whatever is passed here is readable by everyone who can open the page.
    """
    return [read(file, keys=keys or {}) for file in sorted(folder.glob("*.graphql"))]


def read(file: Path, *, keys: Mapping[str, str]) -> Example:
    """One file as an example."""
    told, query = split(file.read_text(encoding="utf-8"))
    if missing := {"title", "audience"} - told.keys():
        raise BadExample(file=file.name, problem=f"it lacks `# {min(missing)}: …` at its top.")

    check(query, file=file)
    key = keys.get(told["audience"])
    return Example(
        title=told["title"],
        audience=told["audience"],
        query=query,
        variables=variables(told.get("variables", "{}"), file=file),
        headers={"Authorization": f"Bearer {key}"} if key else {},
    )


def split(text: str) -> tuple[dict[str, str], str]:
    """The fields told at the top, and the text without those lines; other comments stay."""
    told: dict[str, str] = {}
    lines = text.splitlines()
    while lines and lines[0].startswith("#"):
        name, colon, value = lines[0].lstrip("# ").partition(":")
        if not colon or name not in FIELDS:
            break
        told[name] = value.strip()
        del lines[0]
    return told, "\n".join(lines).strip() + "\n"


def check(query: str, *, file: Path) -> None:
    """Refuse a file without exactly one operation with a name, for the name labels the tab."""
    try:
        definitions = parse(query).definitions
    except GraphQLSyntaxError as error:
        raise BadExample(file=file.name, problem=error.message) from error

    operations = [each for each in definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].name is None:
        raise BadExample(file=file.name, problem="it must hold exactly one operation, with a name.")


def variables(text: str, *, file: Path) -> dict[str, object]:
    """The variables, which must be a JSON object on one line."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BadExample(file=file.name, problem="its variables are not JSON.") from error
    if not isinstance(value, dict):
        raise BadExample(file=file.name, problem="its variables are not a JSON object.")
    return value
