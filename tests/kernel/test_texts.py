"""Every refusal of the hub speaks Indonesian, and none says something else than its English sentence."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

import hub
from hub.graph.mutations import all_refusals
from hub.kernel.errors import BadInput, HubError, one_line
from hub.kernel.texts import PLACEHOLDER, advice, catalogue, preferred, say, sentence

# One code, several classes, on purpose: the caller is told the same of each.
SHARED: dict[str, set[str]] = {}
LIBRARIES = {"Show this message and exit."}  # what the command line's library says itself
_ON_PAGE = re.compile(r"""\b_\((["'])(.+?)\1""")
# Problems that the source puts together.
COMPOSED = {f"`{name}` is no object" for name in ("variables", "extensions")}


@cache
def refusals() -> list[type[HubError]]:
    """Every class of refusal in the code base, whoever imports it."""
    for module in pkgutil.walk_packages(hub.__path__, "hub."):
        importlib.import_module(module.name)
    return [each for each in all_refusals() if each.__module__.startswith("hub.")]


def texts() -> list[tuple[str, str]]:
    """Class name and English text, of all sentences and hints."""
    return [(each.__name__, one_line(text)) for each in refusals() for text in (each.__doc__ or "", each.hint)]


def test_every_refusal_has_a_sentence_and_a_hint_of_its_own() -> None:
    silent = [each.__name__ for each in refusals() if not each.__dict__.get("__doc__") or not each.hint]
    assert silent == []


def test_every_sentence_and_hint_is_translated() -> None:
    known = catalogue()
    assert [text for text in texts() if known.get(text[1], text[1]) == text[1]] == []


def test_a_translation_has_the_placeholders_of_its_sentence() -> None:
    changed = {
        english: indonesian
        for english, indonesian in catalogue().items()
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(indonesian))
    }
    assert changed == {}


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    spoken = {text for _, text in texts()}
    written = {text for file in Path(hub.__path__[0]).rglob("*.py") for text in _constants(file)}
    assert set(catalogue()) - spoken - written - on_pages() - COMPOSED - LIBRARIES == set()


def on_pages() -> set[str]:
    """What the templates of the pages say."""
    templates = (Path(hub.__path__[0]) / "pages" / "templates").glob("*.html")
    return {text for file in templates for _, text in _ON_PAGE.findall(file.read_text(encoding="utf-8"))}


def test_what_the_pages_say_is_translated() -> None:
    assert on_pages() - catalogue().keys() == set()


def test_what_the_command_line_says_is_translated() -> None:
    known = catalogue()
    entrypoints = Path(hub.__path__[0]) / "entrypoints"
    assert {text for file in entrypoints.glob("*.py") for text in _said(file)} - known.keys() == set()


def test_a_code_belongs_to_one_refusal() -> None:
    owners: dict[str, set[str]] = {}
    for each in refusals():
        if "code" in each.__dict__ or each is HubError:
            owners.setdefault(each.code, set()).add(f"{each.__module__}.{each.__name__}")
    assert {code: names for code, names in owners.items() if len(names) > 1 and SHARED.get(code) != names} == {}


def test_a_refusal_without_a_code_of_its_own_says_what_its_parent_says() -> None:
    """Otherwise one code would stand for two sentences."""
    lone = [each.__name__ for each in refusals() if each is not HubError and "code" not in each.__dict__]
    assert lone == []


def test_codes_are_written_in_capitals() -> None:
    assert [each.code for each in refusals() if not each.code.replace("_", "").isupper()] == []


def test_a_translated_text_ends_like_the_english_one() -> None:
    odd = {en: idn for en, idn in catalogue().items() if (en[-1] in ".}") != (idn[-1] in ".}")}
    assert odd == {}


def test_placeholders_are_filled_and_other_braces_left_alone() -> None:
    assert say('Give {name}, as in {"a": {b: 1}}.', "en", name="{name}") == 'Give {name}, as in {"a": {b: 1}}.'
    assert say("There is no key file at {place}.", "id", place="/tmp/k") == "Tidak ada berkas kunci di /tmp/k."  # noqa: S108
    assert say("There is no key file at {place}.", "id") == "Tidak ada berkas kunci di {place}."


def test_a_problem_that_is_in_the_catalogue_is_translated_with_its_sentence() -> None:
    refusal = BadInput(problem="it is not JSON")
    assert sentence(refusal, "id") == "Masukan tidak sah: isinya bukan JSON"
    assert sentence(refusal, "en") == "The input is not valid: it is not JSON"
    assert advice(refusal, "id") == "Perbaiki isian yang disebut, lalu kirim ulang permintaan."


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "id"),
        ("en", "en"),
        ("en-GB,en;q=0.9,id;q=0.8", "en"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("fr, en;q=0.5", "en"),
        ("de", "id"),
        ("en;q=x", "id"),
    ],
)
def test_english_is_spoken_only_where_it_is_preferred(header: str, language: str) -> None:
    assert preferred(header) == language


def _constants(file: Path) -> set[str]:
    """All texts in a source file, those in pieces put together."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    found = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return found | {one_line(each) for each in found}


def _said(file: Path) -> set[str]:
    """The sentences that a source file gives to a voice, or to the command line as help."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            found |= {
                one_line(each) for each in _texts(keyword.value for keyword in node.keywords if keyword.arg == "help")
            }
            if isinstance(node.func, ast.Attribute) and node.func.attr in ("tell", "say"):
                found |= _texts(node.args[:1])
    return found


def _texts(expressions: Iterable[ast.expr]) -> set[str]:
    return {each.value for each in expressions if isinstance(each, ast.Constant) and isinstance(each.value, str)}
