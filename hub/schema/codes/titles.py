"""Titles of the vocabularies, where their register has none; Indonesian, then English."""

from collections.abc import Mapping

TITLES: Mapping[str, tuple[str, str]] = {
    "CommitmentAction": ("Langkah komitmen", "Step of a commitment"),
    "CommitmentState": ("Keadaan komitmen", "State of a commitment"),
    "CommitmentStatus": ("Status komitmen", "Status of a commitment"),
    "CommitmentType": ("Jenis komitmen", "Type of commitment"),
    "Connectivity": ("Jaringan internet", "Internet coverage"),
    "Effect": ("Akibat perubahan", "Effect of a change"),
    "EndReason": ("Alasan berakhir", "Reason for ending"),
    "EvidenceKind": ("Jenis bukti", "Kind of evidence"),
    "FileKind": ("Jenis berkas", "Kind of file"),
    "FileState": ("Keadaan berkas", "State of a file"),
    "IdentityNumber": ("Nomor identitas", "Identity number"),
    "NikStatus": ("Status NIK", "Status of a NIK"),
    "PartnerKind": ("Jenis organisasi mitra", "Kind of partner organization"),
    "PartnerLevel": ("Tingkat organisasi mitra", "Level of partner organization"),
    "PartyRole": ("Peran para pihak", "Role of a party"),
    "Permission": ("Hak", "Permission"),
    "RegionLevel": ("Tingkat wilayah", "Level of region"),
    "Role": ("Peran", "Role"),
    "ServiceChannel": ("Saluran layanan", "Service channel"),
    "SyncState": ("Keadaan kiriman desa", "State of a village's sending"),
    "TenantKind": ("Jenis tenant", "Kind of tenant"),
    "Topography": ("Topografi", "Terrain"),
    "VillageKind": ("Jenis desa", "Kind of village"),
    "VillagePosition": ("Jabatan perangkat desa", "Position of a village official"),
    "Weekday": ("Hari", "Day of the week"),
}
