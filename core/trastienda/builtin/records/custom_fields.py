"""Fields that an administrator adds to any entity: columns of a table of their own, served as an extension's are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import peewee

from ...entities.compiled import CompiledEntity
from ...entities.declarations import Extension, Fault
from ...errors import Invalid, Refusal
from ...languages import gettext
from ...languages import lazy_gettext as _
from ...storage import ddl
from ...storage.database import open_database, using
from ...storage.fields import ChoiceField, MoneyField, QuantityField
from ...storage.model_shapes import shape_of
from ...storage.models import Extra, SharedRecord
from ...work import Work

MOST = 60
MOST_OPTIONS = 100
LONGEST_OPTION = 100
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TAKEN = frozenset({"id", "record", "company", "version", "search_text"})
FIXED = ("entity", "name", "kind", "target")


class CustomField(SharedRecord):
    entity = peewee.CharField(80, verbose_name="Of", help_text="The entity's name, such as contacts.party")
    name = peewee.CharField(40, verbose_name="Name", help_text="Small letters, digits and _; it cannot change later")
    label = peewee.CharField(80, verbose_name="Label")
    kind = ChoiceField("text", "longtext", "integer", "number", "money", "date", "boolean", "choice", "reference",
                       verbose_name="Kind")  # fmt: skip
    options = peewee.TextField(default="", verbose_name="Options", help_text="Of a choice, one a line")
    target = peewee.CharField(80, default="", verbose_name="Refers to", help_text="The entity that a reference names")
    help = peewee.CharField(200, default="", verbose_name="Help")
    active = peewee.BooleanField(default=True, verbose_name="Active", help_text="Without it, kept but not shown")

    class Meta:
        table_name = "records_custom_field"
        indexes = ((("entity", "name"), True),)

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.options.splitlines() if line.strip())


def is_sound(field: CustomField) -> Iterator[Fault]:
    """What can be said of a definition by itself."""
    if not _NAME.fullmatch(field.name) or field.name in _TAKEN or "__" in field.name or field.name.endswith("_id"):
        yield Fault(CustomField.name, gettext("Small letters, digits and single _, not one of the system's names."))
    choices = field.choices
    if (field.kind == "choice") != bool(choices):
        yield Fault(CustomField.options, gettext("A choice, and nothing else, has options."))
    if len(choices) > MOST_OPTIONS or len(set(choices)) < len(choices):
        yield Fault(CustomField.options, gettext("At most %(most)s options, each once.", most=MOST_OPTIONS))
    if any(len(each) > LONGEST_OPTION or "," in each for each in choices):
        yield Fault(CustomField.options, gettext("At most %(most)s characters each, no commas.", most=LONGEST_OPTION))
    if (field.kind == "reference") != bool(field.target):
        yield Fault(CustomField.target, gettext("A reference, and nothing else, names what it refers to."))


def add_column(work: Work, field: CustomField) -> None:
    """With the definition, the column: in one transaction, or as the database's owner just before."""
    entities = work.site.registry.entities
    entity = entities.get(field.entity)
    if entity is None or entity.version is None or not entity.declared.writable:
        raise Invalid({"entity": [gettext("There is no such entity to be extended.")]})
    if field.target and (field.target not in entities or entities[field.target].version is None):
        raise Invalid({"target": [gettext("There is no such entity.")]})
    work.site.database.serialize("trastienda custom fields")
    known = [each for each in definitions() if each.entity == field.entity and each.id != field.id]
    if len(known) >= MOST:
        raise Invalid({"entity": [gettext("At most %(most)s fields to an entity.", most=MOST)]})
    old, new = (shape_of(model_of(entity, each, entities, bare=True)) for each in (known, [*known, field]))
    owner = work.site.settings.database_owner
    database = open_database(owner) if owner else work.site.database
    with using(database):
        statements = (
            ddl.alter_table(database.dialect, old, new, {}) if known else ddl.create_table(database.dialect, new)
        )
        for statement in statements:
            ddl.execute(database, statement)


def keep_identity(work: Work, field: CustomField) -> None:
    """What a stored field is never changes: values are there already."""
    stored = CustomField.get_by_id(field.id)
    wrong = {name: [gettext("This cannot change later: add another field.")]
             for name in FIXED if getattr(stored, name) != getattr(field, name)}  # fmt: skip
    if wrong:
        raise Invalid(wrong)


def keep_values(work: Work, field: CustomField) -> None:
    raise Refusal(gettext("A field is not deleted, since records have values in it: make it inactive"))


def definitions() -> list[CustomField]:
    return list(CustomField.select().order_by(CustomField.id))


def version(database: Any) -> object:
    """Grows with every definition and every change of one; None while there is no table yet."""
    try:
        cursor = database.cursor()
        cursor.execute('SELECT COUNT(*), COALESCE(SUM("version"), 0) FROM "records_custom_field"')
        return tuple(cursor.fetchone())
    except Exception:  # of either driver: the migrations are not run yet
        return None


def extensions(entities: Mapping[str, CompiledEntity]) -> Sequence[Extension[Any]]:
    """An extension for each entity that has active fields."""
    made: list[Extension[Any]] = []
    by_entity = sorted(definitions(), key=lambda field: field.entity)
    for name, group in groupby(by_entity, key=lambda field: field.entity):
        fields = sorted(group, key=lambda field: field.id)
        shown = [field.name for field in fields if field.active]
        if name in entities and shown:
            model = model_of(entities[name], fields, entities)
            made.append(Extension(name, model, columns=[model._meta.fields[each] for each in shown],
                                  label=_("Custom fields")))  # fmt: skip
    return made


def model_of(entity: CompiledEntity, fields: Sequence[CustomField], entities: Mapping[str, CompiledEntity], *,
             bare: bool = False) -> type[Extra]:  # fmt: skip
    """The table of an entity's own fields; `bare` as the database has it, which does not check choices."""

    class Meta:
        table_name = f"custom_{entity.table}"

    members: dict[str, Any] = {
        "record": peewee.ForeignKeyField(entity.model, primary_key=True, on_delete="CASCADE", backref="+"),
        "Meta": Meta, "__module__": __name__,
    }  # fmt: skip
    for field in fields:
        if field.kind != "reference" or field.target in entities:
            members[field.name] = _column(field, entities, bare=bare)
    made: type[Extra] = type(f"Custom{entity.model.__name__}", (Extra,), members)
    return made


def _column(field: CustomField, entities: Mapping[str, CompiledEntity], *, bare: bool) -> peewee.Field[Any]:
    said: dict[str, Any] = {"null": True, "verbose_name": field.label, "help_text": field.help or None}
    match field.kind:
        case "text":
            return peewee.CharField(200, **said)
        case "longtext":
            return peewee.TextField(**said)
        case "integer":
            return peewee.BigIntegerField(**said)
        case "number":
            return QuantityField(**said)
        case "money":
            return MoneyField(**said)
        case "date":
            return peewee.DateField(**said)
        case "boolean":
            return peewee.BooleanField(**said)
        case "choice":
            if bare:
                return peewee.CharField(LONGEST_OPTION, **said)
            return ChoiceField(*field.choices, max_length=LONGEST_OPTION, **said)
        case _:
            return peewee.ForeignKeyField(entities[field.target].model, backref="+", **said)
