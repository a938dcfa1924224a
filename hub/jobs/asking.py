"""Asking for a job, in the transaction of the change that makes it necessary."""

from uuid import UUID

from hub.jobs.model import Job
from hub.store.unit import Unit


async def ask(unit: Unit, kind: str, about: UUID) -> None:
    """Let the worker do something for an object soon after the commit; a rollback takes it back.

    One plain insert: neither a NOTIFY nor the queue is touched here. The relay is woken when the request is over.
    """
    now = unit.now.instant
    await unit.add(
        Job(tenant_id=unit.tenant.id, kind=kind, object_id=about, due_at=now, created_at=now, updated_at=now)
    )
