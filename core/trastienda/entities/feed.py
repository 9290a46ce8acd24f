"""The change feed: what happened to the records that a reader may read, in the order of the commits.

Its order is that of the audit's seals. A seal's number is taken under a lock that is held until the commit, so that
whoever sees a number sees all before it: a position that was read past holds nothing that could still turn up.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import BadQuery
from ..languages import gettext
from ..security.audit import SHARED
from ..storage.rows import primary, tuples
from .compiled import CompiledEntity

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site
    from ..storage.models import Company

MOST = 200
#: Rows that one request looks at, at most: a reader who may see little still gets his page soon.
SCANNED = 5000
LATEST = "latest"
_CURSOR = re.compile(r"(\d{1,18})\.(\d{1,18})-(\d{1,18})\.(\d{1,18})")
_ROWS = ("SELECT s.number, r.id, r.at, r.entity, r.record, r.key, r.action FROM core_audit_seal s "
         "JOIN core_audit_record r ON r.batch = s.batch AND r.chain = s.chain "
         "WHERE s.chain = ? AND s.number >= ? AND (s.number > ? OR r.id > ?) ORDER BY s.number, r.id LIMIT ?")
_END = ("SELECT s.number, MAX(r.id) FROM core_audit_seal s JOIN core_audit_record r ON r.batch = s.batch "
        "AND r.chain = s.chain WHERE s.chain = ? AND s.number = "
        "(SELECT MAX(number) FROM core_audit_seal WHERE chain = ?) GROUP BY s.number")


@dataclass(frozen=True)
class Position:
    """How far one chain was read: the last seal, and the last of its rows."""

    seal: int = 0
    row: int = 0


@dataclass(frozen=True)
class Cursor:
    """Positions in the company's own chain and in that of what all companies share."""

    own: Position = Position()
    shared: Position = Position()

    def __str__(self) -> str:
        return f"{self.own.seal}.{self.own.row}-{self.shared.seal}.{self.shared.row}"


@dataclass(frozen=True)
class Feed:
    """A page of changes; `next` goes on from here, now (`more`) or whenever there is more."""

    items: list[dict[str, Any]]
    next: Cursor
    more: bool


@dataclass(frozen=True)
class Happened:
    """One change of one record, as the audit has it."""

    at: str
    entity: str
    record: int
    key: str | None
    action: str


def read_cursor(site: Site, company: Company, text: str) -> Cursor:
    """Of `after`: empty or `0` is the beginning, `latest` the end as it is now; raises BadQuery."""
    if text in ("", "0"):
        return Cursor()
    if text == LATEST:
        return Cursor(_end(site, company.id), _end(site, SHARED))
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise BadQuery("after", gettext("not a position of this feed"))
    a, b, c, d = map(int, found.groups())
    return Cursor(Position(a, b), Position(c, d))


def read_feed(site: Site, actor: Actor, company: Company, *, after: Cursor, entities: Sequence[CompiledEntity],
              limit: int) -> Feed:
    """Changes after a position: those of the company's records first, then of the shared ones, each in their order.

    The caller holds a snapshot. Without `entities`, of all that the actor may read.
    """
    wanted = {entity.name: entity for entity in entities or site.registry.entities.values()
              if site.permissions.of(actor, entity.guard, "read")}
    items: list[dict[str, Any]] = []
    positions, budget, more = [], SCANNED, False
    for chain, position in ((company.id, after.own), (SHARED, after.shared)):
        while len(items) < limit and budget > 0:
            asked = min(max(2 * (limit - len(items)), 50), budget)
            rows = _rows(site, chain, position, asked)
            found = list(_visible(site, actor, company, wanted, [happened for _, happened in rows]))
            kept = found[:limit - len(items)]
            items += [item for _, item in kept]
            budget -= len(rows)
            if len(kept) < len(found):
                position, more = rows[kept[-1][0]][0], True
            elif rows:
                position = rows[-1][0]
            if len(rows) < asked:
                break
        else:
            more = more or bool(_rows(site, chain, position, 1))
        positions.append(position)
    return Feed(items, Cursor(*positions), more)


def visible_ids(site: Site, actor: Actor, company: Company, entity: CompiledEntity,
                ids: Iterable[int]) -> Mapping[int, int | None]:
    """Of these ids the ones whose changes the actor may know of, with the record's present version.

    One that is gone (None) is known to him who may read all records of the entity.
    """
    permission = site.permissions.of(actor, entity.guard, "read")
    if not permission:
        return {}
    wanted = sorted(set(ids))
    key, version = primary(entity.model), entity.model._meta.fields.get("version")
    query = entity.model.select(key, version if version is not None else key).where(key << wanted)
    if entity.scoped:
        query = query.where(entity.model._meta.fields["company"] == company.id)
    if permission.where is not None:
        return dict(tuples(query.where(permission.where)))
    return {**dict.fromkeys(wanted), **dict(tuples(query))}


def _visible(site: Site, actor: Actor, company: Company, wanted: Mapping[str, CompiledEntity],
             rows: Sequence[Happened]) -> Iterable[tuple[int, dict[str, Any]]]:
    """(place among the rows, what goes out) of those that the actor may know of."""
    ids: dict[str, set[int]] = {}
    for row in rows:
        if row.entity in wanted:
            ids.setdefault(row.entity, set()).add(row.record)
    versions = {name: visible_ids(site, actor, company, wanted[name], each) for name, each in ids.items()}
    for place, row in enumerate(rows):
        if row.record in versions.get(row.entity, ()):
            entity = wanted[row.entity]
            yield place, {"at": row.at, "entity": row.entity, "path": f"/api/v1/{entity.path}", "id": row.record,
                          "key": row.key if _may_see_key(site, actor, entity) else None, "action": row.action,
                          "version": versions[row.entity][row.record]}


def _may_see_key(site: Site, actor: Actor, entity: CompiledEntity) -> bool:
    return entity.key is not None and entity.key.name in site.permissions.visible(actor, entity)


def _rows(site: Site, chain: int, after: Position, limit: int) -> list[tuple[Position, Happened]]:
    sql = _ROWS.replace("?", site.database.placeholder)
    found: Any = site.database.execute_sql(sql, (chain, after.seal, after.seal, after.row, limit))
    return [(Position(seal, row), Happened(f"{str(at).replace(' ', 'T')}Z", entity, record, key, action))
            for seal, row, at, entity, record, key, action in found.fetchall()]


def _end(site: Site, chain: int) -> Position:
    found: Any = site.database.execute_sql(_END.replace("?", site.database.placeholder), (chain, chain))
    row = found.fetchone()
    return Position(*row) if row else Position()
