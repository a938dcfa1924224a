"""What an operator sets, read once from the environment (`HUB_…`)."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting, its default and its meaning."""

    model_config = SettingsConfigDict(env_prefix="HUB_", extra="ignore")

    data: Path = Field(default=Path(".hub"), description="Folder of the embedded database and of anchors.")
    database_url: str | None = Field(
        default=None, description="postgresql:// address of another server; without it the embedded one is used."
    )
    database: str = Field(default="hub", description="Name of the database.")
    keys_file: Path | None = Field(default=None, description="File with the hub's keys, outside the data folder.")
    registry_keys_file: Path | None = Field(default=None, description="File with the worker's registry key.")
    pg_bin: Path | None = Field(default=None, description="Folder of another PostgreSQL's programs.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, description="Port to listen on.")
    pool_size: int = Field(default=4, description="Connections per class of reader.")
    statement_timeout_ms: int = Field(default=5_000, description="Longest statement of a request.")
    named_statements: bool = Field(default=True, description="Off behind a transaction pooler.")
    public_seconds: int = Field(
        default=60, ge=0, description="Seconds for which caches may keep what an anonymous GET was answered; 0: never."
    )
    compress: bool = Field(default=True, description="Compress answers; off behind a proxy that does.")
    graphiql: bool = Field(default=False, description="Serve GraphiQL at /graphql.")
    introspection: bool = Field(default=False, description="Let anybody read the schema by introspection.")
    planning: bool = Field(default=True, description="Answer queries by plans; off: resolvers only.")
    demo: bool = Field(default=False, description="Demo tenants and demo keys are allowed.")
    allow_loopback_issuers: bool = Field(default=False, description="Fetch keys of issuers on this machine.")
