"""Regions: the Kemendagri codes from province to village, the same for every tenant."""
