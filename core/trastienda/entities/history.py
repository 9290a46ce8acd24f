"""What happened to a record: its audit rows, without the fields that the reader may not see."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
from peewee import fn

from ..security.audit import AuditRecord
from ..storage.rows import fetch, tuples
from . import read
from .compiled import CompiledEntity
from .declarations import Transition

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site
    from ..storage.models import Company


def in_state_since(site: Site, entity: CompiledEntity, ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these records, which the caller has read, came into its state, by its last transition."""
    moves = ["create", *(action.name for action in entity.actions.values() if isinstance(action, Transition))]
    query = AuditRecord.select(AuditRecord.record, fn.MAX(AuditRecord.at)).where(
        AuditRecord.entity == entity.name, AuditRecord.record.in_(list(ids)), AuditRecord.action.in_(moves))
    found = tuples(query.group_by(AuditRecord.record)) if ids else ()
    return {record: as_utc(at) for record, at in found}


def lately_changed(actor: Actor, company: Company, *, among: int = 5000) -> list[tuple[str, int]]:
    """Entity and id of what the actor changed, the last first, each once; looked for among the latest audit rows."""
    newest = AuditRecord.select(fn.MAX(AuditRecord.id)).scalar() or 0
    query = AuditRecord.select(AuditRecord.entity, AuditRecord.record).where(
        AuditRecord.id > newest - among, AuditRecord.user == actor.user, AuditRecord.via == "web",
        AuditRecord.chain.in_([0, company.id]))
    return list(dict.fromkeys(tuples(query.order_by(AuditRecord.id.desc()).limit(200))))


def as_utc(at: datetime | str) -> datetime:
    """As the database hands it out: a maximum comes as text from SQLite."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def history_of(site: Site, actor: Actor, company: Company, entity: CompiledEntity,
               identity: int) -> list[dict[str, Any]]:
    """Newest first; raises NotFound for a record that the actor may not read."""
    read.one(site, actor, company, entity, identity)
    return history_of_read(site, actor, entity, identity)


def history_of_read(site: Site, actor: Actor, entity: CompiledEntity, identity: int) -> list[dict[str, Any]]:
    """The same, of a record that the caller has read on the actor's behalf."""
    visible = site.permissions.visible(actor, entity)
    rows = fetch(site.database, AuditRecord, '"entity" = ? AND "record" = ?', [entity.name, identity],
                 tail=' ORDER BY "id" DESC')
    found = []
    for row in rows:
        changes = {name: pair for name, pair in orjson.loads(row.changes).items()
                   if name in visible or name.partition(".")[0] in entity.lines or _beside(entity, name)}
        found.append({"id": row.id, "at": f"{row.at.isoformat()}Z", "actor": row.actor, "via": row.via,
                      "action": row.action, "changes": changes})
    return found


def _beside(entity: CompiledEntity, name: str) -> bool:
    """What plugins keep beside a record under a dotted name of its own (`comments.7`), for whoever reads the record."""
    return "." in name and name not in entity.columns and not name.startswith("ext.")
