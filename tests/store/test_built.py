"""Rows as models, in a process that has made no model of its own yet."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
from hub.domains.villages.model import Village
from hub.store.unit import built
print(built(Village, {"name": "Kapul", "version": 3}).name)
"""


def test_a_row_can_be_read_before_any_model_was_made() -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(  # noqa: S603  (our own interpreter)
        command, capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )

    assert (done.stdout.strip(), done.stderr) == ("Kapul", "")
