"""The page about plans names every reason for having none."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import hub.graph
from hub.graph.declare import ROOTS, Answered
from hub.schema.build import schema

PAGE = (Path(__file__).parents[2] / "docs/plans.md").read_text(encoding="utf-8")
LISTED = re.compile(r"^\| `(.+?)` \|", re.MULTILINE)
CODE = Path(hub.graph.__file__).parent


def template(node: ast.expr) -> str | None:
    """The text of a constant or f-string, with … for what is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else "…" for each in node.values)
    return None


def reasons() -> Iterator[str]:
    """What is raised as NotPlannable or counted as a fallback, in the engine's code."""
    for path in CODE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id="reason")], value=value):
                    found = template(value)
                case ast.Subscript(value=ast.Attribute(attr="fallbacks"), slice=key):
                    found = template(key)
                case ast.Call(func=ast.Name(id="NotPlannable"), args=[given]):
                    assert not isinstance(given, ast.Constant | ast.JoinedStr), ast.unparse(node)  # say `reason = …`
                    found = None
                case _:
                    found = None
            if found is not None:
                yield found


def test_the_page_lists_the_reasons_of_the_code_and_no_others() -> None:
    assert sorted(LISTED.findall(PAGE)) == sorted(set(reasons()))


def test_the_page_names_every_root_field_that_no_plan_answers() -> None:
    schema()  # declares the roots
    answered = [name for name, source in ROOTS.items() if isinstance(source, Answered)]
    assert [name for name in answered if f"`{name}`" not in PAGE] == []
