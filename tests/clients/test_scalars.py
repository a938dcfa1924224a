"""Both clients name every scalar of the contract, and none that is gone."""

import re
import tomllib
from pathlib import Path

from graphql import GraphQLScalarType, is_specified_scalar_type

from hub.graph.registry import core_of
from hub.schema.build import schema

CLIENTS = Path(__file__).parents[2] / "clients"
LINE = re.compile(r"^          (\w+): \"\.\./scalars\.js#(\w+)\",$", re.MULTILINE)
CHECK = re.compile(r"^  (\w+): (?:\(value\)|text\()", re.MULTILINE)
SENT_ONLY = {"Nik", "KkNumber"}  # never in an answer, so nothing checks their form there


def scalars() -> set[str]:
    types = core_of(schema()).type_map.values()
    return {each.name for each in types if isinstance(each, GraphQLScalarType) and not is_specified_scalar_type(each)}


def test_typescript_names_every_scalar_and_declares_its_type() -> None:
    named = dict(LINE.findall((CLIENTS / "typescript/codegen.ts").read_text(encoding="utf-8")))
    declared = re.findall(r"^export type (\w+) =", (CLIENTS / "typescript/scalars.ts").read_text(), re.MULTILINE)
    assert named.keys() == scalars()
    assert sorted(named.values()) == sorted(declared)


def test_typescript_checks_the_form_of_every_scalar_that_is_answered() -> None:
    checked = set(CHECK.findall((CLIENTS / "typescript/shape.ts").read_text(encoding="utf-8")))
    assert checked - {"Boolean", "Float", "ID", "Int", "String"} == scalars() - SENT_ONLY


def test_python_names_every_scalar() -> None:
    """One that is missing would become Any without a word."""
    config = tomllib.loads((CLIENTS / "python/pyproject.toml").read_text(encoding="utf-8"))
    assert config["tool"]["ariadne-codegen"]["scalars"].keys() == scalars()


def test_no_lock_file_holds_an_address_of_a_registry() -> None:
    typescript = (CLIENTS / "typescript/package-lock.json").read_text(encoding="utf-8")
    python = (CLIENTS / "python/requirements.lock").read_text(encoding="utf-8")
    addresses = [line for line in typescript.splitlines() if "://" in line and '"url":' not in line]
    assert (addresses, '"resolved"' in typescript, "://" in python) == ([], False, False)
    assert typescript.count('"integrity"') > 300
