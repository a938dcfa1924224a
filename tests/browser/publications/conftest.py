"""A database of its own: a publication looks at all kecamatan of a district."""

from tests.domains.publications.conftest import apart, hub, owner, owner_dsn

__all__ = ["apart", "hub", "owner", "owner_dsn"]
