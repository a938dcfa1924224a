"""Reports whose source the hub does not keep yet: in the catalogue by name, without figures.

When the noun comes, its module takes the entry over and it leaves this one.
"""

from hub.domains.reports.definition import Definition, ReportDisclosure, Words


def _waiting(code: str, title: Words, formula: Words, wanting: Words, *, basis: str) -> Definition:
    return Definition(
        code=code,
        title=title,
        formula=formula,
        terms=(),
        figures=(),
        disclosure=ReportDisclosure.ACTS,
        basis=basis,
        not_kept=wanting,
    )


REPORTS = (
    _waiting(
        "R-08",
        Words("Lengkap pada pemeriksaan pertama", "Complete on first check"),
        Words(
            "permohonan lengkap pada pemeriksaan pertama ÷ permohonan diperiksa × 100",
            "requests complete on first check ÷ requests checked × 100",
        ),
        Words("Hub belum menyimpan permohonan layanan", "The hub does not keep service requests yet"),
        basis="CEK BAE WA",
    ),
)
