"""What the events about people and households have in common."""

from collections.abc import Mapping
from typing import Any

from hub.domains.citizens.model import Citizen, Household
from hub.journal.record import Changes
from hub.store.base import TenantRow
from hub.store.unit import Unit

Values = Mapping[str, Any]  # columns of a row, parsed by whoever calls


def about(citizen: Citizen) -> dict[str, Any]:
    return {
        "type_name": "Citizen",
        "object_id": citizen.id,
        "version": citizen.version,
        "village_id": citizen.village_id,
        "subject_id": citizen.id,
    }


def about_home(home: Household) -> dict[str, Any]:
    return {"type_name": "Household", "object_id": home.id, "version": home.version, "village_id": home.village_id}


def differences(row: TenantRow, told: Values) -> Changes:
    return {name: (getattr(row, name), value) for name, value in told.items() if getattr(row, name) != value}


def first_told(told: Values) -> Changes:
    return {name: (None, value) for name, value in told.items() if value is not None}


def times(unit: Unit) -> dict[str, Any]:
    return {"created_at": unit.now.instant, "updated_at": unit.now.instant}
