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
_TODAY = "(now() at time zone 'Asia/Makassar')::date"
_OPEN = "('RECEIVED', 'TRIAGED', 'ASSIGNED', 'IN_PROGRESS', 'ESCALATED', 'REOPENED')"
_NAME = "(select row_to_json(w) from (select w.name from village w where w.tenant_id = $1 and w.id = {}) w)"
_RAISER = f"""select r.id, {_NAME.format("r.village_id")} as village from feedback_raiser r
  where r.tenant_id = $1 and r.id = f.id"""
_ABOUT = """select w.id, w.name from feedback_village a
  join village w on w.tenant_id = a.tenant_id and w.id = a.village_id
  where a.tenant_id = $1 and a.feedback_id = f.id order by w.name, w.id limit 3"""
_HANDED = f"""select d.id, d.state, d.section, d.sent_on as "sentOn", d.due_on as "dueOn",
  {_NAME.format("d.village_id")} as village from feedback_disposition d
  where d.tenant_id = $1 and d.feedback_id = f.id order by d.id limit 3"""
_ANSWERS = """select a.id, a.number, a.text, a.answered_on as "answeredOn" from feedback_answer a
  where a.tenant_id = $1 and a.feedback_id = f.id order by a.number limit 3"""
FEEDBACK = _answer(
    "select json_build_object('feedbacks', "
    + _all(
        f"""select f.id, f.kind, f.state, f.subject, f.severity, f.received_on as "receivedOn", f.due_on as "dueOn",
          f.state in {_OPEN} and f.due_on < {_TODAY} as overdue,
          (select row_to_json(x) from ({_RAISER}) x) as raiser, {_all(_ABOUT)} as villages,
          {_all(_HANDED)} as dispositions, {_all(_ANSWERS)} as answers
          from feedback f where f.tenant_id = $1 order by f.received_on, f.id limit 25"""
    )
    + ")"
)
_TAKES_PART = """select s.id, s.name, (select row_to_json(w) from (select 'Village' as "__typename", w.id, w.name
    from village w where w.tenant_id = $1 and w.id = s.village_id) w) as stakeholder
  from plan_item_stakeholder s where s.tenant_id = $1 and s.item_id = i.id order by s.id limit 5"""
_FULFILS = f"""select l.id, l.relation, (select row_to_json(m) from (select 'Commitment' as "__typename", {_PROMISE}
    from commitment m where m.tenant_id = $1 and m.id = l.to_commitment_id) m) as target
  from link l where l.tenant_id = $1 and l.item_id = i.id and l.ended_at is null order by l.id limit 5"""
_ITEMS = f"""select i.id, i.position, i.activity, i.starts_on as "startsOn", i.ends_on as "endsOn", i.output,
  i.progress_percent as "progressPercent", case when i.state = 'ACHIEVED' and i.actual > i.target then 'OVER_ACHIEVED'
    when i.state in ('PLANNED', 'IN_PROGRESS') and i.ends_on < {_TODAY} then 'DELAYED' else i.state end as status,
  i.state in ('PLANNED', 'IN_PROGRESS', 'BLOCKED') and i.ends_on < {_TODAY} as overdue,
  {_all(_TAKES_PART)} as stakeholders, {_all(_FULFILS)} as "fulfilledBy"
  from action_plan_item i where i.tenant_id = $1 and i.plan_id = p.id order by i.position limit 20"""
PLAN = _answer(
    f"""select json_build_object('actionPlan', (select row_to_json(x) from (
      select p.id, p.title, p.year, p.state, {_all(_ITEMS)} as items from action_plan p
      where p.tenant_id = $1 and p.id = $2::text::uuid) x))"""
)
# Each survey's answers are added up once, all elements together.
_TOTALS = f"""select count(*) as n, array[{", ".join(f"sum(a.scores[{place}])" for place in range(1, 10))}] as totals,
  sum({" + ".join(f"a.scores[{place}]" for place in range(1, 10))})::numeric as whole
  from survey_response a where a.tenant_id = $1 and a.survey_id = s.id"""
_ELEMENTS = """select e.id, e.position, e.element, round(t.totals[e.position]::numeric / t.n, 2)::text as mean
  from survey_element e where e.tenant_id = $1 and e.survey_id = s.id order by e.position limit 9"""
SURVEY = _answer(
    "select json_build_object('surveys', "
    + _all(
        f"""select s.id, s.title, s.from_on as "fromOn", s.until_on as "untilOn", s.state, t.n as respondents,
          q.index::text as "satisfactionIndex", case when q.index >= 88.31 then 'A' when q.index >= 76.61 then 'B'
            when q.index >= 65 then 'C' else 'D' end as grade, {_all(_ELEMENTS)} as elements
          from (select * from survey where tenant_id = $1 order by from_on, id limit 5) s
          cross join lateral ({_TOTALS}) t cross join lateral (select round(25 * t.whole / (9 * t.n), 2) as index) q
          order by s.from_on, s.id"""
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
