"""GraphQL over HTTP as others judge it: the audits of the package graphql-http, all of them. See `make http-audit`."""

import shutil
import subprocess
from pathlib import Path

import pytest

from hub.wiring import Hub
from tests.served import served
from tests.world.build import World

HERE = Path(__file__).parent
NODE = shutil.which("node")
AUDITS = 61


@pytest.mark.skipif(NODE is None or not (HERE / "node_modules").is_dir(), reason="`make http-audit` installs it")
@pytest.mark.parametrize("role", ["", "CAMAT"], ids=["anonymous", "with a key"])
def test_every_audit_of_graphql_over_http_passes(
    role: str, hub: Hub, database: str, world: World, tmp_path: Path
) -> None:
    assert hub.settings.keys_file is not None
    key = [world.takisung.keys[role]] if role else []

    with served(database, hub.settings.keys_file, tmp_path, HUB_INTROSPECTION="true") as there:
        ended = subprocess.run(  # noqa: S603  # our own script
            [str(NODE), str(HERE / "audit.mjs"), there.url, *key], capture_output=True, text=True, check=False
        )

    print(ended.stdout)  # noqa: T201  # what `make http-audit` is for
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert f"{AUDITS} of {AUDITS} audits passed" in ended.stdout
