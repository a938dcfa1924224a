"""Every table, so that the manifest is complete: `hub doctor`, migrations, backups and the rotation of keys go by it.

Imported by `hub.means` and so by whatever opens a database; a command that loaded only its own models would take the
other tables for strangers.
"""

import hub.domains.citizens.model
import hub.domains.commitments.model
import hub.domains.files.model
import hub.domains.houses.model
import hub.domains.imports.model
import hub.domains.kecamatan.model
import hub.domains.moves.model
import hub.domains.partners.model
import hub.domains.regions.model
import hub.domains.registry.model
import hub.domains.splits.model
import hub.domains.twins.model
import hub.domains.villages.model
import hub.domains.vital_events.model
import hub.domains.vulnerabilities.model
import hub.jobs.model
import hub.journal.model
import hub.tenants.buckets
import hub.tenants.model  # noqa: F401  # each for the tables that it describes
