"""Documents of people: who has which, and which vulnerable people have no identity card."""

from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, literal, literal_column, not_, select

from hub.domains.citizens.model import Citizen
from hub.domains.reports.catalogue import sources
from hub.domains.reports.definition import (
    IN_PERCENT,
    PERCENT,
    Definition,
    Dimension,
    Figure,
    Frame,
    ReportDisclosure,
    Tally,
    Term,
    Variable,
    Words,
)
from hub.domains.reports.model import ReportOrigin
from hub.domains.vulnerabilities import need
from hub.domains.vulnerabilities.model import Vulnerability, VulnerabilityState, VulnerableGroup
from hub.kernel.register_codes import MaritalStatus
from hub.store.base import table

_CITIZENS, _VULNERABLE = table(Citizen), table(Vulnerability)
_UNIT = Words("orang", "persons")
KTP, BIRTH, MARRIAGE = "KTP_EL", "BIRTH_CERT", "MARRIAGE_CERT"
_TYPES = {
    KTP: Words("KTP-el", "Identity card (KTP-el)"),
    BIRTH: Words("Akta kelahiran, di bawah 18 tahun", "Birth certificate, under 18"),
    MARRIAGE: Words("Akta perkawinan, berstatus kawin", "Marriage certificate, married"),
}
_GROUPS = {each.value: Words(each.label_id, each.label_en) for each in VulnerableGroup}
_MARKS = frozenset({"Citizen", "Household", "Village"})


def _people(name: Words, definition: Words, concept: Words) -> Variable:
    return Variable(name=name, concept=concept, definition=definition, unit=_UNIT, source=sources.REGISTER)


_DOCUMENT = Words("Dokumen kependudukan", "Population documents")
_HOLDERS = _people(
    Words("Pemilik dokumen", "Holders"),
    Words(
        "Penduduk tercatat yang menurut register desa memegang dokumen itu",
        "Registered residents who by the village register hold the document",
    ),
    _DOCUMENT,
)
_ELIGIBLE = _people(
    Words("Wajib memiliki", "Eligible residents"),
    Words(
        "KTP-el: 17 tahun ke atas atau pernah kawin; akta kelahiran: di bawah 18 tahun; akta perkawinan: kawin",
        "KTP-el: 17 and over or once married; birth certificate: under 18; marriage certificate: married",
    ),
    _DOCUMENT,
)
_UNKNOWN = _people(
    Words("Belum diketahui", "Not known"),
    Words(
        "Wajib memiliki, tetapi register desa tidak menyatakan ada atau tidaknya",
        "Eligible, and the village register does not say whether there is one",
    ),
    _DOCUMENT,
)
_VULNERABLE_DUE = _people(
    Words("Warga rentan wajib KTP-el", "Vulnerable people for whom a card is due"),
    Words(
        "Warga dalam kelompok rentan terverifikasi (sendiri atau keluarganya), 17 tahun ke atas atau pernah kawin",
        "Living people in a verified vulnerable group (their own or their family's), 17 and over or once married",
    ),
    Words("Kerentanan", "Vulnerability"),
)
_WITHOUT = _people(
    Words("Warga rentan tanpa KTP-el", "Vulnerable people without a card"),
    Words("Di antaranya yang tercatat belum memiliki", "Those among them who are known to have none"),
    Words("Kerentanan", "Vulnerability"),
)
_WITHOUT_UNKNOWN = _people(
    Words("Belum diketahui", "Not known"),
    Words(
        "Di antaranya yang register desa tidak menyatakan ada atau tidaknya",
        "Those among them of whom the village register does not say whether there is one",
    ),
    Words("Kerentanan", "Vulnerability"),
)


def _held(document: str, eligible: Any, holds: Any, unknown: Any) -> Any:
    """A count by village of one kind of document."""

    def statement(frame: Frame) -> Select[Any]:
        who, today = _CITIZENS.c, literal(frame.today, Date())
        due, known = eligible(who, today), holds(who)
        counted = func.count().filter(due)
        return (
            select(
                who.village_id,
                literal(document).label("dimension_1"),
                func.count().filter(and_(due, known)).label("n_held"),
                counted.label("d_held"),
                func.count().filter(and_(due, unknown(who))).label("n_unknown"),
                counted.label("d_unknown"),
            )
            .where(who.tenant_id == frame.tenant, need.lives(who))
            .group_by(who.village_id)
        )

    return statement


def _minor(who: Any, today: ColumnElement[Any]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = who.birth_date > cast(today - literal_column("interval '18 years'"), Date)
    return found


def _married(who: Any, _today: ColumnElement[Any]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = who.marital_status == MaritalStatus.MARRIED.value
    return found


def _birth_certificate(who: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = func.coalesce(who.birth_certificate, "") != ""
    return found


def _marriage_certificate(who: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = func.coalesce(who.marriage_certificate, "") != ""
    return found


def _without(*, by_group: bool) -> Any:
    """Vulnerable people by village, or by village and group. Whoever is in two groups counts in both."""

    def statement(frame: Frame) -> Select[Any]:
        who, today = _CITIZENS.c, literal(frame.today, Date())
        marked = _marked(frame)
        keys = [marked.c.citizen_id, *([marked.c.vulnerable_group] if by_group else [])]
        people = select(*keys).distinct().subquery("people")
        due, holds = need.of_ktp_age(who, today), need.holds_ktp(who)
        counted = func.count().filter(due)
        return (
            select(
                who.village_id,
                *([people.c.vulnerable_group.label("dimension_1")] if by_group else []),
                func.count().filter(and_(due, not_(holds))).label("n_without"),
                counted.label("d_without"),
                func.count().filter(and_(due, holds.is_(None))).label("n_unknown"),
                counted.label("d_unknown"),
            )
            .select_from(people.join(_CITIZENS, and_(who.tenant_id == frame.tenant, who.id == people.c.citizen_id)))
            .group_by(who.village_id, *([people.c.vulnerable_group] if by_group else []))
        )

    return statement


def _marked(frame: Frame) -> Any:
    """Each living person with each verified group, their own or the family's."""
    own, who = _VULNERABLE.c, _CITIZENS.c

    def by(key: ColumnElement[Any], to: ColumnElement[Any]) -> Select[Any]:
        return (
            select(who.id.label("citizen_id"), own.vulnerable_group)
            .select_from(_VULNERABLE.join(_CITIZENS, and_(who.tenant_id == frame.tenant, to == key)))
            .where(own.tenant_id == frame.tenant, own.state == VulnerabilityState.VERIFIED.value, need.lives(who))
        )

    return by(own.citizen_id, who.id).union(by(own.household_id, who.household_id)).subquery("marked")


def _part(key: str, title: Words, interpretation: Words, parts: tuple[Variable, Variable]) -> Figure:
    over, under = parts
    return Figure(
        key=key,
        title=title,
        definition=over.definition,
        interpretation=interpretation,
        unit=IN_PERCENT,
        numerator=over,
        denominator=under,
        factor=PERCENT,
    )


_RECORDED = "UU 24/2013"
REPORTS = (
    Definition(
        code="R-07",
        title=Words("Kepemilikan dokumen kependudukan", "Ownership of population documents"),
        formula=Words("pemilik ÷ wajib memiliki × 100, per jenis", "holders ÷ eligible residents × 100, by type"),
        terms=(
            Term(
                Words("Penduduk tercatat", "Registered residents"),
                sources.PEOPLE.definition,
                "Kecamatan Hub",
            ),
            Term(
                Words("Wajib memiliki", "Eligible"),
                _ELIGIBLE.definition,
                _RECORDED,
            ),
            Term(
                Words("Akta tercatat", "Certificate on record"),
                Words(
                    "Akta tanpa nomor dalam register desa dihitung belum tercatat, bukan belum diketahui",
                    "A certificate without a number in the village register counts as not on record, not as unknown",
                ),
                "Kecamatan Hub",
            ),
        ),
        figures=(
            _part(
                "held",
                Words("Memiliki", "Held"),
                Words("100 berarti semua memiliki menurut register desa", "100: all have one, by the village register"),
                (_HOLDERS, _ELIGIBLE),
            ),
            _part(
                "unknown",
                Words("Belum diketahui", "Not known"),
                Words("Makin rendah makin dapat dipercaya", "The lower, the more the first figure can be trusted"),
                (_UNKNOWN, _ELIGIBLE),
            ),
        ),
        disclosure=ReportDisclosure.PERSONS,
        basis="Dik Jamila",
        dimensions=(Dimension("document", Words("Jenis dokumen", "Type of document"), words=_TYPES),),
        tallies=(
            Tally(
                _held(KTP, need.of_ktp_age, need.holds_ktp, lambda who: need.holds_ktp(who).is_(None)),
                ReportOrigin.REGISTER,
            ),
            Tally(
                _held(BIRTH, _minor, _birth_certificate, lambda _who: literal_column("false")), ReportOrigin.REGISTER
            ),
            Tally(
                _held(MARRIAGE, _married, _marriage_certificate, lambda _who: literal_column("false")),
                ReportOrigin.REGISTER,
            ),
        ),
        marks=_MARKS,
        disjoint=(("held", "unknown"),),
        reporting=sources.reporting(_CITIZENS),
    ),
    Definition(
        code="R-15",
        title=Words("Warga rentan tanpa KTP-el", "Vulnerable people without an identity card"),
        formula=Words(
            "warga rentan tanpa KTP-el ÷ warga rentan wajib KTP-el × 100",
            "vulnerable people without a card ÷ vulnerable people for whom one is due × 100",
        ),
        terms=(
            Term(Words("Penduduk tercatat", "Registered residents"), sources.PEOPLE.definition, "Kecamatan Hub"),
            Term(Words("Warga rentan", "Vulnerable people"), _VULNERABLE_DUE.definition, "Kecamatan Hub"),
        ),
        figures=(
            _part(
                "without",
                Words("Tanpa KTP-el", "Without a card"),
                Words("Yang perlu dijemput untuk perekaman", "Those to be fetched for recording"),
                (_WITHOUT, _VULNERABLE_DUE),
            ),
            _part(
                "unknown",
                Words("Belum diketahui", "Not known"),
                Words("Makin rendah makin dapat dipercaya", "The lower, the more the first figure can be trusted"),
                (_WITHOUT_UNKNOWN, _VULNERABLE_DUE),
            ),
        ),
        disclosure=ReportDisclosure.SENSITIVE_PERSONS,
        basis="Care Mobile",
        dimensions=(
            Dimension(
                "group",
                Words("Kelompok rentan", "Vulnerable group"),
                words=_GROUPS,
                whole=Words("Semua kelompok, tiap orang sekali", "All groups, each person once"),
            ),
        ),
        tallies=(
            Tally(_without(by_group=False), ReportOrigin.REGISTER, always=("",)),
            Tally(_without(by_group=True), ReportOrigin.REGISTER),
        ),
        marks=_MARKS | {"Vulnerability"},
        disjoint=(("without", "unknown"),),
        reporting=sources.reporting(_CITIZENS),
    ),
)
