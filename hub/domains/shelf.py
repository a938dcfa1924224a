"""The shelf: the nouns in their one declared order. A later noun may use an earlier one, never the reverse.

Importing this module makes every table known to the metadata and the manifest.
"""

from hub.domains.accounts import model as accounts
from hub.domains.agencies import model as agencies
from hub.domains.announcements import model as announcements
from hub.domains.answer_templates import model as answer_templates
from hub.domains.assignments import model as assignments
from hub.domains.calendar import model as calendar
from hub.domains.citizens import model as citizens
from hub.domains.commitments import model as commitments
from hub.domains.documents import model as documents
from hub.domains.feedback import model as feedback
from hub.domains.files import model as files
from hub.domains.houses import model as houses
from hub.domains.imports import model as imports
from hub.domains.kecamatan import model as kecamatan
from hub.domains.links import model as links
from hub.domains.moves import model as moves
from hub.domains.partners import model as partners
from hub.domains.plans import model as plans
from hub.domains.publications import model as publications
from hub.domains.regions import model as regions
from hub.domains.registry import model as registry
from hub.domains.reports import model as reports
from hub.domains.splits import model as splits
from hub.domains.surveys import model as surveys
from hub.domains.twins import model as twins
from hub.domains.villages import model as villages
from hub.domains.vital_events import model as vital_events
from hub.domains.vulnerabilities import model as vulnerabilities
from hub.domains.webhooks import model as webhooks
from hub.jobs import model as jobs
from hub.journal import model as journal
from hub.tenants import model as tenants

SHELF = (
    accounts,
    regions,
    agencies,
    kecamatan,
    calendar,
    villages,
    files,
    citizens,
    registry,
    twins,
    vital_events,
    moves,
    houses,
    vulnerabilities,
    documents,
    splits,
    imports,
    partners,
    commitments,
    announcements,
    surveys,
    reports,
    publications,
    webhooks,
    feedback,
    answer_templates,
    plans,
    links,
    assignments,
)
FOUNDATIONS = (tenants, jobs, journal)
