"""Whether a group can be that of a person or a family: what the register contradicts is refused, nothing else."""

from datetime import date

from hub.domains.citizens.model import Citizen, Household
from hub.domains.vulnerabilities.model import VulnerableGroup
from hub.kernel.register_codes import FamilyRelation, MaritalStatus, Sex

ELDERLY_FROM = 60
CHILD_UNTIL, TODDLER_UNTIL, INFANT_UNTIL = 18, 5, 1
_G = VulnerableGroup
_UNTIL = {
    _G.CHILD: CHILD_UNTIL,
    _G.ORPHAN: CHILD_UNTIL,
    _G.TODDLER: TODDLER_UNTIL,
    _G.INFANT: INFANT_UNTIL,
}
_WOMEN = frozenset({_G.PREGNANT, _G.WIDOW_HEAD, _G.WOMEN_EXCLUDED})
OF_PERSONS = frozenset({*_UNTIL, *_WOMEN, _G.ELDERLY, _G.DISABLED, _G.UNABLE_TO_WORK})


def fits(group: VulnerableGroup, whose: Citizen | Household, today: date) -> bool:
    """Whether nothing in the register speaks against it; what is not known does not."""
    if isinstance(whose, Household):
        return group not in OF_PERSONS
    if group in _WOMEN and whose.sex != Sex.FEMALE:
        return False
    if group is _G.WIDOW_HEAD and not _widow_head(whose):
        return False
    return whose.birth_date is None or _of_age(group, years_between(whose.birth_date, today))


def years_between(born: date, day: date) -> int:
    """Completed years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _of_age(group: VulnerableGroup, years: int) -> bool:
    if group is _G.ELDERLY:
        return years >= ELDERLY_FROM
    return group not in _UNTIL or years < _UNTIL[group]


def _widow_head(whose: Citizen) -> bool:
    alone = whose.marital_status in (None, MaritalStatus.WIDOWED)
    return alone and whose.family_relation == FamilyRelation.HEAD
