"""Asks a running hub every example operation through the generated client, as the audience it is written for.

    python try_hub.py http://127.0.0.1:8000/graphql ../../.demo/demo-keys.json

Answers are held against the contract by the generated models: a field that is missing, of another type or never
asked for is refused. Operations on the schema itself are beyond the generator; they are asked as text, and said so.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints
from uuid import uuid4

from generated import (
    Client,
    CommitmentType,
    Connectivity,
    CreateCommitmentInput,
    GraphQLClientHttpError,
    PartnerKind,
    PartnerLevel,
    RegionLevel,
    RegisterPartnerOrganizationInput,
)
from pydantic import BaseModel, ConfigDict, TypeAdapter

EXAMPLES = Path(__file__).parents[2] / "hub/schema/examples"
PARTNER = "PKK Kecamatan Takisung"
LAX = ConfigDict(arbitrary_types_allowed=True)  # the generator's mark for "not given" is no model
CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class Example:
    """An example as its file tells it."""

    name: str
    audience: str
    variables: dict[str, Any]
    text: str

    @property
    def of_the_schema(self) -> bool:
        """Whether it asks for the schema itself."""
        return "__schema" in self.text


@dataclass
class Trial:
    """The hub that is tried, and what failed."""

    url: str
    keys: dict[str, str]
    failed: int = 0

    def client(self, audience: str) -> Client:
        """The generated client with the audience's key."""
        headers = {} if audience == "public" else {"Authorization": f"Bearer {self.keys[audience]}"}
        return Client(url=self.url, headers={"Accept-Language": "id", **headers})

    def hold(self, name: str, found: object, wanted: object) -> None:
        """Say whether what was found is what was wanted."""
        print(f"  {'ok' if found == wanted else 'FAILED'}  {name}")
        if found != wanted:
            print(f"          {found!r} in place of {wanted!r}")
            self.failed += 1


def examples() -> Iterator[Example]:
    """All examples, in the order of their files."""
    for file in sorted(EXAMPLES.glob("*.graphql")):
        text = file.read_text(encoding="utf-8")
        told = dict(re.findall(r"^# (audience|variables): (.*)$", text, re.MULTILINE))
        name = re.search(r"^(?:query|mutation) (\w+)", text, re.MULTILINE)
        assert name, file.name
        yield Example(name[1], told["audience"], json.loads(told.get("variables", "{}")), text)


def snake(name: str) -> str:
    """The generator's name of an operation or variable."""
    return CAPITAL.sub("_", name).lower()


def typed(method: Callable[..., Any], variables: dict[str, Any]) -> dict[str, Any]:
    """The variables as the method's annotations want them: text becomes a day, a word an enum's."""
    hints = get_type_hints(method)
    parsers = {name: parser(hints[name]) for name in map(snake, variables)}
    return {snake(name): parsers[snake(name)].validate_python(value) for name, value in variables.items()}


def parser(hint: Any) -> TypeAdapter[Any]:
    """Of an annotation; an input is a model, which has its own rules."""
    model = isinstance(hint, type) and issubclass(hint, BaseModel)
    return TypeAdapter(hint, config=None if model else LAX)


def every_example(trial: Trial) -> None:
    """Each by the method made of it; its models do the checking."""
    for each in examples():
        client = trial.client(each.audience)
        if each.of_the_schema:
            answer = client.get_data(client.execute(query=each.text, variables=each.variables))
            trial.hold(f"{each.name} (as text: the generator knows nothing of __schema)", list(answer), ["__schema"])
            continue
        method = getattr(client, snake(each.name))
        found = method(**typed(method, each.variables))
        trial.hold(each.name, isinstance(found, BaseModel), True)


def as_a_program(trial: Trial) -> None:
    """As a program is written: mypy knows the variables and the answer."""
    profile = trial.client("front-end").kecamatan_profile(code="63.01.01").kecamatan
    assert profile
    trial.hold("typed: a kecamatan by its code", profile.name, "Takisung")
    trial.hold(
        "typed: an hour is a time", {type(each.opens_at) for each in profile.service_hours.nodes} <= {time}, True
    )
    trial.hold("typed: a decimal loses nothing", profile.profiles.nodes[0].density, Decimal("90.44"))

    weak = trial.client("front-end").weakly_connected_villages(connectivity=[Connectivity.WEAK], first=2).villages
    assert weak
    trial.hold("typed: a page and where it ends", (len(weak.nodes), type(weak.page_info.end_cursor)), (2, str))

    old = trial.client("officer").elderly_without_card(born_until=date(1966, 11, 21)).citizens
    assert old
    trial.hold("typed: a day is sent", old.total_count >= 0, True)

    region = trial.client("dinas").region_codes(code="63.11").region
    assert region
    trial.hold("typed: a word of a vocabulary", region.level, RegionLevel.REGENCY)


def changes(trial: Trial) -> None:
    """A change: a key for the intention, sent again where no answer came; refusals are read from the payload."""
    officer = trial.client("officer")
    given = CreateCommitmentInput(
        idempotencyKey=str(uuid4()),
        type=CommitmentType.SERVICE_PLEDGE,
        title="Maklumat pelayanan (uji coba)",
        object="Pelayanan administrasi",
        plannedOn=date(2027, 1, 4),
    )
    made = officer.record_commitment(given).create_commitment
    again = officer.record_commitment(given).create_commitment
    assert made.commitment
    draft = (made.user_errors, made.replayed, made.commitment.version, made.commitment.planned_on)
    trial.hold("typed: a change is made", draft, ([], False, 1, given.planned_on))
    trial.hold("typed: sent again it is told, not made", (again.replayed, again.commitment), (True, made.commitment))

    taken = RegisterPartnerOrganizationInput(
        idempotencyKey=str(uuid4()), name=PARTNER, kind=PartnerKind.PKK, level=PartnerLevel.KECAMATAN
    )
    no = officer.register_partner(taken).register_partner_organization
    said = ([each.code for each in no.user_errors], no.partner_organization)
    trial.hold("typed: a refusal is an answer", said, (["ORGANIZATION_EXISTS"], None))


def refusals(trial: Trial) -> None:
    """What a program meets when the hub says no."""
    stranger = Client(url=trial.url, headers={"Authorization": "Bearer hub_pub_1_not-a-key"})
    try:
        stranger.published_commitments()
        said = 200
    except GraphQLClientHttpError as error:
        said = error.status_code
    trial.hold("refused: a bad key", said, 401)


def main(url: str, file: str) -> int:
    """The number of failures."""
    kept = json.loads(Path(file).read_text(encoding="utf-8"))
    trial = Trial(url, {each["audience"]: each["key"] for each in reversed(kept)})
    print(f"Python client, {url}")
    every_example(trial)
    as_a_program(trial)
    changes(trial)
    refusals(trial)
    return trial.failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) > 0)
