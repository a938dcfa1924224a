"""What is asked: each operation for each contender, and the one shape in which their answers must be equal."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from bench import by_hand
from bench.data import Register
from hub.kernel.ids import GlobalId, decode
from hub.schema.citizens.search import ranges_of

VARIANTS = 16  # of each operation: other kecamatan, other keys, other people
HUB, RESOLVERS, PLAIN, PEER, FLOOR = "hub", "resolvers", "plain", "postgraphile", "floor"
CONTENDERS = (PLAIN, RESOLVERS, PEER, HUB, FLOOR)
Json = Any  # answers as orjson reads them


@dataclass(frozen=True, slots=True)
class Operation:
    """A question in the words of the hub (and of the plain server), and in PostGraphile's.

    Where that is empty, the question is put to the hub and the floor alone.
    """

    name: str
    title: str
    hub: str
    peer: str = ""

    @property
    def contenders(self) -> tuple[str, ...]:
        """Who can answer it."""
        return CONTENDERS if self.peer else (RESOLVERS, HUB, FLOOR)


_PERSON = "id fullName sex birthDate occupation maritalStatus familyRelation"
_PLACE = "id code name kind connectivity"
_PROMISE = "id title state plannedOn"
_PARTIES = "commitmentPartiesByTenantIdAndCommitmentId"
_PEER_PEOPLE = "condition: {endedAt: null}, orderBy: [SORT_KEY_ASC, PRIMARY_KEY_ASC]"

POINT = Operation(
    "point",
    "point read: one person by id",
    f"query Point($id: ID!) {{ citizen(id: $id) {{ {_PERSON} baseStatus }} }}",
    f"query Point($id: ID!) {{ citizen(id: $id) {{ {_PERSON} baseStatus }} }}",
)
NESTED = Operation(
    "nested",
    "nested page: 20 villages × 25 people, × 5 commitments × 2 parties",
    f"""query Nested {{ villages(first: 20, orderBy: CODE) {{ nodes {{ {_PLACE} region {{ name }}
      citizens(first: 25) {{ nodes {{ {_PERSON} }} }}
      commitments(first: 5) {{ nodes {{ {_PROMISE}
        parties(first: 2) {{ nodes {{ id position role village {{ name }} }} }} }} }}
    }} }} }}""",
    f"""query Nested {{ villages: allVillages(first: 20, orderBy: [CODE_ASC, PRIMARY_KEY_ASC]) {{ nodes {{ {_PLACE}
      region: regionByCode {{ name }}
      citizens: citizensByTenantIdAndVillageId(first: 25, {_PEER_PEOPLE}) {{ nodes {{ {_PERSON} }} }}
      commitments: commitmentPartiesByTenantIdAndVillageId(first: 5) {{ nodes {{
        commitment: commitmentByTenantIdAndCommitmentId {{ {_PROMISE}
          parties: {_PARTIES}(first: 2, orderBy: [POSITION_ASC, PRIMARY_KEY_ASC]) {{
            nodes {{ id position role village: villageByTenantIdAndVillageId {{ name }} }} }} }} }} }}
    }} }} }}""",
)
_INFO = "pageInfo { hasNextPage endCursor }"
RELAY = Operation(
    "relay",
    "the same as Relay connections: edges, cursors, pageInfo at every level",
    f"""query Relay {{ villages(first: 20, orderBy: CODE) {{ {_INFO} edges {{ cursor node {{ {_PLACE} region {{ name }}
      citizens(first: 25) {{ {_INFO} edges {{ cursor node {{ {_PERSON} }} }} }}
      commitments(first: 5) {{ {_INFO} edges {{ cursor node {{ {_PROMISE}
        parties(first: 2) {{ {_INFO} edges {{ cursor node {{ id position role village {{ name }} }} }} }} }} }} }}
    }} }} }} }}""",
    f"""query Relay {{ villages: allVillages(first: 20, orderBy: [CODE_ASC, PRIMARY_KEY_ASC]) {{ {_INFO}
      edges {{ cursor node {{ {_PLACE} region: regionByCode {{ name }}
      citizens: citizensByTenantIdAndVillageId(first: 25, {_PEER_PEOPLE}) {{
        {_INFO} edges {{ cursor node {{ {_PERSON} }} }} }}
      commitments: commitmentPartiesByTenantIdAndVillageId(first: 5) {{ {_INFO} edges {{ cursor node {{
        commitment: commitmentByTenantIdAndCommitmentId {{ {_PROMISE}
          parties: {_PARTIES}(first: 2, orderBy: [POSITION_ASC, PRIMARY_KEY_ASC]) {{ {_INFO}
            edges {{ cursor node {{ id position role village: villageByTenantIdAndVillageId {{ name }} }} }} }}
        }} }} }} }}
    }} }} }} }}""",
)
_PAGES = "abcde"
LIST = Operation(
    "list",
    "flat list of 500 people: five pages of 100, the hub's largest",
    "query List({}) {{ {} }}".format(
        ", ".join(f"${each}: ID!" for each in _PAGES),
        " ".join(
            f"{each}: citizens(first: 100, filter: {{village: {{eq: ${each}}}}}) {{ nodes {{ {_PERSON} }} }}"
            for each in _PAGES
        ),
    ),
    "query List({}) {{ {} }}".format(
        ", ".join(f"${each}: UUID!" for each in _PAGES),
        " ".join(
            f"{each}: allCitizens(first: 100, condition: {{endedAt: null, villageId: ${each}}}, "
            f"orderBy: [SORT_KEY_ASC, PRIMARY_KEY_ASC]) {{ nodes {{ {_PERSON} }} }}"
            for each in _PAGES
        ),
    ),
)
COUNT = Operation(
    "count",
    "countBy: 2,500 people by occupation",
    "query Count { citizens(first: 1) { countBy(field: OCCUPATION) { key count } } }",
    "query Count { citizens: allCitizens(condition: {endedAt: null}) "
    "{ countBy: groupedAggregates(groupBy: OCCUPATION) { keys distinctCount { rowId } } } }",
)
SEARCH = Operation(
    "search",
    "name search: 20 people by two words, the last unfinished",
    "query Search($name: String!) { citizens(search: $name, first: 20) "
    "{ nodes { id fullName birthDate village { name } } } }",
    "query Search($low: [String!]!, $high: [String!]!, $bits: [Int!]!, $all: Int!) "
    "{ citizens: benchPeerCitizensNamed(low: $low, high: $high, bits: $bits, allBits: $all, first: 20) "
    "{ nodes { id fullName birthDate village: villageByTenantIdAndVillageId { name } } } }",
)
_HOUSE = "id address condition hasCleanWater hasSanitation hasPermit"
_MEMBER = "id fullName sex birthDate familyRelation"
_PERMIT = "id number legalName issuedOn"
HOUSES = Operation(
    "houses",
    "20 houses in poor condition, each with its village, family, head, members and permits",
    f"""query Houses {{ houses(first: 20, filter: {{condition: {{eq: POOR}}}}) {{ nodes {{ {_HOUSE} village {{ name }}
      household {{ id hamlet rw rt head {{ id fullName }} members(first: 6) {{ nodes {{ {_MEMBER} }} }} }}
      permits(first: 2) {{ nodes {{ {_PERMIT} }} }}
    }} }} }}""",
    f"""query Houses {{ houses: allHouses(first: 20, condition: {{endedAt: null, condition: "POOR"}},
      orderBy: [PRIMARY_KEY_ASC]) {{ nodes {{ {_HOUSE} village: villageByTenantIdAndVillageId {{ name }}
      household: householdByTenantIdAndHouseholdId {{ id hamlet rw rt head: citizenByTenantIdAndHeadId {{ id fullName }}
        members: citizensByTenantIdAndHouseholdId(first: 6, condition: {{endedAt: null}}, orderBy: [PRIMARY_KEY_ASC])
          {{ nodes {{ {_MEMBER} }} }} }}
      permits: buildingPermitsByTenantIdAndHouseId(first: 2, condition: {{endedAt: null}},
        orderBy: [ISSUED_ON_ASC, PRIMARY_KEY_ASC]) {{ nodes {{ {_PERMIT} }} }}
    }} }} }}""",
)
EIGHT = Operation(
    "eight",
    "a dinas over eight kecamatan: 40 villages × 3 published commitments",
    f"query Eight {{ villages(first: 40, orderBy: NAME) {{ {_INFO} nodes {{ {_PLACE} "
    f"commitments(first: 3) {{ nodes {{ {_PROMISE} }} }} }} }} }}",
    "query Eight { villages: allVillages(first: 40, orderBy: [NAME_ASC, PRIMARY_KEY_ASC]) "
    f"{{ {_INFO} nodes {{ {_PLACE} "
    "commitments: commitmentPartiesByTenantIdAndVillageId(first: 3) "
    f"{{ nodes {{ commitment: commitmentByTenantIdAndCommitmentId {{ {_PROMISE} }} }} }} }} }} }}",
)
_HANDED = "id state section sentOn dueOn village { name }"
FEEDBACK = Operation(
    "feedback",
    "25 items of feedback, each with its raiser, villages, dispositions and answers",
    f"""query Feedback {{ feedbacks(first: 25, orderBy: RECEIVED_ON) {{ nodes {{
      id kind state subject severity receivedOn dueOn overdue
      raiser {{ id village {{ name }} }} villages(first: 3) {{ nodes {{ id name }} }}
      dispositions(first: 3) {{ nodes {{ {_HANDED} }} }}
      answers(first: 3) {{ nodes {{ id number text answeredOn }} }} }} }} }}""",
)
PLAN = Operation(
    "plan",
    "an action plan by id: 15 items, each with who takes part and the commitments that fulfil it",
    f"""query Plan($id: ID!) {{ actionPlan(id: $id) {{ id title year state items(first: 20) {{ nodes {{
      id position activity startsOn endsOn output progressPercent status overdue
      stakeholders(first: 5) {{ nodes {{ id name stakeholder {{ __typename ... on Village {{ id name }} }} }} }}
      fulfilledBy(first: 5) {{ nodes {{ id relation target {{ __typename ... on Commitment {{ {_PROMISE} }} }} }} }}
    }} }} }} }}""",
)
SURVEY = Operation(
    "survey",
    "what came of two surveys: index and grade of 150 answers each, mean of every element",
    """query Survey { surveys(first: 5, orderBy: FROM_ON) { nodes { id title fromOn untilOn state
      respondents satisfactionIndex grade elements(first: 9) { nodes { id position element mean } } } } }""",
)
OPERATIONS = (POINT, NESTED, RELAY, LIST, COUNT, SEARCH, HOUSES, FEEDBACK, PLAN, SURVEY, EIGHT)
_SEARCHES = ("nurul hid", "siti rah", "ahmad sap", "dewi lest", "rizki wib", "putri ay", "budi sant", "wahyu kur")


@dataclass(frozen=True, slots=True)
class Asked:
    """One variant of an operation: who asks, and the arguments that each contender takes."""

    key: str
    tenants: tuple[int, ...]
    hub: Mapping[str, Any]
    plain: Mapping[str, Any]
    peer: Mapping[str, Any]
    floor: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Ids of a kecamatan to ask for."""

    person: UUID
    plan: UUID
    villages: Sequence[UUID]


async def variants(administrator: str, register: Register) -> dict[str, list[Asked]]:
    """The variants of every operation, by its name."""
    connection = await asyncpg.connect(administrator)
    try:
        camats = register.camats[:: max(1, len(register.camats) // VARIANTS)][:VARIANTS]
        found: dict[str, list[Asked]] = {each.name: [] for each in OPERATIONS}
        for number, (tenant, key) in enumerate(camats):
            villages = await connection.fetch("select id from village where tenant_id = $1 order by code", tenant)
            people = await connection.fetch(
                "select id from citizen where tenant_id = $1 order by id offset $2 limit 1", tenant, 17 * number
            )
            plan = await connection.fetchval("select min(id::text)::uuid from action_plan where tenant_id = $1", tenant)
            known = Known(people[0]["id"], plan, [row["id"] for row in villages])
            for operation in OPERATIONS[:-1]:
                asked = _arguments(operation, tenant, known, number)
                found[operation.name].append(Asked(key, (tenant,), *asked))
        found[EIGHT.name] = [Asked(key, tuple(reach), {}, {}, {}, (reach,)) for reach, key in register.agencies]
        return found
    finally:
        await connection.close()


def _arguments(
    operation: Operation, tenant: int, known: Known, number: int
) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any], tuple[Any, ...]]:
    match operation.name:
        case POINT.name:
            encoded, plain = GlobalId("Citizen", tenant, known.person).encode(), {"id": str(known.person)}
            return {"id": encoded}, plain, {"id": _peer_id("Citizen", tenant, known.person)}, (tenant, plain["id"])
        case PLAN.name:
            return {"id": GlobalId("ActionPlan", tenant, known.plan).encode()}, {}, {}, (tenant, str(known.plan))
        case LIST.name:
            chosen = dict(zip(_PAGES, known.villages[number % 10 :], strict=False))
            plain = {name: str(each) for name, each in chosen.items()}
            given = {name: GlobalId("Village", tenant, each).encode() for name, each in chosen.items()}
            return given, plain, plain, (tenant, list(plain.values()))
        case SEARCH.name:
            name = _SEARCHES[number % len(_SEARCHES)]
            asked = ranges_of(name)
            ranges = {"low": asked.low, "high": asked.high, "bits": asked.bits, "all": asked.all_bits}
            return {"name": name}, {"name": name}, ranges, (tenant, *ranges.values())
        case _:
            return {}, {}, {}, (tenant,)


def _peer_id(type_name: str, tenant: int, key: UUID) -> str:
    return base64.b64encode(orjson.dumps([type_name, tenant, str(key)])).decode()


def body(contender: str, operation: Operation, asked: Asked) -> bytes:
    """The body of the request."""
    match contender:
        case "floor":
            return orjson.dumps({"operation": operation.name, "arguments": asked.floor})
        case "postgraphile":
            return orjson.dumps({"query": operation.peer, "variables": asked.peer})
        case "plain":
            return orjson.dumps({"query": operation.hub, "variables": asked.plain})
        case _:
            return orjson.dumps({"query": operation.hub, "variables": asked.hub})


def request(path: str, key: str, content: bytes) -> bytes:
    """An HTTP/1.1 request as bytes."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        f"accept: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def common(raw: bytes) -> Json:
    """An answer in the shape that all must agree on: ids as uuids, cursors only as present, counts as a set."""
    found = orjson.loads(raw)
    if "errors" in found or found.get("data") is None:
        raise ValueError(raw[:600])
    return _common(found["data"])


def _common(value: Json) -> Json:
    if isinstance(value, list):
        return [_common(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"commitment"}:  # PostGraphile goes there over the party
        return _common(value["commitment"])
    return {name: _field(name, each) for name, each in value.items()}


def _field(name: str, value: Json) -> Json:
    if name == "id":
        return uuid_of(value)
    if name in ("cursor", "endCursor"):
        return value is not None
    if name == "countBy":
        return sorted(_counts(value), key=str)
    return _common(value)


def _counts(groups: Json) -> Iterator[tuple[str | None, int]]:
    for each in groups:
        if "keys" in each:
            yield each["keys"][0], int(each["distinctCount"]["rowId"])
        else:
            yield each["key"], each["count"]


_UUID = re.compile("[0-9a-f]{8}-[0-9a-f-]{27}")


def uuid_of(text: str) -> str:
    """The uuid within any contender's id."""
    if _UUID.fullmatch(text):
        return text
    if found := decode(text):
        return str(found.key)
    return str(orjson.loads(base64.b64decode(text + "=="))[-1])


STATEMENTS = {
    POINT.name: by_hand.POINT,
    NESTED.name: by_hand.NESTED,
    RELAY.name: by_hand.RELAY,
    LIST.name: by_hand.LIST,
    COUNT.name: by_hand.COUNT,
    SEARCH.name: by_hand.SEARCH,
    HOUSES.name: by_hand.HOUSES,
    FEEDBACK.name: by_hand.FEEDBACK,
    PLAN.name: by_hand.PLAN,
    SURVEY.name: by_hand.SURVEY,
    EIGHT.name: by_hand.EIGHT,
}
