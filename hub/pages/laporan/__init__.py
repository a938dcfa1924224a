"""/laporan: reports of the own kecamatan and of the district. See docs/adr/0034-pages-of-reports.md."""
