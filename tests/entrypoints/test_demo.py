"""`hub demo` as people meet it: a process of its own, with what it prints, until it is stopped."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.demo import keys

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
HUB = [sys.executable, "-c", 'from hub.entrypoints.cli import app; app(prog_name="hub")', "demo", "--no-people"]
PATIENCE = 240  # seconds for a first start on a busy machine


@dataclass
class Demo:
    """A running demo."""

    process: subprocess.Popen[str]
    data: Path
    port: int
    told: Path

    @property
    def output(self) -> str:
        """What it has printed."""
        return self.told.read_text(encoding="utf-8")

    def stop(self, how: signal.Signals) -> int:
        """Send the signal, wait for the end, give the exit code."""
        self.process.send_signal(how)
        return self.process.wait(60)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def start(data: Path, port: int, told: Path) -> Demo:
    with told.open("w") as output:
        process = subprocess.Popen(  # noqa: S603  # our own program
            [*HUB, "--data", str(data), "--port", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            text=True,
            env={**os.environ, "HUB_LANG": "en", "COLUMNS": "100"},
        )
    return Demo(process, data, port, told)


def await_answer(demo: Demo) -> None:
    patience = time.monotonic() + PATIENCE
    while time.monotonic() < patience and demo.process.poll() is None:
        with suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{demo.port}/healthz", timeout=2)
            return
        time.sleep(0.1)
    raise AssertionError(demo.output)


@contextmanager
def served(data: Path, told: Path) -> Iterator[Demo]:
    demo = start(data, free_port(), told)
    try:
        await_answer(demo)
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.stop(signal.SIGTERM)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that runs for the whole module."""
    folder = tmp_path_factory.mktemp("demo")
    with served(folder / "data", folder / "told") as demo:
        yield demo


def once(data: Path, port: int, told: Path) -> tuple[int, str]:
    """A start that ends by itself."""
    demo = start(data, port, told)
    return demo.process.wait(PATIENCE), demo.output


def processes_of(data: Path) -> list[str]:
    """Commands of processes that work in the data folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (each / "cwd").resolve().is_relative_to(data):
                found.append((each / "cmdline").read_text())
    return found


def asked(line: str) -> dict[str, Any]:
    """The answer to a printed request."""
    words = shlex.split(line)
    headers = dict(words[n + 1].split(": ", 1) for n, word in enumerate(words) if word == "-H")
    found: dict[str, Any] = httpx.post(words[2], content=words[words.index("-d") + 1], headers=headers).json()
    return found


def test_every_printed_request_runs_word_for_word(running: Demo) -> None:
    requests = [line for line in running.output.splitlines() if line.startswith("curl ")]
    answers = [asked(line) for line in requests]
    patience = time.monotonic() + PATIENCE
    while not answers[2]["data"]["agencyAssignments"]["nodes"] and time.monotonic() < patience:
        time.sleep(0.5)  # the worker carries to the agency what was handed to it
        answers[2] = asked(requests[2])

    assert [list(answer) for answer in answers] == [["data", "extensions"]] * 4
    assert len(answers[0]["data"]["villages"]["nodes"]) == 12
    assert [each["plannedParties"] for each in answers[1]["data"]["commitments"]["nodes"]] == [1, 4, None]
    assert [each["homeName"] for each in answers[2]["data"]["agencyAssignments"]["nodes"]] == ["Takisung"]
    assert answers[3]["data"]["partnerOrganizations"]["nodes"][0]["name"] == "PKK Kecamatan Takisung"


def test_the_invitations_open_the_pages_for_people(running: Demo) -> None:
    addresses = [line for line in running.output.splitlines() if "/undangan/" in line]
    pages = [httpx.get(each, headers={"accept-language": "en"}) for each in addresses]

    assert [each.status_code for each in pages] == [200] * 3
    assert ["Takisung" in each.text or "Disdukcapil" in each.text for each in pages] == [True] * 3


def test_graphiql_is_served_with_the_demo_s_keys(running: Demo) -> None:
    page = httpx.get(f"http://127.0.0.1:{running.port}/graphql", headers={"accept": "text/html"}).text
    for audience in ("front-end", "dinas", "partner", "officer"):
        assert keys.by_audience(keys.read(running.data))[audience] in page


def test_the_front_end_s_key_sends_examples_by_id_and_free_queries(running: Demo) -> None:
    key = keys.by_audience(keys.read(running.data))["front-end"]
    headers = {"authorization": f"Bearer {key}"}
    asked: list[dict[str, Any]] = [
        {"documentId": "30-villages", "variables": {"first": 1}},
        {"query": "{ villages(first: 1) { totalCount } }"},
    ]
    answers = [httpx.post(f"http://127.0.0.1:{running.port}/graphql", json=each, headers=headers) for each in asked]
    assert [each.json()["data"]["villages"]["totalCount"] for each in answers] == [12, 12]


def test_a_second_one_at_the_same_time_says_so(running: Demo, tmp_path: Path) -> None:
    code, said = once(running.data, free_port(), tmp_path / "told")
    assert (code, "is in use by another program" in said, "Traceback" in said) == (2, True, False)


def test_a_port_that_is_taken_is_said(running: Demo, tmp_path: Path) -> None:
    code, said = once(tmp_path / "other", running.port, tmp_path / "told")
    assert (code, "Traceback" in said) == (2, False)
    assert f"Another program already listens at 127.0.0.1:{running.port}." in said.splitlines()


def test_a_signal_stops_it_and_a_new_start_keeps_what_was_there(running: Demo, tmp_path: Path) -> None:
    kept = keys.read(running.data)
    assert (running.stop(signal.SIGTERM), processes_of(running.data)) == (0, [])
    assert "Traceback" not in running.output

    with served(running.data, tmp_path / "again") as again:
        assert keys.read(again.data) == kept
        assert "Loading the region codes" not in again.output
        assert (again.stop(signal.SIGINT), processes_of(again.data)) == (0, [])
        assert "Traceback" not in again.output


def test_a_start_that_is_killed_while_loading_is_made_good_by_the_next(tmp_path: Path) -> None:
    demo = start(tmp_path / "data", free_port(), tmp_path / "first")
    while "Loading the region codes" not in demo.output:
        assert demo.process.poll() is None, demo.output
        time.sleep(0.05)
    demo.stop(signal.SIGKILL)

    with served(tmp_path / "data", tmp_path / "second") as again:
        answer = httpx.post(
            f"http://127.0.0.1:{again.port}/graphql", json={"query": "{ regions(first: 1) { totalCount } }"}
        )
        assert answer.json()["data"] == {"regions": {"totalCount": 92_219}}


def test_ctrl_c_while_loading_ends_without_a_trace(tmp_path: Path) -> None:
    demo = start(tmp_path / "data", free_port(), tmp_path / "told")
    while "Loading the region codes" not in demo.output:
        assert demo.process.poll() is None, demo.output
        time.sleep(0.05)

    assert demo.stop(signal.SIGINT) == 130
    assert "Interrupted. The same command goes on from here." in demo.output.splitlines()
    assert ("Traceback" in demo.output, processes_of(demo.data)) == (False, [])
