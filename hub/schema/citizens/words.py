"""The code lists of the register as GraphQL enums. Types and inputs take them from here, so that they are made once."""

from hub.domains.citizens.disclosing import IdentityNumber
from hub.domains.citizens.model import AlarmKind, CardChange, EndReason, NikStatus
from hub.graph.enums import exposed
from hub.kernel.register_codes import (
    BaseStatus,
    BloodType,
    Citizenship,
    Contraception,
    Disability,
    Education,
    EktpStatus,
    FamilyRelation,
    HealthInsurance,
    KtpRecordingStatus,
    MaritalStatus,
    Occupation,
    Pregnancy,
    Religion,
    Schooling,
    Sex,
)

__all__ = [
    "AlarmKind",
    "BaseStatus",
    "BloodType",
    "CardChange",
    "Citizenship",
    "Contraception",
    "Disability",
    "Education",
    "EktpStatus",
    "EndReason",
    "FamilyRelation",
    "HealthInsurance",
    "IdentityNumber",
    "KtpRecordingStatus",
    "MaritalStatus",
    "NikStatus",
    "Occupation",
    "Pregnancy",
    "Religion",
    "Schooling",
    "Sex",
]

for _words in (
    Sex,
    Religion,
    Education,
    Schooling,
    Occupation,
    MaritalStatus,
    FamilyRelation,
    Citizenship,
    BloodType,
    Disability,
    Contraception,
    Pregnancy,
    EktpStatus,
    KtpRecordingStatus,
    BaseStatus,
    HealthInsurance,
    NikStatus,
    EndReason,
    CardChange,
    IdentityNumber,
    AlarmKind,
):
    exposed(_words)
