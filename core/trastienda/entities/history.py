"""What happened to a record: its audit rows, without the fields that the reader may not see."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from ..security.audit import AuditRecord
from . import read
from .compiled import CompiledEntity

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site
    from ..storage.models import Company


def history_of(site: Site, actor: Actor, company: Company, entity: CompiledEntity,
               identity: int) -> list[dict[str, Any]]:
    """Newest first; raises NotFound for a record that the actor may not read."""
    read.one(site, actor, company, entity, identity)
    visible = site.permissions.visible(actor, entity)
    rows = AuditRecord.select().where(AuditRecord.entity == entity.name, AuditRecord.record == identity)
    found = []
    for row in rows.order_by(AuditRecord.id.desc()):
        changes = {name: pair for name, pair in orjson.loads(row.changes).items()
                   if name in visible or name.partition(".")[0] in entity.lines or _beside(entity, name)}
        found.append({"id": row.id, "at": f"{row.at.isoformat()}Z", "actor": row.actor, "via": row.via,
                      "action": row.action, "changes": changes})
    return found


def _beside(entity: CompiledEntity, name: str) -> bool:
    """What plugins keep beside a record under a dotted name of its own (`comments.7`), for whoever reads the record."""
    return "." in name and name not in entity.columns and not name.startswith("ext.")
