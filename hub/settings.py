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
    registry_keys_file: Path | None = Field(
        default=None, description="File with the worker's registry key; without it no registry of persons is kept."
    )
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
    tenant_statements: int = Field(
        default=0,
        description="Operations of one tenant at once, per class of reader; 0: half of the connections.",
    )
    tenant_queue: int = Field(default=100, description="Operations of one tenant that wait for their turn.")
    tenant_wait_seconds: float = Field(default=10, description="The longest such wait.")
    cost_limit: int = Field(default=5_000, description="Points that one request may cost.")
    node_limit: int = Field(default=100_000, description="Nodes that one request may ask for.")
    rate_anonymous: int = Field(default=5_000, description="Points at hand for a network without a key, per tenant.")
    rate_anonymous_per_second: float = Field(default=25, description="Points that come back to it each second.")
    rate_public: int = Field(default=5_000, description="The same for a network with a public key.")
    rate_public_per_second: float = Field(default=25, description="Points that come back to it each second.")
    rate_client: int = Field(default=20_000, description="The same for a secret key or a signed-in person.")
    rate_client_per_second: float = Field(default=200, description="Points that come back to it each second.")
    rate_identity: int = Field(default=20, description="NIK or KK numbers that somebody may look at in a row.")
    rate_identity_per_hour: float = Field(default=60, description="How many come back each hour.")
    alarm_revealed: int = Field(default=30, ge=1, description="Clear numbers told to one in a day that raise an alarm.")
    alarm_missed: int = Field(default=10, ge=1, description="Wrong guesses of one in a day that raise an alarm.")
    alarm_office: int = Field(default=200, ge=1, description="Both in a whole kecamatan and day that raise an alarm.")
    rate_sensitive: int = Field(default=60, description="Details of vulnerabilities that one may be told in a row.")
    rate_sensitive_per_hour: float = Field(default=120, description="How many come back each hour.")
    rate_feedback: int = Field(default=30, description="Feedback, or batches of it, that one may submit in a row.")
    rate_feedback_per_hour: float = Field(default=60, description="How many come back each hour.")
    rate_tracking: int = Field(default=30, description="Tracking codes that one may try in a row.")
    rate_tracking_per_hour: float = Field(default=60, description="How many come back each hour.")
    files: Path | None = Field(default=None, description="Folder of uploaded files; else `files` in the data folder.")
    file_megabytes: int = Field(default=20, ge=1, le=1_000, description="The largest file that may be uploaded.")
    workbook_megabytes: int = Field(default=50, ge=1, le=1_000, description="The largest workbook.")
    tenant_file_megabytes: int = Field(default=5_120, ge=1, description="Room for the files of one kecamatan.")
    rate_survey: int = Field(default=60, description="Survey answers from one network in a row, per tenant.")
    rate_survey_per_hour: float = Field(default=60, description="How many come back each hour.")
    rate_files: int = Field(default=60, description="Files that somebody may open in a row.")
    rate_files_per_hour: float = Field(default=300, description="How many come back each hour.")
    rate_sign_in: int = Field(default=10, description="Tries to sign in under one name from one network in a row.")
    rate_sign_in_per_hour: float = Field(default=20, description="How many come back each hour.")
    rate_sign_in_network: int = Field(default=300, description="Tries from one network in a row, whatever the name.")
    rate_sign_in_network_per_hour: float = Field(default=600, description="How many come back each hour.")
    rate_invitations: int = Field(default=60, description="Invitations that somebody may make in a row.")
    rate_invitations_per_hour: float = Field(default=60, description="How many come back each hour.")
    rate_report_keys: int = Field(default=10, description="Keys for reports that somebody may make in a row.")
    rate_report_keys_per_hour: float = Field(default=10, description="How many come back each hour.")
    worker: bool = Field(default=True, description="Carry out jobs while serving; off where `hub worker` does.")
    graphiql: bool = Field(default=False, description="Serve GraphiQL at /graphql.")
    introspection: bool = Field(default=False, description="Let anybody read the schema by introspection.")
    planning: bool = Field(default=True, description="Answer queries by plans; off: resolvers only.")
    demo: bool = Field(default=False, description="Demo tenants and demo keys are allowed.")
    publish_day: int = Field(
        default=10,
        ge=1,
        le=28,
        description="Day of the next month on which reports are published though some kecamatan have not confirmed.",
    )
    webhook_calls: int = Field(default=32, ge=2, le=100, description="Webhooks that are called at once.")
    webhook_days: int = Field(default=30, ge=1, description="Days for which delivered webhook messages are shown.")
    allow_loopback_webhooks: bool = Field(default=False, description="Send webhooks to receivers on this machine.")
    allow_loopback_issuers: bool = Field(default=False, description="Fetch keys of issuers on this machine.")
