"""Publications: what the kecamatan of a region have confirmed for a period, told outside without small groups."""
