"""The tables that hold the values of custom fields: one an entity, a column a field, served as an extension's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING, Any

import peewee
from marshmallow import ValidationError

from ...entities.compiled import CompiledEntity, column_of
from ...entities.declarations import Extension
from ...entities.values import input_field
from ...languages import WordedText
from ...languages import lazy_gettext as _
from ...storage import ddl
from ...storage.database import open_database, using
from ...storage.fields import ChoiceField, MoneyField, QuantityField
from ...storage.model_shapes import shape_of
from ...storage.models import Extra
from ...storage.rows import tuples
from .custom_fields import LONGEST_OPTION, LONGEST_TEXT, CustomField, CustomFieldWording

if TYPE_CHECKING:
    from ...work import Work


# -- which there are
def definitions() -> list[CustomField]:
    """All of them in the order of their making, with what they are called."""
    wordings: dict[int, list[CustomFieldWording]] = {}
    for wording in CustomFieldWording.select().order_by(CustomFieldWording.id):
        wordings.setdefault(wording.__data__["field"], []).append(wording)
    found = list(CustomField.select().order_by(CustomField.id))
    for field in found:
        field.load_lines(CustomFieldWording, wordings.get(field.id, []))
    return found


def of_entity(work: Work, field: CustomField, *, without: bool) -> list[CustomField]:
    """Those of the field's entity, `without` itself; nobody else adds or drops one until the transaction ends."""
    work.site.database.serialize("trastienda custom fields")
    return [each for each in definitions() if each.entity == field.entity and not (without and each.id == field.id)]


def version(database: Any) -> object:
    """Another with every definition, change and removal of one; None while there is no table yet."""
    try:
        cursor = database.cursor()
        cursor.execute('SELECT COUNT(*), COALESCE(SUM("version"), 0), MAX("id") FROM "records_custom_field"')
        return tuple(cursor.fetchone())
    except Exception:  # of either driver: the migrations are not run yet
        return None


def extensions(entities: Mapping[str, CompiledEntity]) -> Sequence[Extension[Any]]:
    """An extension for each entity that has active fields."""
    made: list[Extension[Any]] = []
    by_entity = sorted(definitions(), key=lambda field: field.entity)
    for name, group in groupby(by_entity, key=lambda field: field.entity):
        fields = [field for field in group if field.active and (not field.target or field.target in entities)]
        if name in entities and fields:
            model = model_of(entities[name], fields, entities)

            def those(wanted: str, model: Any = model, fields: Sequence[CustomField] = fields) -> list[Any]:
                return [model._meta.fields[each.name] for each in fields if getattr(each, wanted)]

            made.append(Extension(name, model, columns=those("name"), required=those("required"),
                                  search=those("searched"), label=_("Custom fields"),
                                  always=any(each.required or each.default for each in fields)))  # fmt: skip
    return made


# -- as tables
def model_of(entity: CompiledEntity, fields: Sequence[CustomField], entities: Mapping[str, CompiledEntity], *,
             bare: bool = False) -> type[Extra]:  # fmt: skip
    """The table of an entity's own fields; `bare` as the database has it, without choices and defaults.

    Its company is there for the sake of what is unique in each.
    """
    scope = ("company",) if entity.scoped else ()

    class Meta:
        table_name = f"custom_{entity.table}"
        indexes = tuple(((*scope, field.name), True) for field in fields if field.unique)

    members: dict[str, Any] = {
        "record": peewee.ForeignKeyField(entity.model, primary_key=True, on_delete="CASCADE", backref="+"),
        "company": peewee.BigIntegerField(null=True),
        "Meta": Meta, "__module__": __name__,
    }  # fmt: skip
    for field in fields:
        if field.kind != "reference":
            members[field.name] = plain_column(field, bare=bare)
        elif field.target in entities:
            members[field.name] = peewee.ForeignKeyField(entities[field.target].model, backref="+", **_said(field))
    made: type[Extra] = type(f"Custom{entity.model.__name__}", (Extra,), members)
    return made


def _said(field: CustomField) -> dict[str, Any]:
    wordings = field.lines_of(CustomFieldWording)
    label = WordedText(field.label, {each.language: each.label for each in wordings})
    helps = {each.language: each.help for each in wordings if each.help}
    help_text = WordedText(field.help or next(iter(helps.values()), ""), helps)
    return {"null": True, "verbose_name": label, "help_text": help_text or None}


def plain_column(field: CustomField, *, bare: bool = False) -> peewee.Field[Any]:
    """The column of a field that is no reference."""
    said = _said(field)
    match field.kind:
        case "text":
            made: peewee.Field[Any] = peewee.CharField(LONGEST_TEXT, **said)
        case "longtext":
            made = peewee.TextField(**said)
        case "integer":
            made = peewee.BigIntegerField(**said)
        case "number":
            made = QuantityField(**said)
        case "money":
            made = MoneyField(**said)
        case "date":
            made = peewee.DateField(**said)
        case "boolean":
            made = peewee.BooleanField(**said)
        case _ if bare:
            made = peewee.CharField(LONGEST_OPTION, **said)
        case _:
            made = ChoiceField(*field.choices, max_length=LONGEST_OPTION, **said)
    if field.default and not bare:
        made.name = field.name
        with suppress(ValidationError):
            made.default = input_field(column_of(made)).deserialize(field.default)
    return made


def reshape(work: Work, entity: CompiledEntity, before: Sequence[CustomField], after: Sequence[CustomField]) -> None:
    """From the table that these definitions have to the one that those have, none for no definitions."""
    owner = work.site.settings.database_owner
    database = open_database(owner) if owner else work.site.database
    with using(database):
        for statement in _statements(work, entity, before, after, database.dialect):
            ddl.execute(database, statement)


def _statements(work: Work, entity: CompiledEntity, before: Sequence[CustomField], after: Sequence[CustomField],
                dialect: ddl.Dialect) -> Iterator[str]:  # fmt: skip
    entities = work.site.registry.entities
    old, new = (shape_of(model_of(entity, each, entities, bare=True)) for each in (before, after))
    if not after:
        yield ddl.drop_table(old.name)
    elif not before:
        yield from ddl.create_table(dialect, new)
    elif old != new:
        yield from ddl.alter_table(dialect, old, new, {})


# -- what stands in them
class Values:
    """The values of one field, whether it is shown or put away."""

    def __init__(self, work: Work, entity: CompiledEntity, field: CustomField) -> None:
        self.model: Any = model_of(entity, [field], work.site.registry.entities, bare=True)
        self.column = self.model._meta.fields[field.name]

    def count(self) -> int:
        """How many records have one, in all companies."""
        return int(self.model.select().where(self.column.is_null(False)).count())

    def those_of(self, values: Collection[str]) -> list[str]:
        """Which of these some record has."""
        query = self.model.select(self.column).where(self.column.in_(sorted(values))).distinct()
        return sorted(str(value) for (value,) in tuples(query))

    def first_that_is_there_twice(self) -> str:
        """Of one company; empty for none."""
        query = (self.model.select(self.column).where(self.column.is_null(False))
                 .group_by(self.model.company, self.column)
                 .having(peewee.fn.COUNT(peewee.SQL("*")) > 1).limit(1))  # fmt: skip
        return next((str(value) for (value,) in tuples(query)), "")


def forget(work: Work, entity: CompiledEntity, identity: int) -> None:
    """Take a record's row away, of fields that no door shows."""
    fields = [each for each in definitions() if each.entity == entity.name]
    if fields:
        model: Any = model_of(entity, fields, work.site.registry.entities, bare=True)
        work.execute(model.delete().where(model.record == identity))
