"""Records that are put aside instead of deleted: out of lists, look-ups and new references, still in the old ones."""
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import peewee

from ..languages import gettext, lazy_gettext, within
from ..storage.models import Row, SharedRecord
from ..storage.rows import tuples
from .declarations import Action, AnyField

if TYPE_CHECKING:
    from ..work import Work
    from .changes import Change

ARCHIVE, BRING_BACK = "archive", "bring-back"


def archive(work: Work, record: SharedRecord) -> None:
    """Put it aside; what names it already goes on doing so."""
    _put(work, record, active=False)


def bring_back(work: Work, record: SharedRecord) -> None:
    """It is offered again."""
    _put(work, record, active=True)


def _put(work: Work, record: SharedRecord, *, active: bool) -> None:
    column = work.site.registry.entity_of(record).archive
    assert column is not None
    setattr(record, column.name, active)


def actions_of(column: AnyField) -> tuple[Action[Any], ...]:
    """Whoever may change a record may put it aside."""
    return (Action(ARCHIVE, archive, label=lazy_gettext("Archive"), permission="update", confirm=True,
                   when={column: True}),
            Action(BRING_BACK, bring_back, label=lazy_gettext("Bring back"), permission="update",
                   when={column: False}))


def archive_faults(change: Change) -> Iterator[tuple[str, str]]:
    """A tree is put aside from its leaves and brought back from its root, so that no part of it hangs in the air."""
    entity = change.entity
    column, parent = entity.archive, entity.declared.parent
    if column is None or parent is None or change.before is None or column.name not in change.moved():
        return
    record, active = change.record, peewee.Expression(column.field, peewee.OP.EQ, True)
    if not record.__data__[column.name] and entity.model.select().where(parent == record.id, active).exists():
        yield column.name, gettext("There are records below it that are not archived")
    above = record.__data__[parent.name]
    if record.__data__[column.name] and above is not None:
        key = entity.model._meta.primary_key
        if not entity.model.select().where(key == above, active).exists():
            yield column.name, gettext("The record above it is archived")


def archived_among(work: Work, model: type[Row], ids: list[int]) -> set[int]:
    """Those of these records that are archived, as the transaction has them."""
    entity = work.site.registry.by_model.get(model)
    if entity is None or entity.archive is None or not ids:
        return set()
    key: Any = model._meta.primary_key
    return {each for (each,) in tuples(model.select(key).where(key.in_(ids), entity.archive.field.in_([False])))}


def refusal_of(work: Work, model: type[Row], name: object) -> str:
    """What is said of a new reference to an archived record."""
    entity = work.site.registry.by_model[model]
    return gettext("%(label)s %(key)s is archived.", label=within(entity.label), key=name)
