"""What refers to a record: a record that something names is archived or kept, not deleted."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import peewee

from ..errors import Refusal
from ..languages import gettext
from ..storage.models import Child, Extra, Row
from ..storage.rows import tuples
from .compiled import CompiledEntity, LineSet, label_of

if TYPE_CHECKING:
    from ..storage.models import SharedRecord
    from ..work import Work

#: Ways in which a reference goes by itself when what it names is deleted.
YIELDING = ("CASCADE", "SET NULL")
EXAMPLES = 3


@dataclass(frozen=True)
class Referrer:
    """One column of one table that names the record; `keys` are a few of the records, as far as the actor sees them."""

    entity: str
    label: str
    field: str
    keys: tuple[str, ...]


class Referred(Refusal):
    """Something names the record."""

    title = "Something refers to it"

    def __init__(self, entity: CompiledEntity, record: SharedRecord, found: list[Referrer]) -> None:
        key = getattr(record, entity.key.name) if entity.key is not None else record.id
        by = "; ".join(f"{each.label} ({', '.join(each.keys)})" if each.keys else each.label for each in found)
        said = gettext("%(label)s %(record)s is referred to by %(by)s", label=gettext(entity.label), record=key, by=by)
        if entity.archive is not None and not entity.archive.readonly:
            said = gettext("%(refusal)s: archive it instead", refusal=said)
        super().__init__(said)
        self.extra = {**self.extra, "referred_by": [
            {"entity": each.entity, "field": each.field, "keys": list(each.keys)} for each in found]}


def refuse_referred(work: Work, entity: CompiledEntity, record: SharedRecord) -> None:
    """Raises Referred."""
    if found := list(referrers(work, entity, record)):
        raise Referred(entity, record, found)


def referrers(work: Work, entity: CompiledEntity, record: SharedRecord) -> Iterator[Referrer]:
    """What would keep the database from deleting the record, its own lines and what extends it aside."""
    own = {lines.model for lines in entity.lines.values()}
    for model in dict.fromkeys(model for models in work.site.registry.models.values() for model in models):
        for field in model._meta.sorted_fields:
            if not isinstance(field, peewee.ForeignKeyField) or field.rel_model is not entity.model:
                continue
            if model in own or issubclass(model, Extra) or (field.on_delete or "").upper() in YIELDING:
                continue
            rows = model.select().where(field == record.id)
            if model is entity.model:
                rows = rows.where(model._meta.primary_key != record.id)
            if rows.exists():
                yield _told(work, model, field, record)


def _told(work: Work, model: type[Row], field: peewee.ForeignKeyField, record: SharedRecord) -> Referrer:
    registry = work.site.registry
    found: tuple[CompiledEntity, LineSet] | None = registry.line_sets.get(model)
    root, lines = found if found is not None else (registry.by_model.get(model), None)
    if root is None:
        return Referrer("", gettext("records that are kept beside it"), "", ())
    name = f"{lines.name}.{field.name}" if lines is not None else field.name
    label = f"{gettext(root.plural)}, {gettext(label_of(field)).lower()}"
    return Referrer(root.name, label, name, tuple(_examples(work, root, model, field, record)))


def _examples(work: Work, root: CompiledEntity, model: type[Row], field: Any, record: SharedRecord) -> Iterator[str]:
    """The keys of the first few records, for whoever may see all of them."""
    permission = work.site.permissions.of(work.actor, root.guard, "read")
    if not permission or permission.where is not None or root.key is None:
        return
    key: Any = root.model._meta.primary_key
    link = key if not issubclass(model, Child) else next(
        lines.parent for lines in root.lines.values() if lines.model is model)
    named = model.select(link).where(field == record.id)
    query = work.select(root.model, root.key.field).where(key.in_(named)).order_by(key).limit(EXAMPLES + 1)
    keys = [str(each) if each is not None else "…" for (each,) in tuples(query)]
    yield from keys[:EXAMPLES]
    if len(keys) > EXAMPLES:
        yield "…"
