"""The shelf: the nouns in their one declared order. A later noun may use an earlier one, never the reverse.

Importing this module makes every table known to the metadata and the manifest.
"""

from hub.domains.citizens import model as citizens
from hub.domains.commitments import model as commitments
from hub.domains.files import model as files
from hub.domains.houses import model as houses
from hub.domains.imports import model as imports
from hub.domains.kecamatan import model as kecamatan
from hub.domains.moves import model as moves
from hub.domains.partners import model as partners
from hub.domains.regions import model as regions
from hub.domains.registry import model as registry
from hub.domains.splits import model as splits
from hub.domains.twins import model as twins
from hub.domains.villages import model as villages
from hub.domains.vital_events import model as vital_events
from hub.domains.vulnerabilities import model as vulnerabilities
from hub.jobs import model as jobs
from hub.journal import model as journal
from hub.tenants import model as tenants

SHELF = (
    regions,
    kecamatan,
    villages,
    files,
    citizens,
    registry,
    twins,
    vital_events,
    moves,
    houses,
    vulnerabilities,
    splits,
    imports,
    partners,
    commitments,
)
FOUNDATIONS = (tenants, jobs, journal)
