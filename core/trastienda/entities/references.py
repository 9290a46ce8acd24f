"""Looking up the records that values refer to: one query a target, whatever the number of references."""
from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import peewee

from ..errors import Invalid
from ..isolation import blaming
from ..languages import gettext, within
from ..storage.models import Row
from ..storage.rows import primary, tuples
from .archiving import archived_among, refusal_of
from .compiled import Column, CompiledEntity
from .values import Reference

if TYPE_CHECKING:
    from ..work import Work

CHUNK = 500


class References:
    """What a work has looked up, by target: `(model, id or key) -> id`."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._found: dict[tuple[type[Row], int | str], int] = {}
        self._missing: set[tuple[type[Row], int | str]] = set()
        self._archived: dict[type[Row], set[int]] = {}

    def look_up(self, wanted: Iterable[tuple[type[Row], Reference]]) -> None:
        """Fetch what isn't known yet."""
        ids: dict[type[Row], set[int]] = {}
        keys: dict[type[Row], set[str]] = {}
        for model, reference in wanted:
            name = reference.id if reference.id is not None else reference.key
            if name is None or (model, name) in self._found or (model, name) in self._missing:
                continue
            if reference.id is not None:
                ids.setdefault(model, set()).add(reference.id)
            else:
                keys.setdefault(model, set()).add(str(name))
        for model, numbers in ids.items():
            self._fetch(model, primary(model), sorted(numbers))
        for model, texts in keys.items():
            entity = self.work.site.registry.by_model.get(model)
            if entity is not None and entity.key is not None:
                self._fetch(model, entity.key.field, sorted(texts))

    def _fetch(self, model: type[Row], column: peewee.Field[Any], names: Sequence[int | str]) -> None:
        for start in range(0, len(names), CHUNK):
            part = names[start:start + CHUNK]
            found = {(model, name): identity for identity, name in self._rows(model, column, part)}
            self._found.update(found)
            self._archived.setdefault(model, set()).update(archived_among(self.work, model, list(found.values())))
            self._missing.update((model, name) for name in part if (model, name) not in self._found)

    def _rows(self, model: type[Row], column: peewee.Field[Any], part: Sequence[int | str]) -> Iterable[Any]:
        """Id and name; ids are asked for alone, since with the company SQLite walks the company's whole index."""
        identity = primary(model)
        if column is not identity or "company" not in model._meta.fields:
            return tuples(self._within(model, self.work.select(model, identity, column).where(column.in_(part))))
        found = tuples(model.select(identity, model._meta.fields["company"]).where(identity.in_(part)))
        return [(each, each) for each, company in found if company == self.work.company.id]

    def _within(self, model: type[Row], query: Any) -> Any:
        """Of a shared entity, the rows that there are for the actor."""
        entity = self.work.site.registry.by_model.get(model)
        limit = self.work.site.permissions.within(self.work.actor, entity.guard) if entity is not None else None
        return query if limit is None else query.where(limit)

    def resolve(self, model: type[Row], reference: Reference, path: str) -> int:
        """The id; raises Invalid at `path` when there is no such record in this company."""
        name = reference.id if reference.id is not None else reference.key
        assert name is not None
        if (known := self._found.get((model, name))) is not None:
            return known
        if (model, name) not in self._missing:
            self.look_up([(model, reference)])
            if (known := self._found.get((model, name))) is not None:
                return known
        entity = self.work.site.registry.by_model.get(model)
        maker = entity.declared.on_missing if entity is not None else None
        if entity is not None and maker is not None and isinstance(name, str):
            try:
                with blaming(entity.plugin, f"on_missing of {entity.name}"):
                    made = maker(self.work, name)
            except Invalid as error:
                raise Invalid({path: [text for texts in error.errors.values() for text in texts]}) from error
            if made is not None:
                self.know(model, name, made.id)
                return int(made.id)
        label = within(entity.label if entity is not None else model.__name__)
        raise Invalid({path: [gettext("There is no %(label)s %(key)s.", label=label, key=name)]})

    def resolve_new(self, model: type[Row], reference: Reference, path: str, *, kept: Collection[Any] = ()) -> int:
        """As `resolve`, and raises Invalid for an archived record that is not among those `kept` already."""
        found = self.resolve(model, reference, path)
        if self.is_archived(model, found) and found not in kept:
            named = reference.key if reference.key is not None else reference.id
            raise Invalid({path: [refusal_of(self.work, model, named)]})
        return found

    def is_archived(self, model: type[Row], identity: int) -> bool:
        """Of a record that was looked up."""
        return identity in self._archived.get(model, ())

    def know(self, model: type[Row], name: str, identity: int) -> None:
        self._found[model, name] = identity
        self._missing.discard((model, name))

    def is_missing(self, model: type[Row], key: str) -> bool:
        """Whether the key was looked up and is not there."""
        return (model, key) in self._missing


def all_references(entity: CompiledEntity, values: dict[str, Any]) -> Iterator[tuple[type[Row], Reference]]:
    """Those of a record's shaped values, its extensions' and its lines' included."""
    for columns, part in own_parts(entity, values):
        yield from references_in(columns, part)
    for name, lines in entity.lines.items():
        for line in values.get(name) or ():
            yield from references_in(lines.columns, line)


def own_parts(entity: CompiledEntity,
              values: dict[str, Any]) -> Iterator[tuple[Mapping[str, Column], dict[str, Any]]]:
    """A record's shaped values and each extension's, with the columns that they are of."""
    yield entity.columns, values
    for plugin, part in (values.get("ext") or {}).items():
        if part:
            yield entity.extended[plugin], part


def references_in(columns: Mapping[str, Any], values: Mapping[str, Any]) -> Iterable[tuple[type[Row], Reference]]:
    for name, value in values.items():
        if type(value) is Reference:
            yield columns[name].target, value
