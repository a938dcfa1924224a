"""A person is told everything that is held about them, in every table, and nothing of their neighbour."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import openpyxl
import orjson
import pytest

from hub.domains.citizens import disclosing, households, numbers, people
from hub.domains.citizens.disclosing import IdentityNumber
from hub.domains.citizens.model import Citizen
from hub.domains.citizens.people import Person
from hub.domains.commitments import actions as commitments
from hub.domains.commitments.actions import NewParty
from hub.domains.documents import actions as documents
from hub.domains.documents.actions import Issue
from hub.domains.documents.model import PopulationDocumentType
from hub.domains.houses import actions as houses
from hub.domains.houses.model import PermitName
from hub.domains.imports import batches, before, proposing, staging, syncing
from hub.domains.imports.before import Trace
from hub.domains.imports.model import ProposedKind, RowAction
from hub.domains.imports.proposing import Draft
from hub.domains.imports.staging import Staged
from hub.domains.kecamatan.model import Kecamatan
from hub.domains.subjects import actions, finding, policy
from hub.domains.subjects.actions import Dossier
from hub.domains.subjects.errors import NobodyHere
from hub.domains.vital_events import recording
from hub.domains.vital_events.keeping import Happening
from hub.domains.vital_events.recording import Birth, Changing
from hub.domains.vulnerabilities import actions as vulnerabilities
from hub.domains.vulnerabilities.actions import Proposal
from hub.domains.vulnerabilities.model import VulnerableGroup
from hub.integrations.opensid import kept
from hub.journal import personal
from hub.kernel import names
from hub.kernel.errors import Forbidden
from hub.kernel.keyring import Undecipherable
from hub.kernel.nik import KkNumber, Nik
from hub.kernel.scope import Reader, Scope
from hub.kernel.written import TextMissing
from hub.store.unit import Session, Unit
from hub.tenants import administration as admin
from hub.tenants.model import KeyKind, PrincipalKind
from hub.tenants.permissions import ROLES, Role
from hub.wiring import Hub
from tests.integrations.opensid.desk import Desk, open_desk
from tests.world import make

DAY = date(2026, 3, 4)
NIK, OTHER_NIK = Nik("6301014507900001"), Nik("6301014507900002")
OFFICIALS = {
    "access_grant", "api_key", "disclosure_alarm", "disclosure_tally", "file_link", "idempotency", "identity",
    "import_job", "partner_organization", "principal", "sign_in_account", "sign_in_invitation", "sign_in_session",
    "report_issue", "upload", "village_official", "webhook_endpoint",
}  # fmt: skip
OF_AGENCIES = {"twin_referral", "twin_referral_side"}  # they lie with a Disdukcapil


@pytest.fixture
async def desk(hub: Hub, owner: asyncpg.Connection, database: str, tmp_path: Path) -> Desk:
    """A kecamatan with empty villages."""
    return await open_desk(hub, owner, tmp_path, dsn=database)


def words(whose: str) -> dict[str, Any]:
    """Every plain column that an office writes, with words that say whose they are."""
    texts = (
        "birth_place", "father_name", "mother_name", "birth_certificate", "passport_number", "kitas_number",
        "marriage_certificate", "divorce_certificate", "current_address", "tag_id_card", "insurance_number",
    )  # fmt: skip
    return {
        **{name: f"{name} {whose}" for name in texts},
        "full_name": f"Nama {whose}",
        "sex": "FEMALE",
        "birth_date": date(1990, 7, 5),
        "passport_expires_on": date(2031, 1, 2),
        "married_on": date(2011, 1, 2),
        "divorced_on": date(2021, 1, 2),
        "family_relation": "HEAD",
        "education": "SENIOR_SECONDARY",
        "schooling": "NOT_IN_SCHOOL",
        "occupation": "FARMER",
        "marital_status": "SINGLE",
        "citizenship": "INDONESIAN",
        "ektp_status": "KTP_EL",
        "ktp_recording_status": "RECORDED",
        "health_insurance": "NONE",
        "latitude": "-3.841",
        "longitude": "114.731",
    }


async def register(desk: Desk, whose: str, nik: Nik, kk: str) -> Citizen:
    """A person of a family of their own, every column filled, and what happens to people."""
    keys = desk.hub.services.keys
    serial = nik.digits[-4:]
    parents = {"father_nik": Nik(f"630101010160{serial}"), "mother_nik": Nik(f"630101410160{serial}")}
    special = {"religion": "ISLAM", "ethnicity": f"Suku {whose}", "blood_type": "O", "pregnant": "PREGNANT"}
    async with make.unit(desk.hub, desk.tenant) as unit:
        place = {"address": f"Jl. {whose}", "hamlet": f"DUSUN {whose}", "rw": "001", "rt": "002"}
        home = await households.register_household(unit, keys, village=desk.village, kk=KkNumber(kk), place=place)
        made = await people.register_citizen(
            unit,
            keys,
            household=home.id,
            nik=Nik(f"630101010190{serial}"),
            person=Person(
                columns=words(whose),
                numbers={**parents, "phone": f"+62811000{serial}"},
                sensitive={**special, "disability": "PHYSICAL", "contraception": "PILL"},
            ),
        )
    async with make.unit(desk.hub, desk.tenant) as unit:
        told = {"title": "Maklumat", "type": "CHARTER", "object": "Pelayanan", "planned_on": DAY}
        party = NewParty(arc="citizen_id", key=made.id, signatory_name=f"Saksi {whose}")
        await commitments.create(unit, values=told, parties=[party], clauses=[], evidence=[])
        await _partaking(unit, made, whose)
        purpose = f"Keperluan {whose}"
        await disclosing.reveal_identity(
            unit, keys, desk.hub.services.watch, citizen=made.id, number=IdentityNumber.NIK, purpose=purpose
        )
        await numbers.correct_nik(unit, keys, citizen=made.id, expected=made.version, nik=nik, reason=f"Salah {whose}")
        happening = Happening(occurred_on=DAY, reported_on=DAY, place=f"Pengadilan {whose}", note=f"Penetapan {whose}")
        changing = Changing(citizen=made.id, expected=made.version + 1)
        await recording.record_name_change(unit, keys, happening, changing, full_name=f"Nama baru {whose}")
        ill = Proposal(
            citizen=made.id,
            household=None,
            group=VulnerableGroup.DISABLED,
            since=DAY,
            until=None,
            detail=f"Rungu {whose}",
        )
        await vulnerabilities.propose(unit, keys, ill)
        birth = Issue(
            citizen=made.id,
            household=None,
            type=PopulationDocumentType.BIRTH_CERT,
            issued_on=DAY,
            number=f"AL {whose}",
        )
        await documents.record_document(unit, keys, birth)
        where = {"address": f"Rumah {whose}", "owner_id": made.id}
        house = await houses.register_house(unit, keys, village=desk.village, values=where)
        permit = f"IMB {whose}"
        await houses.record_permit(unit, house=house.id, number=permit, legal_name=PermitName.IMB, issued_on=DAY)
        said = make.feedback(desk.tenant, submitter_kind="CITIZEN", subject=f"Laporan {whose}", villages=[desk.village])
        photo = make.attached_file(said, name=f"lampiran {whose}.jpg")
        left = make.departure(desk.tenant, made, place=f"Ke {whose}")
        come = make.arrival(desk.tenant, made, answer=f"Dari {whose}")
        for row in (
            make.former_card(desk.hub, home),
            left,
            make.departure_person(left, made),
            come,
            make.arrival_person(desk.hub, come, made),
            make.twin_case(desk.tenant, made),
            said,
            make.feedback_raiser(said, citizen_id=made.id),
            make.feedback_village(said, desk.village),
            photo,
            make.feedback_file(said, photo),
            make.disposition(said, instruction=f"Disposisi {whose}"),
            make.feedback_answer(said, text=f"Tanggapan {whose}"),
        ):
            await unit.add(row)
    return made


async def stage(desk: Desk, *rows: tuple[Citizen, str]) -> None:
    """Rows of a file that were read and not applied, as an import that was killed leaves them."""
    async with make.unit(desk.hub, desk.tenant) as unit:
        batch = await batches.begin(unit, desk.village, sha256=b"x" * 32)
        staged = [
            Staged(
                position,
                RowAction.CHANGED,
                pending=True,
                citizen_id=citizen.id,
                values={"birth_place": f"Berkas {whose}", "father_nik": Nik("6301010101600077")},
            )
            for position, (citizen, whose) in enumerate(rows)
        ]
        await staging.stage(unit, desk.hub.services.keys, staged, batch=batch, village=desk.village)
        traces = [
            Trace(citizen.id, 2, person=True, past={"birth_place": f"Dulu {whose}", "mother_nik": "6301014101600078"})
            for citizen, whose in rows
        ]
        await before.keep(unit, desk.hub.services.keys, batch, desk.village, traces)
        drafts = [
            Draft(
                ProposedKind.MARRIAGE, citizen.id, full_name=f"Usulan {whose}", values={"marriage_certificate": whose}
            )
            for citizen, whose in rows
        ]
        await proposing.keep(unit, desk.hub.services.keys, drafts, batch=batch, village=desk.village)


async def keep_file(desk: Desk, rows: list[dict[str, str | None]]) -> None:
    """A file that the village has sent by itself and that waits for a word."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Data Penduduk"
    page.append(list(rows[0]))
    for row in rows:
        page.append(list(row.values()))
    path = desk.folder / "kiriman.xlsx"
    book.save(path)
    async with make.unit(desk.hub, desk.tenant) as unit:
        await syncing.keep_file(unit, desk.hub.services.keys, desk.village, path.read_bytes())


async def _partaking(unit: Unit, person: Citizen, whose: str) -> None:
    """A membership, and a part in an item of a plan."""
    office = await unit.first(unit.own(Kecamatan), Kecamatan)
    if office is None:
        office = make.office(unit.tenant, "Kantor")
        await unit.add(office)
    organization, plan = make.partner(unit.tenant, f"Kelompok {whose}"), make.plan(office, f"Rencana {whose}")
    item = make.plan_item(plan, 1)
    member = make.member(organization, person, function=f"Ketua {whose}")
    for row in (organization, member, plan, item, make.stakeholder(item, citizen_id=person.id)):
        await unit.add(row)


async def export(desk: Desk, whom: UUID | Nik, *, scope: Scope | None = None, purpose: str = "Permintaan") -> Dossier:
    """Everything held about somebody."""
    services = desk.hub.services

    async def look(session: Session, nik: Nik) -> list[dict[str, Any]]:
        return await kept.rows_about(session, services.keys, nik)

    return await actions.export(
        desk.hub.pools.of(Reader.API),
        scope or make.camat(desk.tenant),
        services.keys,
        services.clock,
        whom=whom,
        purpose=purpose,
        waiting=look,
    )


def written(made: Dossier) -> str:
    """All that is told, as it would stand in a file."""
    return orjson.dumps([made.tables, made.waiting]).decode()


async def test_every_value_of_a_person_is_found_in_every_table_and_nothing_of_a_neighbour(desk: Desk) -> None:
    me = await register(desk, "Aminah", NIK, "6301010101100001")
    other = await register(desk, "Tetangga", OTHER_NIK, "6301010101100002")
    await stage(desk, (me, "Aminah"), (other, "Tetangga"))
    mine: dict[str, str | None] = {"nama": "Kiriman Aminah", "nik": NIK.digits, "ibu_nik": "6301014101600077"}
    await keep_file(desk, [mine, {"nama": "Kiriman Tetangga", "nik": OTHER_NIK.digits, "ibu_nik": None}])

    made = await export(desk, NIK)

    empty = {name for name, rows in made.tables.items() if not rows}
    assert empty == OFFICIALS | OF_AGENCIES
    assert made.searched == finding.tables()
    text = written(made)
    (told,) = made.tables["citizen"]
    expected = {name: str(value) for name, value in words("Aminah").items()} | {"full_name": "Nama baru Aminah"}
    assert {name: told[name] for name in expected} == expected
    assert (told["nik"], told["phone"]) == (NIK.digits, "+628110000001")
    assert (told["father_nik"], told["mother_nik"]) == ("6301............", "6301............")
    (home,) = made.tables["household"]
    assert [home[name] for name in ("kk", "address", "hamlet", "rw", "rt", "head_id")] == [
        "6301010101100001", "Jl. Aminah", "DUSUN Aminah", "001", "002", str(me.id),
    ]  # fmt: skip
    (special,) = made.tables["citizen_sensitive"]
    assert [special[name] for name in ("religion", "ethnicity", "disability", "contraception", "pregnant")] == [
        "ISLAM", "Suku Aminah", "PHYSICAL", "PILL", "PREGNANT",
    ]  # fmt: skip
    words_of_name = {each.token for each in names.name_tokens("Nama baru Aminah")}
    assert {row["token"] for row in made.tables["citizen_name_token"]} == words_of_name
    (event,) = made.tables["vital_event"]
    assert (event["place"], event["note"]) == ("Pengadilan Aminah", "Penetapan Aminah")
    effects = [(row["field"], row["before"], row["after"]) for row in made.tables["vital_event_effect"]]
    assert effects == [("FULL_NAME", "Nama Aminah", "Nama baru Aminah")]
    assert [row["signatory_name"] for row in made.tables["commitment_party"]] == ["Saksi Aminah"]
    assert [row["function"] for row in made.tables["partner_member"]] == ["Ketua Aminah"]
    assert [row["citizen_id"] for row in made.tables["plan_item_stakeholder"]] == [str(me.id)]
    assert [row["nik"] for row in made.tables["former_nik"]] == ["6301010101900001"]
    assert [row["detail"] for row in made.tables["vulnerability"]] == ["Rungu Aminah"]
    assert [row["number"] for row in made.tables["population_document"]] == ["AL Aminah"]
    assert [row["address"] for row in made.tables["house"]] == ["Rumah Aminah"]
    assert [row["number"] for row in made.tables["building_permit"]] == ["IMB Aminah"]
    assert [row["place"] for row in made.tables["departure"]] == ["Ke Aminah"]
    assert [row["answer"] for row in made.tables["arrival"]] == ["Dari Aminah"]
    assert [(row["full_name"], row["told"]) for row in made.tables["arrival_person"]] == [("Nama Aminah", {})]
    assert [row["sealed"] for row in made.tables["import_row"]] == [
        {"birth_place": "Berkas Aminah", "father_nik": "6301............"}
    ]
    assert [row["sealed"] for row in made.tables["before_import"]] == [
        {"birth_place": "Dulu Aminah", "mother_nik": "6301............"}
    ]
    assert [(row["full_name"], row["sealed"]) for row in made.tables["proposed_event"]] == [
        ("Usulan Aminah", {"marriage_certificate": "Aminah"})
    ]
    assert [(row["full_name"], row["nik"], row["mother_nik"]) for row in made.waiting] == [
        ("Kiriman Aminah", NIK.digits, "6301............")
    ]
    trace = made.tables["journal_entry"]
    assert [row["kind"] for row in trace] == [
        "HOUSEHOLD_HEAD_SET", "CITIZEN_REGISTERED", "IDENTITY_REVEALED", "CITIZEN_NIK_CORRECTED", "CITIZEN_UPDATED",
        "VITAL_EVENT_RECORDED", "VULNERABILITY_PROPOSED", "POPULATION_DOCUMENT_RECORDED", "HOUSE_REGISTERED",
        "SUBJECT_EXPORTED",
    ]  # fmt: skip
    assert trace[1]["personal"]["birth_place"] == [None, "birth_place Aminah"]
    assert trace[2]["purpose"] == "Keperluan Aminah"
    for theirs in ("Tetangga", OTHER_NIK.digits, "6301010101100002", str(other.id), str(other.household_id)):
        assert theirs not in text
    for parents in ("630101010160", "630101410160"):
        assert parents not in text


async def test_what_a_person_shares_with_others_is_told_without_them(desk: Desk) -> None:
    mother = await register(desk, "Ibu", NIK, "6301010101100001")
    keys = desk.hub.services.keys
    async with make.unit(desk.hub, desk.tenant) as unit:
        child = Person(columns={"full_name": "Nama Bayi", "sex": "MALE", "family_relation": "CHILD"})
        birth = Birth(child=child, mother=mother.id)
        happening = Happening(occurred_on=DAY, reported_on=DAY, note="Lahir Bayi")
        born = await recording.record_birth(unit, keys, happening, birth)

    told = await export(desk, mother.id)
    child_told = await export(desk, born.citizen_id)

    (event,) = [row for row in told.tables["vital_event"] if row["type"] == "BIRTH"]
    assert (event["citizen_id"], event["note"]) == ("(orang lain)", "(orang lain)")
    parts = [(row["part"], row["citizen_id"]) for row in told.tables["vital_event_subject"]]
    assert parts == [("SUBJECT", str(mother.id)), ("MOTHER", str(mother.id))]
    assert "Bayi" not in written(told)
    assert str(born.citizen_id) not in written(told)
    assert told.withheld["note"] == 1
    (own,) = child_told.tables["vital_event"]
    assert (own["citizen_id"], own["note"]) == (str(born.citizen_id), "Lahir Bayi")
    (home,) = child_told.tables["household"]
    assert (home["kk"], home["head_id"]) == ("6301010101100001", "(orang lain)")
    assert str(mother.id) not in written(child_told)


async def test_all_records_of_a_nik_are_told_whichever_was_named(desk: Desk) -> None:
    first = await register(desk, "Pertama", NIK, "6301010101100001")
    async with make.unit(desk.hub, desk.tenant) as unit:
        home = await households.register_household(
            unit, desk.hub.services.keys, village=desk.other_village, kk=KkNumber("6301010101100009"), place={}
        )
        columns = {"full_name": "Nama Kedua", "sex": "FEMALE", "family_relation": "HEAD"}
        second = await people.register_citizen(
            unit, desk.hub.services.keys, household=home.id, nik=NIK, person=Person(columns=columns)
        )

    by_nik, by_id = await export(desk, NIK), await export(desk, first.id)

    for made in (by_nik, by_id):
        assert {row["id"] for row in made.tables["citizen"]} == {str(first.id), str(second.id)}
        assert {row["kk"] for row in made.tables["household"]} == {"6301010101100001", "6301010101100009"}


async def test_the_purpose_is_journaled_first_and_stays_where_the_reading_fails(desk: Desk) -> None:
    me = await register(desk, "Aminah", NIK, "6301010101100001")
    await desk.ask("update citizen set nik_sealed = 'broken' where id = $1", me.id)

    with pytest.raises(Undecipherable):
        await export(desk, NIK, purpose="Permintaan tertulis")

    entries = await desk.ask("select subject_id, purpose from journal_entry where kind = 'SUBJECT_EXPORTED'")
    assert [(row["subject_id"], row["purpose"]) for row in entries if row["subject_id"] == me.id] == [
        (me.id, "Permintaan tertulis")
    ]


async def test_values_whose_key_was_destroyed_are_said_to_be_so(desk: Desk) -> None:
    me = await register(desk, "Aminah", NIK, "6301010101100001")
    async with desk.owner.transaction():
        await desk.owner.execute("select set_config('hub.tenant', $1, true)", str(desk.tenant.id))
        await personal.erase(desk.owner, tenant=desk.tenant.id, subject=me.id, now=datetime(2026, 11, 22, tzinfo=UTC))

    made = await export(desk, me.id)

    values = [row["personal"] for row in made.tables["journal_entry"]]
    assert set(map(str, values)) == {"(telah dihapus)", "None"}


async def test_only_who_may_see_all_of_it_in_the_whole_kecamatan_takes_it_out(desk: Desk) -> None:
    me = await register(desk, "Aminah", NIK, "6301010101100001")
    counter = Scope(Reader.API, Role.KEC_COUNTER.value, frozenset(ROLES[Role.KEC_COUNTER]), (desk.tenant,))
    village = Scope(
        Reader.API, Role.CAMAT.value, frozenset(ROLES[Role.CAMAT]), (desk.tenant,), villages=(desk.village,)
    )
    lacking = [
        Scope(Reader.API, Role.CAMAT.value, policy.NEEDED - {each}, (desk.tenant,)) for each in sorted(policy.NEEDED)
    ]

    for scope in (counter, village, *lacking):
        with pytest.raises(Forbidden):
            await export(desk, me.id, scope=scope)
    with pytest.raises(TextMissing):
        await export(desk, me.id, purpose=" ")
    for stranger in (Nik("6301014507900099"), UUID(int=7)):
        with pytest.raises(NobodyHere):
            await export(desk, stranger)

    assert "SUBJECT_EXPORTED" not in await desk.entries()


async def test_an_official_is_told_their_account_rights_and_uploads(desk: Desk) -> None:
    tenant = desk.tenant
    who = await admin.add_principal(desk.owner, tenant.id, kind=PrincipalKind.PERSON, name="Petugas Satu")
    grant = await admin.add_grant(desk.owner, tenant, who, Role.CAMAT, starts_on=DAY, reason="SK 1")
    await admin.create_key(desk.owner, tenant.id, grant, KeyKind.SECRET, label="Laptop")
    async with make.unit(desk.hub, tenant) as unit:
        await unit.add(make.stored_file(tenant, "Notulen.pdf", principal_id=who, grant_id=grant))
        await unit.add(make.stored_file(tenant, "Lain.pdf"))

    made = await export(desk, who)

    assert [row["name"] for row in made.tables["principal"]] == ["Petugas Satu"]
    assert [(row["role"], row["reason"], row["principal_id"]) for row in made.tables["access_grant"]] == [
        ("CAMAT", "SK 1", str(who))
    ]
    assert [row["label"] for row in made.tables["api_key"]] == ["Laptop"]
    assert [row["name"] for row in made.tables["stored_file"]] == ["Notulen.pdf"]
    assert made.tables["citizen"] == []
