"""The folder of released schemas."""

from datetime import date
from pathlib import Path

import pytest
from graphql import print_schema

from hub.schema.evolution import releases
from hub.schema.evolution.releases import BadRelease, BadVersion, ReleasedAlready, UnknownRelease

TEXT = "type Query {\n  a: Int\n}"


def written(folder: Path, *versions: str) -> None:
    for number, version in enumerate(versions, 1):
        releases.write(TEXT, version, on=date(2026, number, 1), folder=folder)


def test_what_is_written_is_read_again_in_the_order_of_versions(tmp_path: Path) -> None:
    written(tmp_path, "0.2.0", "0.9.0", "0.10.0")

    found = releases.load(tmp_path)

    assert [(each.name, each.on) for each in found] == [
        ("0.2.0", date(2026, 1, 1)),
        ("0.9.0", date(2026, 2, 1)),
        ("0.10.0", date(2026, 3, 1)),
    ]
    assert print_schema(found[0].schema) == TEXT


@pytest.mark.parametrize("version", ["0.2.0", "0.1.9"])
def test_a_released_schema_is_never_written_over(tmp_path: Path, version: str) -> None:
    written(tmp_path, "0.2.0")
    with pytest.raises(ReleasedAlready):
        releases.write("type Query { b: Int }", version, on=date(2026, 2, 1), folder=tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["0.2.0.graphql"]


@pytest.mark.parametrize("version", ["1", "1.2", "v1.2.0", "1.2.0-rc", "../1.2.0"])
def test_a_version_has_three_numbers(tmp_path: Path, version: str) -> None:
    with pytest.raises(BadVersion):
        releases.write(TEXT, version, on=date(2026, 1, 1), folder=tmp_path)


def test_a_release_is_picked_by_its_version(tmp_path: Path) -> None:
    written(tmp_path, "0.1.0", "0.2.0")
    history = releases.load(tmp_path)
    assert releases.pick(history, "0.1.0") is history[0]
    with pytest.raises(UnknownRelease):
        releases.pick(history, "0.3.0")


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"# 0.2.0, released 2026-01-01\n{TEXT}",
        f"# 0.1.0, released 2026-13-01\n{TEXT}",
        "# 0.1.0, released 2026-01-01\ntype Query {",
        "# 0.1.0, released 2026-01-01\ntype Query { a: Nothing }",
    ],
)
def test_a_file_that_is_not_as_written_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "0.1.0.graphql").write_text(text)
    with pytest.raises(BadRelease):
        releases.load(tmp_path)


def test_a_later_version_is_not_dated_earlier(tmp_path: Path) -> None:
    written(tmp_path, "0.1.0", "0.2.0")
    (tmp_path / "0.3.0.graphql").write_text(f"# 0.3.0, released 2026-01-15\n{TEXT}")
    with pytest.raises(BadRelease):
        releases.load(tmp_path)


def test_the_hub_has_released_schemas() -> None:
    assert releases.load()[0].name == "0.1.0"
