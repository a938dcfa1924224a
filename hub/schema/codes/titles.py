"""Titles of the vocabularies, where their register has none; Indonesian, then English."""

from collections.abc import Mapping

TITLES: Mapping[str, tuple[str, str]] = {
    "ChangedField": ("Data yang berubah", "Changed field"),
    "CommitmentAction": ("Langkah komitmen", "Step of a commitment"),
    "CommitmentState": ("Keadaan komitmen", "State of a commitment"),
    "CommitmentStatus": ("Status komitmen", "Status of a commitment"),
    "CommitmentType": ("Jenis komitmen", "Type of commitment"),
    "Connectivity": ("Jaringan internet", "Internet coverage"),
    "Effect": ("Akibat perubahan", "Effect of a change"),
    "EndReason": ("Alasan berakhir", "Reason for ending"),
    "EvidenceKind": ("Jenis bukti", "Kind of evidence"),
    "IdentityNumber": ("Nomor identitas", "Identity number"),
    "NikStatus": ("Status NIK", "Status of a NIK"),
    "PartnerKind": ("Jenis organisasi mitra", "Kind of partner organization"),
    "PartnerLevel": ("Tingkat organisasi mitra", "Level of partner organization"),
    "PartyRole": ("Peran para pihak", "Role of a party"),
    "Permission": ("Hak", "Permission"),
    "RegionLevel": ("Tingkat wilayah", "Level of region"),
    "Role": ("Peran", "Role"),
    "ServiceChannel": ("Saluran layanan", "Service channel"),
    "SubjectPart": ("Peran dalam peristiwa", "Part in an event"),
    "TenantKind": ("Jenis tenant", "Kind of tenant"),
    "Timeliness": ("Ketepatan waktu pelaporan", "Timeliness of a report"),
    "Topography": ("Topografi", "Terrain"),
    "VillageKind": ("Jenis desa", "Kind of village"),
    "VillagePosition": ("Jabatan perangkat desa", "Position of a village official"),
    "VitalEventState": ("Keadaan peristiwa", "State of an event"),
    "VitalEventType": ("Jenis peristiwa", "Type of event"),
    "Weekday": ("Hari", "Day of the week"),
}
