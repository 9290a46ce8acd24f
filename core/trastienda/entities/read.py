"""The one read path of the doors: what a list, a record, an export or a screen shows, and to whom."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import peewee

from ..errors import BadQuery, NotFound
from ..isolation import PluginFailed
from ..languages import gettext, within
from ..storage.rows import primary, tuples
from .compiled import Column, CompiledEntity, LineSet
from .currencies import decimals_of
from .groups import FIRST_SELECTED, MAX_GROUPS, Group, added, group_of, select_groups, values_of
from .plans import Plan, Planner, Slot, reach_of, shape_of, slot, slots_of
from .query import EXPORT_PAGE, Query, parse_query, read_cursor, write_cursor

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site
    from ..storage.models import Company
    from ..work import Work

__all__ = ["Page", "counts", "list_page", "one", "one_by_key", "stream", "parse_query", "Query"]

LINES_CHUNK = 500


@dataclass(frozen=True)
class Page:
    """Records as they go out; `next` is the cursor of the following page.

    `groups` and `sums` are of all pages together, in the order of the list. Where the records are grouped by a column
    of what they refer to, `within` says of each in which group it is.
    """

    items: list[dict[str, Any]]
    next: str | None
    count: int | None = None
    groups: tuple[Group, ...] = ()
    sums: Group | None = None
    within: tuple[Any, ...] = ()


def list_page(site: Site, actor: Actor, company: Company, entity: CompiledEntity, query: Query, *,
              also: str = "") -> Page:
    """One page of the records that the actor may read, in one SELECT (one more for each kind of lines).

    `also` names something else that he must be allowed to do with each.
    """
    plan = _list_plan(site, actor, entity, query, also)
    decimals = decimals_of(company.currency)
    given = {**slots_of(query), "company": company.id}
    rows = _fetch(site, plan, given)
    more = len(rows) > query.limit
    rows = rows[:query.limit]
    encode = plan.encode
    items = [encode(row, decimals) for row in rows]
    if query.include and items:
        ids = [row[plan.id_at] for row in rows]
        for name in query.include:
            _add_lines(site, actor, company, entity, entity.lines[name], items, ids)
    after = write_cursor(rows[-1][plan.tail:], query.sort) if more and rows else None
    count = _count(site, actor, entity, query, given) if query.count else None
    groups, sums = _groups(site, actor, entity, query, given, decimals)
    inside: tuple[Any, ...] = ()
    if query.group is not None and query.group.path.hop is not None:
        inside = values_of(query.group, (row[plan.tail] for row in rows))  # a group is what is sorted by first
    return Page(items, after, count, groups, sums, inside)


def counts(site: Site, actor: Actor, company: Company, lists: Sequence[tuple[CompiledEntity, Query]]) -> list[int]:
    """How many records each list has, up to one more than its limit, with one query for all of them."""
    if not lists:
        return []
    texts, values = [], []
    for entity, query in lists:
        plan = _list_plan(site, actor, entity, query, "")
        texts.append(f"(SELECT COUNT(*) FROM ({plan.sql}) AS counted)")
        values += plan.values({**slots_of(query), "company": company.id})
    return list(site.database.execute_sql(f"SELECT {', '.join(texts)}", values).fetchone())


def one(site: Site, actor: Actor, company: Company, entity: CompiledEntity, identity: int) -> dict[str, Any]:
    """A record with its lines; raises NotFound for what isn't there or isn't the actor's to see."""
    plan = _one_plan(site, actor, entity)
    rows = _fetch(site, plan, {"company": company.id, "id": identity})
    if not rows:
        raise NotFound(gettext("No %(label)s %(key)s", label=within(entity.label), key=identity))
    item = plan.encode(rows[0], decimals_of(company.currency))
    for lines in entity.lines.values():
        _add_lines(site, actor, company, entity, lines, [item], [identity])
    return item


def require_one(work: Work, entity: CompiledEntity, identity: int, *, verb: str, hold: bool = False) -> str | None:
    """Raises Forbidden, or NotFound for a record that isn't there or isn't the actor's to `verb`; answers its key.

    With `hold`, inside a write, nobody else changes it until the transaction ends.
    """
    permission = work.site.permissions.require(work.actor, entity.guard, verb)
    if hold:
        work.site.database.lock_rows(entity.model, [identity], exclusive=False)
    number = primary(entity.model)
    query = work.select(entity.model, entity.key.field if entity.key is not None else number).where(number == identity)
    if permission.where is not None:
        query = query.where(permission.where)
    found = next(tuples(query), None)
    if found is None:
        raise NotFound(gettext("No %(label)s %(key)s", label=within(entity.label), key=identity))
    return str(found[0]) if entity.key is not None and found[0] is not None else None


def one_by_key(site: Site, actor: Actor, company: Company, entity: CompiledEntity, key: str) -> dict[str, Any]:
    """As `one`, by the natural key."""
    if entity.key is None:
        raise BadQuery("key", gettext("%(records)s have no natural key", records=gettext(entity.plural)))
    query = parse_query(site, actor, entity, [(entity.key.name, key), ("fields", "id"), ("limit", "1")])
    query = replace(query, archived="all")
    found = list_page(site, actor, company, entity, query).items
    if not found:
        raise NotFound(gettext("No %(label)s %(key)s", label=within(entity.label), key=key))
    return one(site, actor, company, entity, found[0]["id"])


def stream(site: Site, actor: Actor, company: Company, entity: CompiledEntity,
           query: Query, *, also: str = "") -> Iterator[dict[str, Any]]:
    """All records of a list, page by page; the caller opens a snapshot around it. `also` is as in `list_page`.

    What the list does not offer is refused at once, before the first record is asked for.
    """
    query = replace(query, limit=EXPORT_PAGE, count=False, group=None, totals=())
    _list_plan(site, actor, entity, query, also)
    return _pages(site, actor, company, entity, query, also)


def _pages(site: Site, actor: Actor, company: Company, entity: CompiledEntity, query: Query,
           also: str) -> Iterator[dict[str, Any]]:
    while True:
        page = list_page(site, actor, company, entity, query, also=also)
        yield from page.items
        if page.next is None:
            return
        query = replace(query, cursor=read_cursor(page.next, query.sort))


# -- plans
def _memory(site: Site, actor: Actor, *what: Any) -> tuple[Any, ...]:
    return (actor.standing, *what)


def _list_plan(site: Site, actor: Actor, entity: CompiledEntity, query: Query, also: str) -> Plan:
    key = _memory(site, actor, "list", entity.name, shape_of(query), also)
    if (known := site.plans.get(key)) is not None:
        return known
    planner = Planner(site, actor, entity)
    planner.restrict()
    if also:
        planner.restrict(also)
    encode = planner.select(_shown(site, actor, entity, query.fields), expand=query.expand)
    id_at = planner.add(entity.model._meta.primary_key)
    if query.q and not entity.searchable:
        raise BadQuery("q", gettext("%(records)s have no text to search", records=gettext(entity.plural)))
    planner.filters(query)
    order, tail = planner.order(query.sort, query.cursor)
    sql, parameters = planner.compile(order=order, limit=True)
    plan = Plan(sql, parameters, encode, tail, id_at, planner.computed)
    if planner.reusable:
        site.plans.put(key, plan)
    return plan


def _one_plan(site: Site, actor: Actor, entity: CompiledEntity) -> Plan:
    key = _memory(site, actor, "one", entity.name)
    if (known := site.plans.get(key)) is not None:
        return known
    planner = Planner(site, actor, entity)
    planner.restrict()
    encode = planner.select(_shown(site, actor, entity, None), expand=True)
    planner.where(entity.model._meta.primary_key == slot("id"))
    plan = Plan(*planner.compile(), encode, 0, 0, planner.computed)
    if planner.reusable:
        site.plans.put(key, plan)
    return plan


def _shown(site: Site, actor: Actor, entity: CompiledEntity, names: Sequence[str] | None) -> dict[str, Column]:
    """The columns to put out; the version goes with a whole record."""
    columns = dict(site.permissions.visible(actor, entity))
    if entity.version is not None:
        columns["version"] = entity.version
    return columns if names is None else {name: columns[name] for name in names if name in columns}


def _count(site: Site, actor: Actor, entity: CompiledEntity, query: Query, given: Mapping[str, Any]) -> int:
    planner = Planner(site, actor, entity)
    planner.restrict()
    planner.add(peewee.fn.COUNT(peewee.SQL("*")))
    planner.filters(query)
    sql, parameters = planner.compile()
    values = [given[each.name] if isinstance(each, Slot) else each for each in parameters]
    return int(site.database.execute_sql(sql, values).fetchone()[0])


def _groups(site: Site, actor: Actor, entity: CompiledEntity, query: Query, given: Mapping[str, Any],
            decimals: int) -> tuple[tuple[Group, ...], Group | None]:
    """What is asked for of groups and sums, in one more query."""
    if query.group is None and not query.totals:
        return (), None
    plan = _groups_plan(site, actor, entity, query)
    rows = _fetch(site, plan, {**given, "limit": MAX_GROUPS + 1})
    if len(rows) > MAX_GROUPS:
        raise BadQuery("group", gettext("there are more than %(most)s groups: narrow the list", most=MAX_GROUPS))
    sums = added(rows, query.totals, decimals)
    if query.group is None:
        return (), sums
    return tuple(group_of(row, plan.encode, query.totals, decimals) for row in rows), sums


def _groups_plan(site: Site, actor: Actor, entity: CompiledEntity, query: Query) -> Plan:
    group = query.group
    descending = bool(query.sort) and query.sort[0][1]
    key = _memory(site, actor, "groups", entity.name, reach_of(query), group and (group.text, descending),
                  tuple(column.name for column in query.totals))
    if (known := site.plans.get(key)) is not None:
        return known
    planner = Planner(site, actor, entity)
    planner.restrict()
    encode, by = select_groups(planner, group, query.totals)
    planner.filters(query)
    first = by[min(1, len(by) - 1)] if by else None
    order: list[Any] = []
    if first is FIRST_SELECTED:
        order = [peewee.SQL("1 DESC NULLS LAST" if descending else "1 ASC NULLS LAST")]
    elif first is not None:
        order = [first.is_null().asc(), first.desc() if descending else first.asc()]
        if first is not by[0]:
            order.append(by[0].asc())  # records without a key, one after the other
    plan = Plan(*planner.compile(by=by, order=order, limit=True), encode, 0, 0, planner.computed)
    if planner.reusable:
        site.plans.put(key, plan)
    return plan


def _add_lines(site: Site, actor: Actor, company: Company, entity: CompiledEntity, lines: LineSet,
               items: Iterable[dict[str, Any]], ids: Sequence[int]) -> None:
    """Give each item its lines, in the order of their ids."""
    by_parent: dict[int, list[dict[str, Any]]] = {identity: [] for identity in ids}
    decimals = decimals_of(company.currency)
    for start in range(0, len(ids), LINES_CHUNK):
        part = ids[start:start + LINES_CHUNK]
        plan = _lines_plan(site, actor, entity, lines, len(part))
        for row in _fetch(site, plan, {f"p{i}": identity for i, identity in enumerate(part)}):
            by_parent[row[plan.id_at]].append(plan.encode(row, decimals))
    for item, identity in zip(items, ids, strict=True):
        item[lines.name] = by_parent[identity]


def _lines_plan(site: Site, actor: Actor, entity: CompiledEntity, lines: LineSet, count: int) -> Plan:
    key = _memory(site, actor, "lines", entity.name, lines.name, count)
    if (known := site.plans.get(key)) is not None:
        return known
    planner = Planner(site, actor, entity, model=lines.model)
    encode = planner.select(lines.columns, expand=True)
    parent = planner.add(lines.parent)
    planner.where(peewee.Expression(lines.parent, peewee.OP.IN,
                                    peewee.EnclosedNodeList([slot(f"p{i}") for i in range(count)])))
    plan = Plan(*planner.compile(order=[lines.model.id]), encode, 0, parent)
    site.plans.put(key, plan)
    return plan


def _fetch(site: Site, plan: Plan, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    try:
        cursor: Any = site.database.execute_sql(plan.sql, plan.values(given))
        return list(cursor.fetchall())
    except peewee.DataError as error:
        if plan.computed:  # a query's values were checked: it is the plugin's SQL that the data does not suit
            plugin = plan.computed[0][0]
            names = ", ".join(name for owner, name in plan.computed if owner == plugin)
            raise PluginFailed(plugin=plugin, what=f"computed columns {names}") from error
        raise BadQuery("query", gettext("a value does not fit its field")) from error


class Plans:
    """Compiled plans, the least recently made dropped first."""

    def __init__(self, most: int = 2000) -> None:
        self._plans: dict[tuple[Any, ...], Plan] = {}
        self.most = most

    def get(self, key: tuple[Any, ...]) -> Plan | None:
        return self._plans.get(key)

    def put(self, key: tuple[Any, ...], plan: Plan) -> None:
        if len(self._plans) >= self.most:
            self._plans.pop(next(iter(self._plans)), None)
        self._plans[key] = plan
