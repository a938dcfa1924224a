"""Reading what an app's makers have: a folder of .graphql files, or the manifest that their build wrote.

    {"<hash>": "<text>", …}                                              graphql-codegen, relay-compiler
    {"format": "apollo-persisted-query-manifest", "operations": [{"id": …, "body": …}, …]}      Apollo

In a folder each file is one whole document; its id is its name, folders before it: `villages/list.graphql` is
`villages.list`. Every document can be asked by `sha256:` and the hash of its exact text as well.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hub.kernel.errors import BadInput, Conflict, NotFound
from hub.tenants.manifests import MOST_BYTES, MOST_DOCUMENTS, ManifestTooLarge, visible

SUFFIXES = (".graphql", ".gql")
APOLLO = "apollo-persisted-query-manifest"
_ROOM = 4  # a JSON file may be so many times as large as its texts: escapes


class NothingThere(NotFound):
    """There is no file or folder {file}."""

    code = "NOTHING_THERE"
    hint = "Give a folder with .graphql files, one such file, or a manifest in JSON."


class ManifestMalformed(BadInput):
    """{file} is no manifest: {problem}"""

    code = "MANIFEST_MALFORMED"
    hint = 'A manifest is JSON such as {"<id>": "query Villages { … }"}, as graphql-codegen and Relay write it.'


class IdTwice(Conflict):
    """The id {given} stands for two different documents."""

    code = "MANIFEST_ID_TWICE"
    hint = "Give each document an id of its own; of two files that differ in their ending only, rename one."


def read(path: Path) -> dict[str, str]:
    """The documents by id; nothing is judged yet."""
    if path.is_dir():
        return _once(_folder(path))
    if not path.is_file():
        raise NothingThere(file=path.name)
    if path.suffix in SUFFIXES:
        return {path.stem: _text(path)}
    return _once(_manifest(path))


def _folder(folder: Path) -> Iterator[tuple[str, str]]:
    files = sorted(each for each in folder.rglob("*") if each.suffix in SUFFIXES and each.is_file())
    if len(files) > MOST_DOCUMENTS:
        raise ManifestTooLarge(documents=MOST_DOCUMENTS, bytes=MOST_BYTES)
    for file in files:
        yield ".".join(file.relative_to(folder).with_suffix("").parts), _text(file)


def _manifest(file: Path) -> list[tuple[str, str]]:
    try:
        found = json.loads(_text(file, room=_ROOM), object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        raise ManifestMalformed(file=file.name, problem="it is not JSON") from None
    if not isinstance(found, _Pairs):
        raise ManifestMalformed(file=file.name, problem="it is not an object")
    told = dict(found)
    pairs = _apollo(file, told.get("operations")) if told.get("format") == APOLLO else list(found)
    for name, text in pairs:
        if not isinstance(text, str) or not isinstance(name, str):
            raise ManifestMalformed(file=file.name, problem="a value is no text")
    return pairs


def _apollo(file: Path, operations: Any) -> list[tuple[str, Any]]:
    if not isinstance(operations, list) or not all(isinstance(each, _Pairs) for each in operations):
        raise ManifestMalformed(file=file.name, problem="`operations` is no list of objects")
    told: list[Mapping[str, Any]] = [dict(each) for each in operations]
    return [(each.get("id", 0), each.get("body")) for each in told]


class _Pairs(list[tuple[str, Any]]):
    """The members of a JSON object with those of the same name, of which JSON itself keeps the last."""


def _once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, text in pairs:
        if found.setdefault(name, text) != text:
            raise IdTwice(given=visible(name))
    return found


def _text(file: Path, *, room: int = 1) -> str:
    """A file's text as it stands, line ends and all: its hash is the document's."""
    if file.stat().st_size > MOST_BYTES * room:
        raise ManifestTooLarge(documents=MOST_DOCUMENTS, bytes=MOST_BYTES)
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise ManifestMalformed(file=file.name, problem="it is not UTF-8") from None
