"""The roots of the graph: the nouns' root fields joined."""

import strawberry

from hub.graph.declare import Node, queries, root_node, root_nodes
from hub.schema.accounts import mutations as account_mutations
from hub.schema.accounts.queries import AccountQueries
from hub.schema.agencies.types import AgencyQueries
from hub.schema.announcements import mutations as announcement_mutations
from hub.schema.announcements.types import AnnouncementQueries
from hub.schema.answer_templates import mutations as answer_template_mutations
from hub.schema.answer_templates.types import AnswerTemplateQueries
from hub.schema.assignments import mutations as assignment_mutations
from hub.schema.assignments.types import AssignmentQueries
from hub.schema.calendar import mutations as calendar_mutations
from hub.schema.calendar.types import CalendarQueries
from hub.schema.changes.queries import ChangeQueries
from hub.schema.citizens import mutations as citizen_mutations
from hub.schema.citizens.stays import StayQueries
from hub.schema.citizens.types import CitizenQueries
from hub.schema.codes.queries import CodeQueries
from hub.schema.commitments import mutations as commitment_mutations
from hub.schema.commitments.types import CommitmentQueries
from hub.schema.documents import mutations as document_mutations
from hub.schema.documents.types import PopulationDocumentQueries
from hub.schema.feedback import mutations as feedback_mutations
from hub.schema.feedback.types import FeedbackQueries
from hub.schema.files import mutations as file_mutations
from hub.schema.files.types import FileQueries
from hub.schema.houses import mutations as house_mutations
from hub.schema.houses.types import HouseQueries
from hub.schema.imports import mutations as import_mutations
from hub.schema.imports.types import ImportQueries
from hub.schema.kecamatan import mutations as kecamatan_mutations
from hub.schema.kecamatan.types import KecamatanQueries
from hub.schema.links import mutations as link_mutations
from hub.schema.moves import mutations as move_mutations
from hub.schema.moves.types import MoveQueries
from hub.schema.partners import mutations as partner_mutations
from hub.schema.partners.types import PartnerQueries
from hub.schema.plans import mutations as plan_mutations
from hub.schema.plans.types import PlanQueries
from hub.schema.publications import mutations as publication_mutations
from hub.schema.publications.queries import PublicationQueries
from hub.schema.publications.types import PeriodQueries
from hub.schema.regions.types import RegionQueries
from hub.schema.reports import mutations as report_mutations
from hub.schema.reports.types import ReportQueries
from hub.schema.surveys import mutations as survey_mutations
from hub.schema.surveys.types import SurveyQueries
from hub.schema.twins import mutations as twin_mutations
from hub.schema.twins.types import TwinQueries
from hub.schema.viewer.queries import ViewerQueries
from hub.schema.villages import mutations as village_mutations
from hub.schema.villages.types import VillageQueries
from hub.schema.vital_events import mutations as vital_event_mutations
from hub.schema.vital_events.types import VitalEventQueries
from hub.schema.vulnerabilities import mutations as vulnerability_mutations
from hub.schema.vulnerabilities.types import VulnerabilityQueries
from hub.schema.webhooks import mutations as webhook_mutations
from hub.schema.webhooks.types import WebhookQueries

# Importing a noun's mutations declares them; `hub.graph.mutations.root` joins them.
MUTATIONS = (
    account_mutations,
    announcement_mutations,
    answer_template_mutations,
    assignment_mutations,
    calendar_mutations,
    citizen_mutations,
    commitment_mutations,
    document_mutations,
    feedback_mutations,
    file_mutations,
    import_mutations,
    house_mutations,
    kecamatan_mutations,
    link_mutations,
    move_mutations,
    partner_mutations,
    survey_mutations,
    plan_mutations,
    report_mutations,
    publication_mutations,
    twin_mutations,
    village_mutations,
    vital_event_mutations,
    vulnerability_mutations,
    webhook_mutations,
)


@queries
class NodeQueries:
    """Look-ups by global id."""

    node: Node | None = root_node("Anything by its global id; null where it is not there or not yours.")
    nodes: list[Node | None] = root_nodes(
        "Up to 100 things by their global ids, in the order asked; null for each that is not there or not yours."
    )


@strawberry.type(description="Everything that can be read.")
class Query(
    ViewerQueries,
    AccountQueries,
    NodeQueries,
    RegionQueries,
    AgencyQueries,
    KecamatanQueries,
    CalendarQueries,
    VillageQueries,
    CitizenQueries,
    StayQueries,
    VitalEventQueries,
    VulnerabilityQueries,
    PopulationDocumentQueries,
    HouseQueries,
    MoveQueries,
    TwinQueries,
    PartnerQueries,
    CommitmentQueries,
    AnnouncementQueries,
    SurveyQueries,
    FeedbackQueries,
    AnswerTemplateQueries,
    PlanQueries,
    AssignmentQueries,
    FileQueries,
    ImportQueries,
    ReportQueries,
    PeriodQueries,
    PublicationQueries,
    ChangeQueries,
    WebhookQueries,
    CodeQueries,
):
    """The query root."""
