"""Addresses to listen on; production's refusals."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import asyncpg
import httpx
import pytest

from hub.entrypoints.serve import CannotListen, PortTaken, bind
from hub.kernel.clock import system_clock
from hub.kernel.scope import Zone
from hub.tenants import administration as admin
from hub.tenants import keyfile
from hub.tenants.model import TenantKind
from tests import cluster
from tests.conftest import as_role, prepare

ROOT = Path(__file__).resolve().parents[2]
HUB = [sys.executable, "-c", 'from hub.entrypoints.cli import app; app(prog_name="hub")', "serve", "--port", "0"]


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("127.0.0.1", -1), ("no.such.host.invalid", 80)])
def test_an_address_that_is_none_is_refused(host: str, port: int) -> None:
    with pytest.raises(CannotListen):
        bind(host, port)


def test_a_taken_port_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortTaken) as refused:
            bind("127.0.0.1", taken.getsockname()[1])
    assert refused.value.params == {"host": "127.0.0.1", "port": taken_port(refused.value)}


def taken_port(refusal: PortTaken) -> int:
    return int(refusal.params["port"])


def test_a_bound_port_refuses_until_the_hub_listens() -> None:
    with bind("127.0.0.1", 0) as bound, socket.socket() as early, pytest.raises(ConnectionRefusedError):
        early.connect(bound.getsockname())


def serve(address: str, keys: Path, data: Path) -> tuple[int, str]:
    told = {"HUB_DATABASE_URL": address, "HUB_KEYS_FILE": str(keys), "HUB_DATA": str(data), "HUB_LANG": "en"}
    ended = subprocess.run(  # noqa: S603  # our own program
        HUB, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **told}, timeout=240, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.slow
def test_an_empty_data_folder_is_made_ready_and_served(tmp_path: Path) -> None:
    keyfile.create(tmp_path / "keys.json", now=system_clock().instant)
    told = {"HUB_KEYS_FILE": str(tmp_path / "keys.json"), "HUB_DATA": str(tmp_path / "data"), "HUB_LANG": "en"}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command, environment = [*HUB[:-1], str(port)], {**os.environ, **told}
    environment.pop("HUB_DATABASE_URL", None)
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as serving:  # noqa: S603
        assert serving.stderr is not None
        said = serving.stderr.readline()
        answered = httpx.get(f"http://127.0.0.1:{port}/readyz").status_code if "serving" in said else said
        serving.send_signal(signal.SIGINT)
        serving.communicate(timeout=60)
    assert answered == 200


async def test_production_refuses_demo_tenants_and_keys_among_the_data(tmp_path: Path) -> None:
    address = await cluster.database_for("serve", prepare)
    keys, data = tmp_path / "keys.json", tmp_path / "data"
    keyfile.create(keys, now=system_clock().instant)
    keyfile.create(data / "keys.json", now=system_clock().instant)

    code, said = serve(address, data / "keys.json", data)
    assert (code, said.splitlines()[0]) == (2, f"The key file {data / 'keys.json'} lies inside the data folder.")

    owner = await asyncpg.connect(as_role(address, "hub_owner"))
    await admin.add_tenant(owner, kind=TenantKind.KECAMATAN, code="63.01.01", name="Demo", zone=Zone.WITA, demo=True)
    await owner.close()

    code, said = serve(address, keys, data)
    assert (code, said.splitlines()[0]) == (2, "The database holds demo tenants, whose keys anybody may know.")
