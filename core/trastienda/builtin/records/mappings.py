"""Which column each header of somebody's files means, kept under a name for the next file."""

from __future__ import annotations

import peewee

from ...entities.headers import SKIPPED, map_headers
from ...errors import BadQuery, Invalid, TrastiendaError
from ...languages import gettext
from ...security.actor import Actor
from ...storage.models import Child, Record, User
from ...work import Work


class ImportMapping(Record):
    owner = peewee.ForeignKeyField(User, null=True, on_delete="SET NULL", verbose_name="Owner")
    entity = peewee.CharField(80, verbose_name="Of", help_text="The entity's name, such as contacts.party")
    name = peewee.CharField(80, verbose_name="Name")

    class Meta:
        table_name = "records_import_mapping"
        indexes = ((("company", "entity", "name"), True),)


class MappedColumn(Child):
    mapping = peewee.ForeignKeyField(ImportMapping, on_delete="CASCADE")
    header = peewee.CharField(200, verbose_name="Header", help_text="As the file has it")
    column = peewee.CharField(120, verbose_name="Column", help_text="Its name or its label here; - leaves it out")

    class Meta:
        table_name = "records_mapped_column"


def own_mappings(actor: Actor) -> peewee.Node:
    found: peewee.Node = ImportMapping.owner == actor.user
    return found


def own_and_check_mapping(work: Work, mapping: ImportMapping) -> None:
    mapping.__data__["owner"] = work.actor.user
    check_mapping(work, mapping)
    work.flush()


def check_mapping(work: Work, mapping: ImportMapping) -> None:
    """Raises Invalid for a column that the entity does not have."""
    entity = work.site.registry.entities.get(mapping.entity)
    if entity is None or not work.site.permissions.of(work.actor, entity.guard, "create"):
        raise Invalid({"entity": [gettext("There is no such list for you.")]})
    lines = mapping.lines_of(MappedColumn)
    for index, line in enumerate(lines):
        if any(line.header == other.header for other in lines[:index]):
            raise Invalid({f"columns.{index}.header": [gettext("Each header once.")]})
        try:
            map_headers(entity, [line.column], {})
        except TrastiendaError as error:
            raise Invalid({f"columns.{index}.column": [str(error).partition(": ")[2] or str(error)]}) from error


def mapping_named(work: Work, entity: str, name: str) -> dict[str, str]:
    """Header to column; raises BadQuery for a name that there is not."""
    found = work.select(ImportMapping).where(ImportMapping.entity == entity, ImportMapping.name == name).first()
    if found is None:
        raise BadQuery("mapping", gettext("there is no mapping %(name)r here", name=name))
    return {line.header: line.column or SKIPPED for line in found.lines_of(MappedColumn)}


def mappings_of(work: Work, entity: str) -> list[str]:
    """Their names."""
    query = work.select(ImportMapping, ImportMapping.name).where(ImportMapping.entity == entity)
    return [each.name for each in query.order_by(ImportMapping.name)]
