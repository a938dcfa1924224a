"""What every page of somebody who is signed in says of them: who they are here, and where they may go."""

from collections.abc import Mapping
from typing import Any

from hub.pages.visiting import Visit
from hub.tenants.permissions import ROLE_WORDS, Role
from hub.tenants.sessions import SessionFacts


def frame(visit: Visit, session: SessionFacts, viewer: Mapping[str, Any]) -> dict[str, Any]:
    """The values of base.html, from the graph's `viewer { role permissions }`."""
    return {
        "session": session,
        "role": label(visit, Role(viewer["role"])),
        "several": len(session.usable(visit.hub.engine.clock())) > 1,
        "may": frozenset(viewer["permissions"]),
        "zone": session.tenant.zone.value,
    }


def label(visit: Visit, role: Role) -> str:
    """A role in the visitor's language."""
    words = ROLE_WORDS[role]
    return words.en.rstrip(".") if visit.lang == "en" else words.id
