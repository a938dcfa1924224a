"""Short ways to propose, verify and end, and to read what came of it."""

from typing import Any

from tests.schema.citizens.stage import Office

ROW = """id version group groupClass state status since until hasDetail proposedRole verifiedRole
  verifiedUntil endReason citizen { fullName } household { id } village { name }"""
DETAIL = (
    "mutation ($input: VulnerabilityDetailInput!) "
    "{ answer: vulnerabilityDetail(input: $input) { detail userErrors { code path } } }"
)


async def act(office: Office, name: str, *, key: str | None = None, **given: Any) -> Any:
    """The payload of a mutation."""
    kind = name[0].upper() + name[1:]
    query = (
        f"mutation ($input: {kind}Input!) {{ answer: {name}(input: $input) "
        f"{{ vulnerability {{ {ROW} }} userErrors {{ code path }} }} }}"
    )
    return await office.do(query, key=key, **given)


async def done(office: Office, name: str, *, key: str | None = None, **given: Any) -> Any:
    """What a mutation that must not be refused made of it."""
    answer = await act(office, name, key=key, **given)
    assert answer["userErrors"] == []
    return answer["vulnerability"]


async def refused(office: Office, name: str, *, key: str | None = None, **given: Any) -> tuple[str, list[str]]:
    """Code and path of the one refusal."""
    answer = await act(office, name, key=key, **given)
    assert answer["vulnerability"] is None
    (error,) = answer["userErrors"]
    return error["code"], error["path"]


async def proposed(office: Office, citizen: Any, group: str = "POOR", *, key: str | None = None, **more: Any) -> Any:
    """A proposal for a person."""
    given = {"citizen": citizen["id"], "group": group, "since": "2026-01-05", **more}
    return await done(office, "proposeVulnerability", key=key, **given)


async def verified(office: Office, row: Any, **more: Any) -> Any:
    """The same, verified."""
    return await done(office, "verifyVulnerability", vulnerability=row["id"], expectedVersion=row["version"], **more)


async def tell(office: Office, key: str, row: Any, **more: Any) -> Any:
    """The payload of the telling of a detail."""
    given = {"vulnerability": row["id"], "purpose": "Alat bantu gerak", **more}
    return (await office.ask(DETAIL, {"input": given}, key=key))["answer"]
