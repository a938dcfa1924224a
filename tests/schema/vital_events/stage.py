"""Short ways to record events and to read what they left behind."""

from typing import Any

from tests.schema.citizens.stage import Office

PERSON = "id version fullName sex birthDate familyRelation maritalStatus baseStatus endReason endedOn household { id }"
EVENT = """id version type state occurredOn reportedOn timeliness note place
  subjects(first: 9) { nodes { part citizen { fullName } } }
  effects(first: 50) { nodes { field before after citizen { fullName } household { id } } }"""
SHAPES = {"correctEvent": f"event {{ {EVENT} }} corrected {{ id state version correctedBy {{ id }} }}"}
DAY = "2026-03-04"


async def record(office: Office, name: str, *, key: str | None = None, **given: Any) -> Any:
    """The payload of a mutation; the day is a fixed one unless it is given."""
    told = given if name == "correctEvent" else {"occurredOn": DAY, "reportedOn": DAY, **given}
    shape = SHAPES.get(name, f"event {{ {EVENT} }} citizen {{ {PERSON} }}")
    kind = name[0].upper() + name[1:]
    query = (
        f"mutation ($input: {kind}Input!) {{ answer: {name}(input: $input) {{ {shape} userErrors {{ code path }} }} }}"
    )
    return await office.do(query, key=key, **told)


async def done(office: Office, name: str, *, key: str | None = None, **given: Any) -> Any:
    """The same, which must not be refused."""
    answer = await record(office, name, key=key, **given)
    assert answer.pop("userErrors") == []
    return answer


async def refused(office: Office, name: str, *, key: str | None = None, **given: Any) -> tuple[str, list[str]]:
    """Code and path of the one refusal."""
    answer = await record(office, name, key=key, **given)
    assert {value for field, value in answer.items() if field != "userErrors"} == {None}
    (error,) = answer["userErrors"]
    return error["code"], error["path"]


async def person(office: Office, citizen: Any) -> Any:
    """Somebody as they are now."""
    query = f"query ($id: ID) {{ citizen(id: $id) {{ {PERSON} }} }}"
    return (await office.ask(query, {"id": citizen["id"]}))["citizen"]


async def changing(office: Office, citizen: Any, **more: Any) -> dict[str, Any]:
    """A person at the present version, as inputs name one."""
    return {"citizen": citizen["id"], "expectedVersion": (await person(office, citizen))["version"], **more}


async def correct(office: Office, event: Any, **more: Any) -> Any:
    """Take an event back."""
    return await done(office, "correctEvent", event=event["id"], expectedVersion=1, reason="Keliru", **more)


def changes(event: Any) -> list[tuple[str, str | None, str | None, str | None]]:
    """What an event changed: field, whose (None: a household's), before, after."""
    nodes = event["effects"]["nodes"]
    return [
        (each["field"], each["citizen"] and each["citizen"]["fullName"], each["before"], each["after"])
        for each in nodes
    ]
