"""Folders and manifests as the makers of apps have them."""

import json
from pathlib import Path
from typing import Any

import pytest

from hub.entrypoints.manifest_files import IdTwice, ManifestMalformed, NothingThere, read
from hub.tenants.manifests import MOST_BYTES, ManifestTooLarge

ONE, TWO = "query One { __typename }\n", "query Two {\r\n  __typename\r\n}"


def manifest(folder: Path, content: Any) -> Path:
    """A file with this content, as JSON unless it is text."""
    file = folder / "manifest.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def test_a_folder_gives_a_document_for_each_file_to_the_byte(tmp_path: Path) -> None:
    (tmp_path / "villages").mkdir()
    (tmp_path / "one.graphql").write_bytes(ONE.encode())
    (tmp_path / "villages" / "list.gql").write_bytes(TWO.encode())
    (tmp_path / "README.md").write_text("x")
    assert read(tmp_path) == {"one": ONE, "villages.list": TWO}


def test_a_file_is_one_document(tmp_path: Path) -> None:
    (tmp_path / "one.graphql").write_bytes(ONE.encode())
    assert read(tmp_path / "one.graphql") == {"one": ONE}


def test_hashes_and_texts_as_codegen_and_relay_write_them(tmp_path: Path) -> None:
    assert read(manifest(tmp_path, {"a" * 32: ONE, "b" * 40: TWO})) == {"a" * 32: ONE, "b" * 40: TWO}


def test_the_manifest_of_apollo(tmp_path: Path) -> None:
    operations = [{"id": "a", "name": "One", "type": "query", "body": ONE}, {"id": "b", "body": TWO}]
    file = manifest(tmp_path, {"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations})
    assert read(file) == {"a": ONE, "b": TWO}


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "1", '"x"', '{"a": 1}', '{"a": null}', '{"a": {"b": "c"}}', '{"a": ["b"]}', "[" * 100_000,
     '{"format": "apollo-persisted-query-manifest"}',
     '{"format": "apollo-persisted-query-manifest", "operations": [1]}',
     '{"format": "apollo-persisted-query-manifest", "operations": [{"id": "a"}]}',
     '{"format": "apollo-persisted-query-manifest", "operations": [{"body": "a"}]}'],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(ManifestMalformed):
        read(manifest(tmp_path, content))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one.graphql").write_bytes(b"query \xff")
    with pytest.raises(ManifestMalformed):
        read(tmp_path)


def test_an_id_with_two_texts_is_refused_in_every_form(tmp_path: Path) -> None:
    with pytest.raises(IdTwice):
        read(manifest(tmp_path, '{"a": "query One { __typename }", "a": "query Two { __typename }"}'))
    operations = [{"id": "a", "body": ONE}, {"id": "a", "body": TWO}]
    with pytest.raises(IdTwice):
        read(manifest(tmp_path, {"format": "apollo-persisted-query-manifest", "operations": operations}))
    (tmp_path / "one.graphql").write_bytes(ONE.encode())
    (tmp_path / "one.gql").write_bytes(TWO.encode())
    with pytest.raises(IdTwice):
        read(tmp_path)


def test_an_id_twice_with_one_text_is_one_document(tmp_path: Path) -> None:
    assert read(manifest(tmp_path, '{"a": "query One { __typename }", "a": "query One { __typename }"}')) == {
        "a": "query One { __typename }"
    }


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "one.graphql").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(ManifestTooLarge):
        read(tmp_path)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingThere):
        read(tmp_path / "nowhere")


def test_an_empty_folder_holds_no_document(tmp_path: Path) -> None:
    assert read(tmp_path) == {}
