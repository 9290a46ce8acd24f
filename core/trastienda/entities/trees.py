"""Entities that name a parent make a tree, and stay one: no record comes to stand below itself."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..languages import gettext
from ..storage.models import Row
from ..storage.rows import primary

if TYPE_CHECKING:
    from ..storage.database import Database
    from .changes import Change


def tree_faults(database: Database, change: Change,
                known: Mapping[tuple[type[Row], int], Change]) -> Iterator[tuple[str, str]]:
    """What moving a record below another would break; `known` are the records that this work changes.

    Who moves records of one kind takes turns until the transaction ends: two that move each below the other would
    both find nothing wrong.
    """
    entity, parent = change.entity, change.entity.declared.parent
    if parent is None or change.before is None or parent.name not in change.moved():
        return
    database.serialize(f"tree:{entity.table}")
    seen, above = {change.record.id}, change.record.__data__[parent.name]
    while above is not None:
        if above in seen:
            yield parent.name, gettext("A record cannot stand below itself")
            return
        seen.add(above)
        other = known.get((entity.model, above))
        if other is not None and (other.before is None or parent.name in other.moved()):
            above = other.record.__data__[parent.name]
        else:
            above = entity.model.select(parent).where(primary(entity.model) == above).tuples().scalar()
