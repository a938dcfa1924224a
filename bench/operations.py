"""What is measured, and the same answers written by hand in SQL."""

from dataclasses import dataclass
from typing import Any

VILLAGES, CITIZENS = 12, 25


@dataclass(frozen=True, slots=True)
class Operation:
    """A query, its variables, and the statement that a person would have written for it.

    The statement's arguments: tenant, prefixes of the ids of Village and Citizen, head of the cursors, today,
    and the variables in their order.
    """

    name: str
    query: str
    variables: dict[str, Any]
    by_hand: str


_ID = "translate(encode(uuid_send({row}.id), 'base64'), E'+/=\\n', '-_')"
_CITIZEN_ID = "$3 || " + _ID.format(row="c")
_VILLAGE_ID = "$2 || " + _ID.format(row="v")

NESTED = Operation(
    "nested page",
    """query Register($n: Int!) { villages(first: 12, orderBy: CODE) { nodes { id code name region { name }
      citizens(first: $n) {
        nodes { id fullName sex birthDate ageGroup occupation maritalStatus familyRelation village { name } }
        pageInfo { hasNextPage endCursor } } } } }""",
    {"n": CITIZENS},
    f"""select convert_to(row_to_json(answer)::text, 'UTF8') from (select row_to_json(page) as villages from (select
      array(select row_to_json(v) from (
        select {_VILLAGE_ID} as id, v.code, v.name, (select row_to_json(r) from (
            select r.name from region r where r.code = v.code) r) as region,
          (select row_to_json(p) from (
            select g.nodes, (select row_to_json(i) from (select g.size > $6 as "hasNextPage",
                translate(encode($4 || uuid_send(g.ids[least(g.size, $6)])
                  || convert_to(g.keys[least(g.size, $6)], 'UTF8'), 'base64'), E'+/=\\n', '-_') as "endCursor"
              ) i) as "pageInfo"
            from (select count(*) as size, array_agg(id order by place) as ids,
              array_agg(sort_key order by place) as keys,
              coalesce(array_to_json(array_agg(item order by place) filter (where place <= $6)), '[]') as nodes
            from (select c.id, c.sort_key, row_number() over (order by c.sort_key, c.id) as place,
                (select row_to_json(x) from (select {_CITIZEN_ID} as id, c.full_name as "fullName", c.sex,
                   c.birth_date as "birthDate",
                   case when c.birth_date is null then null
                     when date_part('year', age($5::date, c.birth_date)) >= 75 then '75+'
                     else (floor(date_part('year', age($5::date, c.birth_date)) / 5) * 5)::int || '-'
                       || (floor(date_part('year', age($5::date, c.birth_date)) / 5) * 5)::int + 4 end as "ageGroup",
                   c.occupation, c.marital_status as "maritalStatus", c.family_relation as "familyRelation",
                   (select row_to_json(o) from (select v.name) o) as village) x) as item
              from citizen c where c.tenant_id = $1 and c.village_id = v.id and c.ended_at is null
              order by c.sort_key, c.id limit $6 + 1) c) g) p) as citizens
        from village v where v.tenant_id = $1 order by v.code, v.id limit 12) v) as nodes) page) answer""",  # noqa: S608  # constants of this file
)
POINT = Operation(
    "point read",
    "query Point($code: RegionCode!) { village(code: $code) { id name kind connectivity distanceKm version } }",
    {"code": "32.01.07.2005"},
    f"""select convert_to(row_to_json(answer)::text, 'UTF8') from (select (select row_to_json(v) from (
        select {_VILLAGE_ID} as id, v.name, v.kind, v.connectivity, v.distance_km::text as "distanceKm", v.version
        from village v where v.tenant_id = $1 and v.code = $6) v) as village
      where $3::text is not null and $4::bytea is not null and $5::date is not null) answer""",  # noqa: S608  # constants of this file
)
OPERATIONS = (POINT, NESTED)
