"""Agencies of the demo's districts: who they are is public; none has a person in it."""

from hub.domains.agencies.model import Affair, Agency, AgencyKind

_D, _I, _B = AgencyKind.DINAS, AgencyKind.INSPECTORATE, AgencyKind.BADAN
_SERVED = (
    ("DUKCAPIL", "Dinas Kependudukan dan Pencatatan Sipil", _D, (Affair.POPULATION_DOC,)),
    ("DINSOS", "Dinas Sosial", _D, (Affair.SOCIAL,)),
    ("DISDIK", "Dinas Pendidikan", _D, (Affair.EDUCATION,)),
    ("DINKES", "Dinas Kesehatan", _D, (Affair.HEALTH,)),
    ("PUPR", "Dinas Pekerjaan Umum dan Penataan Ruang", _D, (Affair.PUBLIC_WORKS_SPATIAL,)),
    ("DPMD", "Dinas Pemberdayaan Masyarakat dan Desa", _D, (Affair.VILLAGES,)),
    ("DPMPTSP", "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", _D, (Affair.LICENSING,)),
    ("BAPPEDA", "Badan Perencanaan Pembangunan Daerah", _B, (Affair.PLANNING,)),
    ("SATPOLPP", "Satuan Polisi Pamong Praja", _D, (Affair.PEACE_ORDER_LINMAS,)),
    ("INSPEKTORAT", "Inspektorat", _I, (Affair.SUPERVISION,)),
)
_DISTRICTS = {"63.01": "Kabupaten Tanah Laut", "63.11": "Kabupaten Balangan", "32.01": "Kabupaten Bogor"}


def agencies() -> list[Agency]:
    """The same ten for each district, and the province's agency for villages."""
    found = [
        _agency(f"{region}/{short}", f"{name} {place}", kind, affairs)
        for region, place in _DISTRICTS.items()
        for short, name, kind, affairs in _SERVED
    ]
    return [*found, _agency("63/PMD", "Dinas PMD Provinsi Kalimantan Selatan", _D, (Affair.VILLAGES,))]


def _agency(code: str, name: str, kind: AgencyKind, affairs: tuple[Affair, ...]) -> Agency:
    return Agency(
        code=code,
        name=name,
        kind=kind.value,
        region_code=code.partition("/")[0],
        affairs=[each.value for each in affairs],
    )
