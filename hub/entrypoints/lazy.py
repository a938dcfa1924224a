"""Commands that are loaded when they are asked for, so that a command costs the imports of its own module only.

A command is a line of a table: its name, its help, and where it stands: "module:attribute" in this package, a function
or a `typer.Typer`. Its help stands in the table alone, for the list of commands is printed without loading any.

import-linter reads import statements, not such lines. The contracts lose nothing by it: a module is looked for in
`hub.entrypoints` and nowhere else, so that no line can name another floor, and what the module itself imports is seen.
mypy does not see them either; tests/entrypoints/test_lazy.py loads them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

FLOOR = "hub.entrypoints"


@dataclass(frozen=True, slots=True)
class Later:
    """A command that is not loaded yet."""

    at: str
    help: str


def load(name: str, later: Later) -> Any:  # typer's own command class is private
    """The command itself, as `typer.Typer` would have made it at once."""
    module, _, attribute = later.at.partition(":")
    found = getattr(import_module(f"{FLOOR}.{module}"), attribute)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    alone.callback()(lambda: None)  # makes a group of it, though there is only one command
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name, help=later.help)
    else:
        alone.command(name, help=later.help)(found)
    made: Any = typer.main.get_command(alone)
    return made.commands[name]


class LazyGroup(TyperGroup):
    """A group whose `table` is listed as it stands, and of which the one command that is asked for is loaded."""

    table: ClassVar[Mapping[str, Later]]

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for name, later in self.table.items():
            self.add_command(TyperCommand(name, help=later.help))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that the arguments name, loaded; its help and its completion come by here too."""
        name, listed, rest = super().resolve_command(ctx, args)
        if name is None or name not in self.table:
            return name, listed, rest
        return name, self.loaded(name), rest

    def loaded(self, name: str) -> Any:
        """A command of the table, in the place of its line from now on."""
        self.add_command(load(name, self.table[name]), name)
        return self.commands[name]


def whole(group: LazyGroup) -> LazyGroup:
    """The group with all commands loaded, for who wants to look at every one."""
    for name in group.table:
        group.loaded(name)
    return group
