"""Kecamatan Hub: one GraphQL graph for every kecamatan."""

__version__ = "0.1.0"
