"""Where the floors are put together: settings to pools, keys, gate and engine."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from hub.domains.accounts.passphrases import Passphrases
from hub.domains.citizens.alarms import Watch
from hub.domains.files.uploading import MEGABYTE, Room
from hub.domains.imports import jobs as import_jobs
from hub.graph.documents import Documents
from hub.graph.execution import Engine
from hub.graph.limits import Limits
from hub.graph.plan.planner import Plans
from hub.graph.registry import core_of
from hub.integrations.blobs import FolderBlobs
from hub.integrations.http import GuardedClient
from hub.integrations.opensid.asked import Importer
from hub.integrations.webhooks import CALL_SECONDS, Sender, check_address
from hub.jobs.running import Kind, Kinds
from hub.kernel.clock import Clock, system_clock
from hub.kernel.keyring import KeyRing
from hub.kernel.scope import Reader
from hub.means import files_path, hold_keys
from hub.schema.build import schema
from hub.settings import Settings
from hub.store.pools import PoolOptions, Pools, open_pools
from hub.store.turns import Turns
from hub.tenants.buckets import Buckets, Rate, Rates
from hub.tenants.gate import Gate
from hub.tenants.jwks import KeySets
from hub.tenants.keyfile import KeyHolder
from hub.tenants.sessions import Sessions
from hub.tenants.tokens import TokenVerifier
from hub.tenants.trusted import TrustedDocuments

_NETWORKS = 6  # as many tries under one name from all networks together as from this many


@dataclass(frozen=True, slots=True)
class Services:
    """What actions are given beside their unit of work."""

    holder: KeyHolder
    clock: Clock
    watch: Watch
    check_receiver: Callable[[str], Awaitable[None]]  # refuses addresses that webhooks are not sent to
    pools: Pools  # for what is read under another class of reader: published figures

    @property
    def keys(self) -> KeyRing:
        """The keys as of now: a rotation reaches a running process."""
        return self.holder.ring()


@dataclass(slots=True)
class Hub:
    """A wired hub: open pools, a gate and an engine."""

    settings: Settings
    pools: Pools
    dsns: Mapping[Reader, str]
    gate: Gate
    engine: Engine
    services: Services
    client: GuardedClient
    key_sets: KeySets
    sessions: Sessions
    passphrases: Passphrases
    trusted: TrustedDocuments
    buckets: Buckets
    blobs: FolderBlobs
    room: Room
    kinds: Kinds
    sender: Sender

    async def close(self) -> None:
        """Close what was opened, when the last change is done."""
        await self.engine.finish()
        await self.key_sets.close()
        self.passphrases.close()
        for client in self.sender.clients:
            await client.close()
        await self.buckets.close()
        await self.pools.close()


async def open_hub(settings: Settings, dsns: Mapping[Reader, str], *, clock: Clock = system_clock) -> Hub:
    """Open pools for the readers in `dsns` and put a hub together."""
    keys = hold_keys(settings, clock)
    # one connection more than turns: look-ups of keys and buckets wait for no turn
    options = PoolOptions(settings.pool_size + 1, settings.statement_timeout_ms, settings.named_statements)
    pools = await open_pools(dsns, options)
    core = core_of(schema())
    client = GuardedClient(allow_loopback=settings.allow_loopback_issuers)
    key_sets = KeySets(client.fetch, clock=time.monotonic)
    gate = Gate(pools, clock, time.monotonic, TokenVerifier(key_sets))
    sender = sender_of(settings, pools, keys, clock)
    services = Services(keys, clock, watch_of(settings), partial(check_address, sender.clients[0]), pools)
    buckets = Buckets(pools, rates_of(settings), time.monotonic)
    engine = Engine(
        core,
        pools,
        Documents(
            core,
            Limits(nodes=settings.node_limit, cost=settings.cost_limit),
            introspection=settings.introspection,
        ),
        Plans(core),
        clock,
        services,
        planning=settings.planning,
        buckets=buckets,
        turns={reader: turns_of(settings) for reader in dsns},
    )
    trusted = TrustedDocuments(pools, clock, time.monotonic)
    blobs = FolderBlobs(files_path(settings))
    room, kinds = room_of(settings), kinds_of(settings, dsns, services, blobs)
    return Hub(
        settings=settings,
        pools=pools,
        dsns=dsns,
        gate=gate,
        engine=engine,
        services=services,
        client=client,
        key_sets=key_sets,
        sessions=Sessions(pools, time.monotonic),
        passphrases=Passphrases(),
        trusted=trusted,
        buckets=buckets,
        blobs=blobs,
        room=room,
        kinds=kinds,
        sender=sender,
    )


def sender_of(settings: Settings, pools: Pools, keys: KeyHolder, clock: Clock) -> Sender:
    """What sends webhooks, with a client for each of its lanes."""
    quick, slow = (
        GuardedClient(allow_loopback=settings.allow_loopback_webhooks, timeout=CALL_SECONDS) for _ in range(2)
    )
    return Sender(pools, (quick, slow), keys.ring, clock, settings.webhook_calls)


def kinds_of(settings: Settings, dsns: Mapping[Reader, str], services: Services, blobs: FolderBlobs) -> Kinds:
    """What the worker can do."""
    importer = Importer(
        dsns[Reader.API],
        dsns[Reader.WORKER],
        settings.named_statements,
        services.holder.ring,
        services.clock,
        blobs,
    )
    return {import_jobs.KIND: Kind(importer.carry_out, import_jobs.give_up)}


def turns_of(settings: Settings) -> Turns:
    """The turns at one pool: a tenant gets half of them unless the operator says otherwise."""
    most = settings.tenant_statements or max(1, settings.pool_size // 2)
    return Turns(settings.pool_size, most, settings.tenant_queue, settings.tenant_wait_seconds)


def room_of(settings: Settings) -> Room:
    """How much may be uploaded."""
    return Room(
        file_bytes=settings.file_megabytes * MEGABYTE,
        workbook_bytes=max(settings.file_megabytes, settings.workbook_megabytes) * MEGABYTE,
        tenant_bytes=settings.tenant_file_megabytes * MEGABYTE,
    )


def watch_of(settings: Settings) -> Watch:
    """From how many disclosures in a day an alarm is raised."""
    return Watch(settings.alarm_revealed, settings.alarm_missed, settings.alarm_office)


def rates_of(settings: Settings) -> Rates:
    """The buckets as set."""
    identity = _hourly("identity", settings.rate_identity, settings.rate_identity_per_hour)
    files = _hourly("files", settings.rate_files, settings.rate_files_per_hour)
    sensitive = _hourly("sensitive", settings.rate_sensitive, settings.rate_sensitive_per_hour)
    invitations = _hourly("invitations", settings.rate_invitations, settings.rate_invitations_per_hour)
    report_keys = _hourly("report-keys", settings.rate_report_keys, settings.rate_report_keys_per_hour)
    tries, back = settings.rate_sign_in, settings.rate_sign_in_per_hour
    entrances = (
        _hourly("sign-in", tries, back),
        _hourly("sign-in-name", tries * _NETWORKS, back * _NETWORKS),
        _hourly("sign-in-network", settings.rate_sign_in_network, settings.rate_sign_in_network_per_hour),
    )
    survey = _hourly("survey", settings.rate_survey, settings.rate_survey_per_hour)
    feedback = _hourly("feedback", settings.rate_feedback, settings.rate_feedback_per_hour)
    tracking = _hourly("tracking", settings.rate_tracking, settings.rate_tracking_per_hour)
    return Rates(
        anonymous=Rate.of("anonymous", settings.rate_anonymous, settings.rate_anonymous_per_second),
        public=Rate.of("public", settings.rate_public, settings.rate_public_per_second),
        client=Rate.of("client", settings.rate_client, settings.rate_client_per_second),
        meters={
            "identity": identity,
            "files": files,
            "sensitive": sensitive,
            "feedback": feedback,
            "tracking": tracking,
            "survey": survey,
            "invitations": invitations,
            "report-keys": report_keys,
            **{each.name: each for each in entrances},
        },
    )


def _hourly(name: str, capacity: int, per_hour: float) -> Rate:
    return Rate(name, capacity, per_hour / 3_600, 1, strict=True)
