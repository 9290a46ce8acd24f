"""Made-up values for an entity's columns, from their kinds: what a round trip sends where its author says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any

from ..entities.compiled import Column, CompiledEntity
from ..entities.schemas import writable
from ..site import Site

Values = Mapping[str, Mapping[str, Any] | None]
PLAIN: Mapping[str, Any] = {
    "integer": 3,
    "bigint": 3,
    "boolean": True,
    "date": "2026-03-02",
    "datetime": "2026-03-02T10:00:00Z",
    "money": "12.5",
    "quantity": "2.25",
    "rate": "0.21",
    "json": {},
}


class Maker:
    """Payloads of a plugin's entities; a required reference gets a record of its target, made first.

    `values` maps an entity's name to what its author wants sent instead; None: its records are not made through
    doors. `record(entity)` is the id of one that is there, or is made for it.
    """

    def __init__(self, site: Site, values: Values, record: Callable[[CompiledEntity], int]) -> None:
        self.site = site
        self.values = values
        self.record = record
        self._numbers = count(1)

    def payload(self, entity: CompiledEntity, *, optional: bool = True) -> dict[str, Any]:
        """Of a new record; without `optional`, no more than what it cannot do without and the author's own."""
        given = dict(self.values.get(entity.name) or {})
        own = [each for each in writable(entity.columns.values()) if each.extension is None]
        made = self._fill(own, given, optional=optional)
        if optional and entity.extensions and "ext" not in given:
            made["ext"] = {
                plugin: self._fill([each for each in columns.values() if not each.readonly], {}, optional=True)
                for plugin, columns in entity.extended.items()
            }
        return {**made, **given}

    def _fill(self, columns: Iterable[Column], given: Mapping[str, Any], *, optional: bool) -> dict[str, Any]:
        made = {}
        for column in columns:
            wanted = column.required or (optional and column.kind != "ref")
            name = column.path[-1]
            if name not in given and wanted:
                made[name] = self._value(column)
        return made

    def _value(self, column: Column) -> Any:
        match column.kind:
            case "ref":
                assert column.target is not None
                return self.record(self.site.registry.by_model[column.target])
            case "choice":
                return column.options[0]
            case "text" | "longtext":
                number = str(next(self._numbers))
                return f"x{column.path[-1]}"[: (column.max_length or 100) - len(number)] + number
            case kind:
                return PLAIN[kind]
