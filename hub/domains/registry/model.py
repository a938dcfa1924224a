"""The registry: which records of different kecamatan carry one NIK. The platform's own, for the worker alone.

No number is in it: a person is known by a blind index under a key that no office holds. It is derived from the
registers and can be made anew from them at any time (`rebuilding`).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary
from sqlmodel import Field, SQLModel

from hub.journal.model import WORKERS_OWN
from hub.kernel.keyring import BLIND_BYTES
from hub.store.base import MOMENT, Kind, Retention, describe


class Person(SQLModel, table=True):
    """Somebody with a NIK, wherever they are registered."""

    __tablename__ = "person"

    id: UUID = Field(primary_key=True)
    created_at: datetime = Field(sa_type=MOMENT)


class PersonKey(SQLModel, table=True):
    """A NIK's blind index under the registry's key; one row for each version of the key it was met under."""

    __tablename__ = "person_key"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.id"], deferrable=True, initially="DEFERRED"),
        CheckConstraint(f"octet_length(bidx) = {BLIND_BYTES}", name="whole_index"),
        Index(None, "person_id"),
    )

    bidx: bytes = Field(sa_type=LargeBinary, primary_key=True)
    key_version: int
    person_id: UUID


class PersonHome(SQLModel, table=True):
    """A record of a person in the register of a kecamatan, and whether it is living there."""

    __tablename__ = "person_home"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.id"], deferrable=True, initially="DEFERRED"),
        Index(None, "person_id"),
    )

    home_tenant: int = Field(primary_key=True)
    citizen_id: UUID = Field(primary_key=True)
    person_id: UUID
    living: bool


for _model in (Person, PersonKey, PersonHome):
    describe(_model, Kind.OWN, Retention.REGISTER, rights=WORKERS_OWN, nobody="where records are, no more")
