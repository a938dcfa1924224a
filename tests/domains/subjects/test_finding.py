"""No table and no column that may hold something about a person is forgotten: by the manifest and the data classes."""

from collections.abc import Mapping

import pytest
from sqlalchemy import Column as TableColumn
from sqlalchemy import LargeBinary, MetaData, Table, Uuid

import hub.schema.build
from hub.domains.subjects import finding, telling
from hub.domains.subjects.telling import Treatment
from hub.graph.declare import NODES, Column, DataClass
from hub.kernel.errors import Faulty
from hub.store.base import MANIFEST, Entry, Kind, Retention, metadata

assert hub.schema.build  # every declaration
PEOPLE = {"citizen", "principal", "subject_key"}
POINTERS = {"citizen_id", "subject_id", "principal_id", "head_id"}
TOLD = {Treatment.TOLD, Treatment.OPENED, Treatment.MASKED, Treatment.APART}


def personal(there: Table, entry: Entry) -> list[str]:
    """What makes a table one that may speak of persons."""
    found = ["its kind"] if entry.kind is Kind.PERSON else []
    found += [column.name for column in there.c if column.name in POINTERS]
    found += [column.name for column in there.c if column.name == "sealed" or column.name.endswith("_sealed")]
    found += [key.column.table.name for key in there.foreign_keys if key.column.table.name in PEOPLE]
    for node in NODES.values():
        if node.table is there:
            found += [name for name, field in node.fields.items() if field.data is not DataClass.PUBLIC]
    return found


def undeclared(tables: Mapping[str, Table], manifest: Mapping[str, Entry]) -> dict[str, list[str]]:
    """Tables that may speak of persons and say neither whose a row is nor why it is nobody's."""
    return {
        name: why
        for name, entry in manifest.items()
        if name in tables
        and (why := personal(tables[name], entry))
        and not (entry.subject or entry.about or entry.nobody)
    }


def test_every_table_that_may_speak_of_a_person_says_whose_its_rows_are_or_why_they_are_nobodys() -> None:
    assert undeclared(metadata.tables, MANIFEST) == {}


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (TableColumn("citizen_id", Uuid()), Kind.TENANT),
        (TableColumn("phone_sealed", LargeBinary()), Kind.TENANT),
        (TableColumn("title", Uuid()), Kind.PERSON),
    ],
)
def test_a_new_table_that_says_neither_is_found(column: TableColumn[object], kind: Kind) -> None:
    planted = Table("planted", MetaData(), TableColumn("tenant_id", Uuid()), column)
    found = undeclared({"planted": planted}, {"planted": Entry(kind, Retention.REGISTER)})
    assert list(found) == ["planted"]


def test_every_column_of_these_tables_is_told_or_left_out_for_a_reason_that_is_stated() -> None:
    left_out = {
        f"{name}.{column.name}": telling.treatment(column)
        for name in finding.tables()
        for column in metadata.tables[name].c
        if telling.treatment(column) in (Treatment.DERIVED, Treatment.KEY)
    }
    assert left_out == {
        "api_key.sha256": Treatment.DERIVED,
        "before_import.digest": Treatment.DERIVED,
        "citizen.father_nik_prefix": Treatment.DERIVED,
        "citizen.mother_nik_prefix": Treatment.DERIVED,
        "citizen.nik_bidx": Treatment.DERIVED,
        "citizen.nik_prefix": Treatment.DERIVED,
        "citizen.phone_bidx": Treatment.DERIVED,
        "citizen.row_digest": Treatment.DERIVED,
        "file_link.token_hash": Treatment.DERIVED,
        "former_card.kk_bidx": Treatment.DERIVED,
        "former_card.kk_prefix": Treatment.DERIVED,
        "former_nik.nik_bidx": Treatment.DERIVED,
        "former_nik.nik_prefix": Treatment.DERIVED,
        "household.kk_bidx": Treatment.DERIVED,
        "household.kk_prefix": Treatment.DERIVED,
        "idempotency.input_sha256": Treatment.DERIVED,
        "import_row.digest": Treatment.DERIVED,
        "import_row.family": Treatment.DERIVED,
        "import_row.former_family": Treatment.DERIVED,
        "proposed_event.digest": Treatment.DERIVED,
        "sign_in_account.passphrase": Treatment.KEY,
        "sign_in_account.totp_sealed": Treatment.KEY,
        "sign_in_account.totp_step": Treatment.KEY,
        "sign_in_invitation.token_hash": Treatment.DERIVED,
        "sign_in_session.token_hash": Treatment.DERIVED,
        "stored_file.content_key_sealed": Treatment.KEY,
        "stored_file.digest": Treatment.DERIVED,
        "subject_key.wrapped": Treatment.KEY,
        "twin_referral_side.nik_prefix": Treatment.DERIVED,
        "upload.content_key_sealed": Treatment.KEY,
    }


def test_bytes_of_which_nobody_said_what_they_are_refuse() -> None:
    planted = Table("planted", MetaData(), TableColumn("fingerprint", LargeBinary()))
    with pytest.raises(Faulty):
        telling.treatment(planted.c.fingerprint)


def test_every_field_that_the_schema_calls_personal_data_is_told() -> None:
    searched, missing = set(finding.tables()), []
    for node in NODES.values():
        for name, field in node.fields.items():
            if field.data is DataClass.PUBLIC or not isinstance(field, Column):
                continue
            column = node.table.c[field.attribute or field.name]
            if node.table.name not in searched or telling.treatment(column) not in TOLD:
                missing.append(f"{node.name}.{name}")
    assert missing == []


def test_every_way_from_one_table_to_another_exists() -> None:
    for name in finding.tables():
        for way in finding.ways(MANIFEST[name]):
            assert way.column in metadata.tables[name].c
            assert way.source_column in metadata.tables[way.source].c
            assert MANIFEST[way.source].subject is not None
