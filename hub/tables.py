"""Every table, so that the manifest is complete: `hub doctor`, migrations, backups and the rotation of keys go by it.

Imported by `hub.means` and so by whatever opens a database; a command that loaded only its own models would take the
other tables for strangers.
"""

import hub.domains.accounts.model
import hub.domains.agencies.model
import hub.domains.announcements.model
import hub.domains.answer_templates.model
import hub.domains.assignments.model
import hub.domains.calendar.model
import hub.domains.citizens.model
import hub.domains.commitments.model
import hub.domains.documents.model
import hub.domains.feedback.model
import hub.domains.files.model
import hub.domains.houses.model
import hub.domains.imports.model
import hub.domains.kecamatan.model
import hub.domains.links.model
import hub.domains.moves.model
import hub.domains.partners.model
import hub.domains.plans.model
import hub.domains.publications.model
import hub.domains.regions.model
import hub.domains.registry.model
import hub.domains.reports.model
import hub.domains.splits.model
import hub.domains.surveys.model
import hub.domains.twins.model
import hub.domains.villages.model
import hub.domains.vital_events.model
import hub.domains.vulnerabilities.model
import hub.domains.webhooks.model
import hub.jobs.model
import hub.journal.model
import hub.tenants.buckets
import hub.tenants.model  # noqa: F401  # each for the tables that it describes
