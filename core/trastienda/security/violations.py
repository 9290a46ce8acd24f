"""What the database itself refused, in words and with the field's name."""
from __future__ import annotations

from typing import TYPE_CHECKING

import peewee

from ..errors import Invalid, Refusal, TrastiendaError
from ..languages import gettext

if TYPE_CHECKING:
    from ..site import Site


def explained(site: Site, error: peewee.DatabaseError) -> TrastiendaError:
    """The refusal that a broken constraint means."""
    found = site.database.violation(error)
    if found is None:
        return Refusal(gettext("The database refused the change"))
    names = _names(site, found.table, found.columns)
    match found.kind:
        case "unique":
            wanted = [name for name in names if name not in ("company", "id")] or ["id"]
            return Invalid({name: [gettext("There is one with this value already.")] for name in wanted})
        case "foreign":
            return Refusal(gettext("Something else still refers to it, or it refers to something that is gone"))
        case "required":
            return Invalid({name: [gettext("Missing data for required field.")] for name in names or [""]})
        case "locked":
            return Refusal(gettext("The record is in a state that admits no change"))
        case _:
            return Invalid({"": [gettext("A value is not admitted (%(table)s).", table=found.table)]})


def _extended(site: Site, table: str, column: str) -> str:
    """The path of an extension's column."""
    for entity in site.registry.entities.values():
        for extension in entity.extensions:
            meta = extension.model._meta
            if meta.table_name == table and (field := meta.columns.get(column)) is not None and field.name != "company":
                return f"ext.{extension.plugin}.{field.name}"
    return column.removesuffix("_id")


def _names(site: Site, table: str, columns: tuple[str, ...]) -> list[str]:
    """Field names of a table's columns."""
    models = {each._meta.table_name: each for each in (*site.registry.by_model, *site.registry.line_sets)}
    model = models.get(table)
    if model is None:
        return [_extended(site, table, column) for column in columns]
    return [field.name if (field := model._meta.columns.get(column)) is not None else column for column in columns]
