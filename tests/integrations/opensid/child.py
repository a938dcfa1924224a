"""Imports or exports one file in a process that a test may kill or measure; tells its progress line by line."""

import asyncio
import json
import resource
import sys
from pathlib import Path

from hub.domains.imports.known import SENSITIVE
from hub.domains.imports.model import RowAction
from hub.integrations.opensid.exporting import export_file
from hub.integrations.opensid.importing import import_file
from hub.integrations.opensid.report import Progress
from hub.kernel.clock import system_clock
from hub.kernel.region_code import RegionCode
from hub.kernel.scope import Reader, Scope, TenantRef, Zone
from hub.store.pools import PoolOptions, open_pool
from hub.tenants import keyfile
from hub.tenants.permissions import ROLES, Role


async def run(order: dict[str, str]) -> None:
    """As the camat of a kecamatan."""
    tenant = TenantRef(int(order["tenant"]), order["code"], Zone.WIB)
    scope = Scope(Reader.API, Role.CAMAT.value, frozenset(ROLES[Role.CAMAT]), (tenant,))
    pool = await open_pool(order["dsn"], PoolOptions())
    keys = keyfile.load(Path(order["keys"]), now=system_clock().instant, outside=None)
    if "export" in order:
        outcome = await export_file(
            pool,
            scope,
            keys,
            system_clock,
            Path(order["file"]),
            village=RegionCode(order["village"]),
            purpose="Pengukuran",
            sensitive=SENSITIVE,
            progress=told,
        )
        await pool.close()
        sys.stdout.write(json.dumps({"rows": outcome.written.rows, **spent()}) + "\n")
        return
    report = await import_file(
        pool,
        scope,
        keys,
        system_clock,
        Path(order["file"]),
        village=RegionCode(order["village"]),
        handed_back=Path(order["handed_back"]) if "handed_back" in order else None,
        apply=frozenset(RowAction[word] for word in order.get("apply", "").split()),
        progress=asking if "asking" in order else told,
    )
    await pool.close()
    sys.stdout.write(json.dumps({"counts": report.counts, **spent()}) + "\n")


def spent() -> dict[str, float]:
    """Processor seconds and megabytes of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    # Not ru_maxrss: it keeps the size of the process that started this one.
    peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
    return {"seconds": used.ru_utime + used.ru_stime, "megabytes": int(peak) // 1024}


def told(progress: Progress) -> None:
    """One line per step, at once."""
    sys.stdout.write(f"{progress.step} {progress.done}\n")
    sys.stdout.flush()


def asking(progress: Progress) -> None:
    """One line per step, and on only when the test says so: it kills between its word and the next line."""
    told(progress)
    sys.stdin.readline()


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.argv[1])))
