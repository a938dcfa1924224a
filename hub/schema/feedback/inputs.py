"""Inputs of feedback, parsed once."""

from collections.abc import Sequence
from decimal import Decimal as PythonDecimal
from typing import Any
from uuid import UUID

import strawberry

from hub.domains.feedback.attaching import MOST as MOST_FILES
from hub.domains.feedback.errors import ClientIdMalformed, PointOutside, TooManyFiles
from hub.domains.feedback.model import AffectedService, FeedbackChannel, FeedbackKind, FeedbackSector
from hub.domains.feedback.raising import NewFeedback, Raiser
from hub.graph.enums import exposed
from hub.graph.mutations import Act, command
from hub.graph.scalars import DateTime, Decimal
from hub.kernel import written
from hub.kernel.written import line, paragraph
from hub.schema.given import OneOfNeeded, Parse, TooMany, about, between, code, codes, present, values_of

MOST_ITEMS = 100
MOST_VILLAGES = 50
MOST_PEOPLE = 10_000_000
MOST_DEGREES = 180
_METRE = PythonDecimal("0.00001")
_LEVELS = between(1, 4)
_ARCS = {
    "organization": ("organization_id", "PartnerOrganization"),
    "village": ("village_id", "Village"),
    "citizen": ("citizen_id", "Citizen"),
}

for _words in (AffectedService, FeedbackChannel, FeedbackKind, FeedbackSector):
    exposed(_words)


@strawberry.input(description="Who raises it, where an office writes it down; give at most one.")
class FeedbackRaiserInput:
    """An organization, a village or a person."""

    organization: strawberry.ID | None = about("Id of a partner organization.")
    village: strawberry.ID | None = about("Id of a village.")
    citizen: strawberry.ID | None = about("Id of a person of the register.")


@strawberry.input(description="How the raiser can be reached; kept encrypted.")
class FeedbackContactInput:
    """A name and a number."""

    name: str | None = about("Name (nama).")
    phone: str | None = about("Telephone number (nomor telepon).")


@strawberry.input(description="Feedback, as it was said.")
class FeedbackItemInput:
    """One item."""

    client_id: str | None = about(
        "A UUID made on the device, for what is collected offline; sent again, it is taken in once."
    )
    kind: FeedbackKind = about("Kind (jenis).")
    subject: str = about("Subject (judul), in one line.")
    body: str = about("What is said (isi laporan).")
    channel: FeedbackChannel | None = about("Channel by which it came (saluran); API where left out.")
    anonymous: bool | None = about("That nobody is named (anonim): not even the sender's organization is kept.")
    confidential: bool | None = about("That villages and agencies are not told who raised it (rahasia).")
    about_office: bool | None = about(
        "That it is a complaint about the kecamatan's office itself: it goes past the office."
    )
    raiser: FeedbackRaiserInput | None = about("Who raises it, where an office writes it down for somebody.")
    contact: FeedbackContactInput | None = about("How the raiser can be reached.")
    villages: list[strawberry.ID] | None = about("Villages it is about (desa terdampak).")
    sector: FeedbackSector | None = about("Sector (bidang), where the raiser knows it.")
    place: str | None = about("Where it is, in words (lokasi).")
    latitude: Decimal | None = about("Latitude of the place (lintang), together with the longitude.")
    longitude: Decimal | None = about("Longitude of the place (bujur), together with the latitude.")
    affected_services: list[AffectedService] | None = about("Services that suffer (layanan terdampak).")
    affected_population: int | None = about("How many people are affected.")
    commitment: strawberry.ID | None = about("The commitment that obliges the organization to relay it.")
    files: list[strawberry.ID] | None = about(
        "Up to 5 pictures or PDF (lampiran) that you have uploaded for feedback before. Visitors send none, nor does a "
        "complaint about the office."
    )
    captured_at: DateTime | None = about("When it was noted down, where that was before it could be sent.")


@command
class SubmitFeedbackInput:
    """Feedback to submit."""

    item: FeedbackItemInput = about("What is said, and by whom.")


@command
class SubmitFeedbackBatchInput:
    """Feedback that was collected offline; each item stands or falls alone."""

    items: list[FeedbackItemInput] = about("Up to 100 items, each with its own `clientId`.")


@command
class TriageFeedbackInput:
    """What the office makes of it; what is left out stays."""

    feedback: strawberry.ID = about("The feedback.")
    expected_version: int | None = about("Its version as you read it.")
    kind: FeedbackKind | None = about("Kind (jenis).")
    sector: FeedbackSector | None = about("Sector (bidang).")
    severity: int | None = about("Severity from 1, slight, to 4, grave (tingkat).")
    affected_services: list[AffectedService] | None = about("Services that suffer (layanan terdampak).")
    affected_population: int | None = about("How many people are affected.")
    villages: list[strawberry.ID] | None = about("Further villages that it is about.")


@command
class AssignFeedbackInput:
    """A disposition to a section or a village; give exactly one."""

    feedback: strawberry.ID = about("The feedback.")
    expected_version: int | None = about("Its version as you read it.")
    section: str | None = about("Section of the kecamatan (seksi).")
    village: strawberry.ID | None = about("A village.")
    instruction: str | None = about("What is to be done (isi disposisi).")


@command
class EscalateFeedbackInput:
    """A disposition to an agency."""

    feedback: strawberry.ID = about("The feedback.")
    expected_version: int | None = about("Its version as you read it.")
    agency: str = about("Code of an agency that serves this kecamatan, such as 63.01/PUPR.")
    instruction: str | None = about("What is asked of it.")


@command
class AcknowledgeDispositionInput:
    """That a disposition has arrived."""

    disposition: strawberry.ID = about("The disposition.")
    expected_version: int | None = about("Its version as you read it.")


@command
class ReturnDispositionInput:
    """That a disposition is no matter of whom it was handed to."""

    disposition: strawberry.ID = about("The disposition.")
    expected_version: int | None = about("Its version as you read it.")
    reason: str = about("Why (alasan).")


@command
class AnswerFeedbackInput:
    """An answer to the raiser."""

    feedback: strawberry.ID = about("The feedback.")
    expected_version: int | None = about("Its version as you read it.")
    text: str = about("What is answered (tanggapan).")
    public: bool | None = about("Whether it may be published; not where left out.")


@command
class CloseFeedbackInput:
    """That feedback is done with. Give it by id, or as its raiser by tracking code."""

    feedback: strawberry.ID | None = about("The feedback.")
    tracking_code: str | None = about("The tracking code that the raiser was given.")
    expected_version: int | None = about("Its version as you read it.")
    reason: str | None = about("A word on it.")
    satisfaction: int | None = about("How content the raiser is, from 1 to 4; for the raiser alone.")


@command
class AttachFeedbackFilesInput:
    """Files to add to feedback."""

    feedback: strawberry.ID = about("The feedback.")
    expected_version: int | None = about("Its version as you read it.")
    files: list[strawberry.ID] = about("Pictures or PDF (lampiran) that you have uploaded for feedback before.")


@command
class ReopenFeedbackInput:
    """That the raiser is not content. Give it by id, or by tracking code."""

    feedback: strawberry.ID | None = about("The feedback.")
    tracking_code: str | None = about("The tracking code that the raiser was given.")
    reason: str = about("Why (alasan).")


@command
class RejectFeedbackInput:
    """That feedback is nothing for the kecamatan."""

    feedback: strawberry.ID = about("The feedback.")
    expected_version: int | None = about("Its version as you read it.")
    reason: str = about("Why (alasan); the raiser reads it.")


@command
class MarkFeedbackDuplicateInput:
    """That feedback says what earlier feedback says."""

    feedback: strawberry.ID = about("The later feedback.")
    expected_version: int | None = about("Its version as you read it.")
    duplicate_of: strawberry.ID = about("The earlier feedback.")
    reason: str = about("Why (alasan); the raiser reads it.")


@command
class PublishFeedbackAnswerInput:
    """An answer for everybody."""

    answer: strawberry.ID = about("The answer; one that was given as public.")
    summary: str = about("What was asked, in the office's own words: name nobody.")
    expected_version: int | None = about("Version of the publication as you read it; 0: there is none yet.")


@command
class WithdrawFeedbackPublicationInput:
    """A publication to withdraw."""

    publication: strawberry.ID = about("The publication.")
    expected_version: int | None = about("Its version as you read it.")


@strawberry.input(description="Whose contact is to be told, and what for.")
class FeedbackContactAskedInput:
    """One raiser."""

    feedback: strawberry.ID = about("The feedback.")
    purpose: str = about("What it is needed for (keperluan); kept in the journal for good.")


def item(act: Act, given: FeedbackItemInput, *path: str) -> NewFeedback:
    """Feedback to submit."""
    commitment = present(given.commitment)
    return NewFeedback(
        key=_client_id(given, path),
        kind=FeedbackKind[code(given.kind)],
        subject=line(given.subject, *path, "subject"),
        body=paragraph(given.body, *path, "body"),
        channel=FeedbackChannel[code(present(given.channel) or FeedbackChannel.API)],
        anonymous=bool(present(given.anonymous)),
        confidential=bool(present(given.confidential)),
        about_office=bool(present(given.about_office)),
        raiser=_raiser(act, given, path),
        villages=keys(act, present(given.villages), "Village", MOST_VILLAGES, *path, "villages"),
        commitment=None if commitment is None else act.key(commitment, "Commitment", *path, "commitment"),
        files=files(act, present(given.files), *path, "files"),
        captured_at=present(given.captured_at),
        more=values_of(given, _ITEM, required=("affected_services",), path=path),
    )


def judged(given: TriageFeedbackInput) -> dict[str, Any]:
    """The columns that a triage names."""
    return values_of(given, {"kind": code, "severity": _LEVELS, **_SUFFERS}, required=("kind", "affected_services"))


def keys(act: Act, given: Sequence[str] | None, type_name: str, most: int, *path: str) -> list[UUID]:
    """The keys of some ids."""
    found = given or ()
    if len(found) > most:
        raise TooMany(path=path, most=most)
    return [act.key(each, type_name, *path, str(index)) for index, each in enumerate(found)]


def files(act: Act, given: Sequence[str] | None, *path: str) -> list[UUID]:
    """The keys of files to attach."""
    if len(given or ()) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES, path=path)
    return keys(act, given, "StoredFile", MOST_FILES, *path)


def one_of_two(given: CloseFeedbackInput | ReopenFeedbackInput) -> str | None:
    """The tracking code, None where an id was given; OneOfNeeded for both or neither."""
    held = present(given.tracking_code)
    if (held is None) == (present(given.feedback) is None):
        raise OneOfNeeded(path=("feedback",), fields="feedback, trackingCode")
    return held


def satisfied(given: CloseFeedbackInput) -> int | None:
    """How content the raiser is."""
    found = present(given.satisfaction)
    return None if found is None else _LEVELS(found, "satisfaction")


def few(given: Sequence[FeedbackItemInput]) -> Sequence[FeedbackItemInput]:
    """The items of a batch, where they are not too many."""
    if len(given) > MOST_ITEMS:
        raise TooMany(path=("items",), most=MOST_ITEMS)
    return given


def degrees(value: PythonDecimal, *path: str) -> PythonDecimal:
    """Decimal degrees, to about a metre."""
    if not value.is_finite() or abs(value) > MOST_DEGREES:
        raise PointOutside(path=path)
    return value.quantize(_METRE)


def client_id(text: str, *path: str) -> UUID:
    """A UUID that a client made."""
    try:
        return UUID(text)
    except ValueError:
        raise ClientIdMalformed(path=path) from None


def _client_id(given: FeedbackItemInput, path: tuple[str, ...]) -> UUID | None:
    found = present(given.client_id)
    return None if found is None else client_id(found, *path, "clientId")


def _raiser(act: Act, given: FeedbackItemInput, path: tuple[str, ...]) -> Raiser:
    who, contact = present(given.raiser), present(given.contact)
    named = {} if who is None else {name: key for name in _ARCS if (key := present(getattr(who, name))) is not None}
    if len(named) > 1:
        raise OneOfNeeded(path=(*path, "raiser"), fields=", ".join(_ARCS))
    reach: dict[str, Any] = {}
    if contact is not None:
        reach = values_of(contact, {"name": line, "phone": written.phone}, path=(*path, "contact"))
    if not named:
        return Raiser(**reach)
    ((name, key),) = named.items()
    column, type_name = _ARCS[name]
    return Raiser(arc=column, key=act.key(key, type_name, *path, "raiser", name), **reach)


_SUFFERS: dict[str, Parse] = {
    "sector": code,
    "affected_services": codes,
    "affected_population": between(0, MOST_PEOPLE),
}
_ITEM: dict[str, Parse] = {**_SUFFERS, "place": line, "latitude": degrees, "longitude": degrees}
