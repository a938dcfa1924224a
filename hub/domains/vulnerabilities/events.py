"""What the journal hears of vulnerabilities. The group is kept under the person's key, of a family not at all."""

from typing import Any

from hub.domains.vulnerabilities.model import Vulnerability
from hub.journal.record import Changes, Event


class VulnerabilityProposed(Event):
    """A person or a family was proposed for a group."""


class VulnerabilityVerified(Event):
    """A proposal was verified, or verified again."""


class VulnerabilityEndRecorded(Event):
    """A vulnerability is over, or a proposal was taken back."""


class VulnerabilityDetailTold(Event):
    """Somebody was told the detail, for the purpose named; never the detail itself."""


def about(row: Vulnerability, changes: Changes) -> dict[str, Any]:
    """Whom an event is about; its values, where there is a person's key to keep them under."""
    told: dict[str, Any] = {
        "type_name": "Vulnerability",
        "object_id": row.id,
        "version": row.version,
        "village_id": row.village_id,
        "subject_id": row.citizen_id,
    }
    if row.citizen_id is None:
        return {**told, "changes": dict.fromkeys(changes, (None, None))}
    return {**told, "personal": changes}
