"""A couple of two villages has a child: married at the kecamatan, born in her village, taken back and told again."""

from typing import Any

from tests.schema.citizens.stage import Office
from tests.schema.vital_events.stage import changing, correct, done, person, refused

WEDDING, BIRTH, REPORT = "2025-06-01", "2026-03-04", "2026-03-20"
LIFE = """query ($id: ID) { citizen(id: $id) {
  fullName fatherName motherName maritalStatus household { id village { name } }
  events(first: 9) { nodes { type state timeliness subjects(first: 9) { nodes { part citizen { fullName } } } } }
} }"""


async def counted(office: Office, key: str | None = None) -> list[tuple[str, int, int]]:
    """Village, males and females on the day of the report."""
    query = "query ($on: Date!) { populationAt(on: $on) { males females village { name } } }"
    found = (await office.ask(query, {"on": REPORT}, key=key))["populationAt"]
    return [(each["village"]["name"], each["males"], each["females"]) for each in found]


async def listed(office: Office) -> int:
    """Living people by the register's own list."""
    found = await office.ask("{ citizens(first: 1, filter: {baseStatus: {eq: ALIVE}}) { totalCount } }")
    total: int = found["citizens"]["totalCount"]
    return total


async def life(office: Office, citizen: Any, key: str | None = None) -> Any:
    """What is told of a person; None to whom it does not concern."""
    return (await office.ask(LIFE, {"id": citizen["id"]}, key=key))["citizen"]


async def test_a_couple_of_two_villages_has_a_child(office: Office) -> None:
    hers = await office.household()
    await office.citizen(hers, "HEAD", "Hj. Maryam", birthDate="1970-01-01")
    bride = await office.citizen(hers, "CHILD", "Salmah", birthDate="2000-02-02", maritalStatus="SINGLE")
    his = await office.household(village=1)
    groom = await office.citizen(his, "HEAD", "Ahmad Yani", birthDate="1998-05-05", sex="MALE", maritalStatus="SINGLE")
    assert await counted(office) == [("Satu", 0, 2), ("Dua", 1, 0)]

    # The village of the bride cannot name somebody of another village; the kecamatan can.
    couple: dict[str, Any] = {"spouse": await changing(office, bride), "otherSpouse": await changing(office, groom)}
    days = {"occurredOn": WEDDING, "reportedOn": WEDDING}
    assert await refused(office, "recordMarriage", key=office.officer, **couple, **days) == (
        "NOT_FOUND",
        ["otherSpouse", "citizen"],
    )
    married = await done(office, "recordMarriage", **couple, **days)
    assert {each["citizen"]["fullName"] for each in married["event"]["subjects"]["nodes"]} == {"Salmah", "Ahmad Yani"}
    assert [(await person(office, each))["maritalStatus"] for each in (bride, groom)] == ["MARRIED", "MARRIED"]

    # She stays with her mother for the birth: the child is of her household, the father is of the other village.
    told = {"occurredOn": BIRTH, "reportedOn": REPORT, "mother": bride["id"], "father": groom["id"]}
    wrong = await done(office, "recordBirth", **told, fullName="Muhamad Rizki", sex="FEMALE")
    assert wrong["citizen"]["household"] == {"id": hers["id"]}
    assert await counted(office) == [("Satu", 0, 3), ("Dua", 1, 0)]

    # The sex was mistaken: taken back, then told again.
    await correct(office, wrong["event"])
    assert await counted(office) == [("Satu", 0, 2), ("Dua", 1, 0)]
    born = await done(office, "recordBirth", **told, fullName="Muhammad Rizki", sex="MALE", familyRelation="GRANDCHILD")

    child = await life(office, born["citizen"])
    assert (child["fatherName"], child["motherName"]) == ("Ahmad Yani", "Salmah")
    assert child["household"]["village"] == {"name": "Satu"}
    assert child["events"]["nodes"] == [
        {
            "type": "BIRTH",
            "state": "RECORDED",
            "timeliness": "ON_TIME",
            "subjects": {
                "nodes": [
                    {"part": "CHILD", "citizen": {"fullName": "Muhammad Rizki"}},
                    {"part": "MOTHER", "citizen": {"fullName": "Salmah"}},
                    {"part": "FATHER", "citizen": {"fullName": "Ahmad Yani"}},
                ]
            },
        }
    ]
    lived = [(each["type"], each["state"]) for each in (await life(office, groom))["events"]["nodes"]]
    assert sorted(lived) == [
        ("BIRTH", "CORRECTED"),
        ("BIRTH", "CORRECTION"),
        ("BIRTH", "RECORDED"),
        ("MARRIAGE", "RECORDED"),
    ]

    # Every way to count says the same; the other village's office sees its own.
    assert await counted(office) == [("Satu", 1, 2), ("Dua", 1, 0)]
    assert await listed(office) == 4
    assert await counted(office, key=office.officer) == [("Satu", 1, 2)]
    assert await life(office, groom, key=office.officer) is None
