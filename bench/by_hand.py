"""The floor's statements: what a person who knows SQL would write, each one a select of one JSON text.

`$1` is the tenant (of EIGHT: the tenants); the statement is wrapped so that it sets the scope before it reads. The ids
are bare uuids and the cursors the cheapest that work.
"""

# ruff: noqa: S608  # composed of constants

_PERSON = """c.id, c.full_name as "fullName", c.sex, c.birth_date as "birthDate", c.occupation,
  c.marital_status as "maritalStatus", c.family_relation as "familyRelation\""""
_PLACE = "v.id, v.code, v.name, v.kind, v.connectivity"
_PROMISE = 'm.id, m.title, m.state, m.planned_on as "plannedOn"'
_PARTY = """p.id, p.position, p.role, (select row_to_json(w) from (select w.name from village w
  where w.tenant_id = p.tenant_id and w.id = p.village_id) w) as village"""
_REGION = "(select row_to_json(r) from (select r.name from region r where r.code = v.code) r) as region"
_LIVING = "c.tenant_id = $1 and c.village_id = v.id and c.ended_at is null"
_PROMISED = """from commitment m where m.tenant_id = v.tenant_id and m.id in (select o.commitment_id
  from commitment_party o where o.tenant_id = v.tenant_id and o.village_id = v.id) order by m.planned_on, m.id"""
_PARTIES = "from commitment_party p where p.tenant_id = $1 and p.commitment_id = m.id order by p.position, p.id"


def _nodes(rows: str, order: str) -> str:
    """The rows of a select `x` as `{nodes}`."""
    return f"json_build_object('nodes', (select coalesce(json_agg(x order by {order}), '[]') from ({rows}) x))"


def _all(rows: str) -> str:
    """The rows of an ordered select, as `{nodes}`."""
    return f"json_build_object('nodes', array_to_json(array(select row_to_json(x) from ({rows}) x)))"


def _edges(columns: str, rest: str, first: int, cursor: str) -> str:
    """A Relay connection: one row more than asked says whether there is a next page."""
    return f"""(select json_build_object(
      'pageInfo', json_build_object('hasNextPage', count(*) > {first},
        'endCursor', (array_agg(e.cursor order by e.place))[least(count(*), {first})]),
      'edges', coalesce(json_agg(json_build_object('cursor', e.cursor, 'node', e.node) order by e.place)
        filter (where e.place <= {first}), '[]'))
      from (select x.cursor, row_number() over () as place, x.node from (
        select encode(uuid_send({cursor}), 'base64') as cursor,
          (select row_to_json(n) from (select {columns}) n) as node
        {rest} limit {first} + 1) x) e)"""


def _answer(value: str) -> str:
    return f"select convert_to(({value})::text, 'UTF8')"


POINT = _answer(
    f"""select json_build_object('citizen', (select row_to_json(x) from (
      select {_PERSON}, c.base_status as "baseStatus" from citizen c
      where c.tenant_id = $1 and c.id = $2::text::uuid) x))"""
)
NESTED = _answer(
    "select json_build_object('villages', "
    + _all(
        f"""select {_PLACE}, {_REGION},
          {_all(f"select {_PERSON} from citizen c where {_LIVING} order by c.sort_key, c.id limit 25")} as citizens,
          {_all(f"select {_PROMISE}, {_all(f'select {_PARTY} {_PARTIES} limit 2')} as parties {_PROMISED} limit 5")}
            as commitments
          from village v where v.tenant_id = $1 order by v.code, v.id limit 20"""
    )
    + ")"
)
RELAY = _answer(
    "select json_build_object('villages', "
    + _edges(
        f"""{_PLACE}, {_REGION},
          {_edges(_PERSON, f"from citizen c where {_LIVING} order by c.sort_key, c.id", 25, "c.id")} as citizens,
          {_edges(f"{_PROMISE}, {_edges(_PARTY, _PARTIES, 2, 'p.id')} as parties", _PROMISED, 5, "m.id")}
            as commitments""",
        "from village v where v.tenant_id = $1 order by v.code, v.id",
        20,
        "v.id",
    )
    + ")"
)
LIST = _answer(
    "select json_build_object({})".format(
        ", ".join(
            f"'{name}', "
            + _all(
                f"select {_PERSON} from citizen c where c.tenant_id = $1 and c.ended_at is null "
                f"and c.village_id = ($2::text[])[{index}]::uuid order by c.sort_key, c.id limit 100"
            )
            for index, name in enumerate("abcde", start=1)
        )
    )
)
COUNT = _answer(
    """select json_build_object('citizens', json_build_object('countBy', (select json_agg(x) from (
      select c.occupation as key, count(*) from citizen c
      where c.tenant_id = $1 and c.ended_at is null group by 1) x)))"""
)
SEARCH = _answer(
    "select json_build_object('citizens', "
    + _all(
        """select c.id, c.full_name as "fullName", c.birth_date as "birthDate", (select row_to_json(w) from (
          select w.name from village w where w.tenant_id = $1 and w.id = c.village_id) w) as village
          from citizen c where c.tenant_id = $1 and c.ended_at is null and c.id = any (array(
            select k.citizen_id from unnest($2::text[], $3::text[], $4::int[]) a (low, high, bit)
            cross join lateral (select t.citizen_id from citizen_name_token t
              where t.tenant_id = $1 and t.token >= a.low and t.token <= a.high offset 0) k
            group by k.citizen_id having bit_or(a.bit) = $5))
          order by c.sort_key, c.id limit 20"""
    )
    + ")"
)
_MEMBERS = """select c.id, c.full_name as "fullName", c.sex, c.birth_date as "birthDate",
  c.family_relation as "familyRelation" from citizen c
  where c.tenant_id = $1 and c.household_id = f.id and c.ended_at is null order by c.id limit 6"""
_FAMILY = f"""select f.id, f.hamlet, f.rw, f.rt, (select row_to_json(c) from (
    select c.id, c.full_name as "fullName" from citizen c where c.tenant_id = $1 and c.id = f.head_id) c) as head,
  {_all(_MEMBERS)} as members from household f where f.tenant_id = $1 and f.id = h.household_id"""
_PERMITS = """select b.id, b.number, b.legal_name as "legalName", b.issued_on as "issuedOn" from building_permit b
  where b.tenant_id = $1 and b.house_id = h.id and b.ended_at is null order by b.issued_on, b.id limit 2"""
HOUSES = _answer(
    "select json_build_object('houses', "
    + _all(
        f"""select h.id, h.address, h.condition, h.has_clean_water as "hasCleanWater",
          h.has_sanitation as "hasSanitation", h.has_permit as "hasPermit", (select row_to_json(w) from (
            select w.name from village w where w.tenant_id = $1 and w.id = h.village_id) w) as village,
          (select row_to_json(x) from ({_FAMILY}) x) as household, {_all(_PERMITS)} as permits
          from house h where h.tenant_id = $1 and h.ended_at is null and h.condition = 'POOR' order by h.id limit 20"""
    )
    + ")"
)
EIGHT = _answer(
    f"""select json_build_object('villages', json_build_object(
      'pageInfo', json_build_object('hasNextPage', count(*) > 40,
        'endCursor', encode(uuid_send((array_agg(y.id order by y.place))[least(count(*), 40)]), 'base64')),
      'nodes', json_agg(y.node order by y.place) filter (where y.place <= 40)))
      from (select v.id, row_number() over () as place, (select row_to_json(n) from (select {_PLACE},
          {_all(f"select {_PROMISE} {_PROMISED} limit 3")} as commitments) n) as node
        from (select v.* from unnest($1::int[]) k (tenant) cross join lateral (
            select * from village where tenant_id = k.tenant order by name, id limit 41) v
          order by v.name, v.tenant_id, v.id limit 41) v) y"""
)
