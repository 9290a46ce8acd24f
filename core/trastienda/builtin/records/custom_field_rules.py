"""What a definition of a field must be, and what its making, change and removal do to the values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from marshmallow import ValidationError

from ...entities.compiled import column_of
from ...entities.declarations import Fault
from ...entities.values import input_field
from ...errors import Invalid, Refusal
from ...languages import gettext
from ...reports.panels import Figure
from ...storage.models import SharedRecord
from . import custom_columns as columns
from .custom_fields import LONGEST_OPTION, CustomField, CustomFieldWording

if TYPE_CHECKING:
    from ...work import Work

MOST = 60
MOST_OPTIONS = 100
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TAKEN = frozenset({"id", "record", "company", "version", "search_text"})
FIXED = ("entity", "name", "kind", "target")
SEARCHED = ("text", "longtext", "choice")
ONCE = ("text", "integer", "number", "date", "reference")


# -- what can be said of a definition by itself
def is_sound(field: CustomField) -> Iterator[Fault]:
    if not _NAME.fullmatch(field.name) or field.name in _TAKEN or "__" in field.name or field.name.endswith("_id"):
        yield Fault(CustomField.name, gettext("Small letters, digits and single _, not one of the system's names."))
    yield from _sound_options(field)
    if (field.kind == "reference") != bool(field.target):
        yield Fault(CustomField.target, gettext("A reference, and nothing else, names what it refers to."))
    if field.unique and field.kind not in ONCE:
        yield Fault(CustomField.unique, gettext("Of these kinds alone: %(kinds)s.", kinds=", ".join(ONCE)))
    if field.searched and field.kind not in SEARCHED:
        yield Fault(CustomField.searched, gettext("Of these kinds alone: %(kinds)s.", kinds=", ".join(SEARCHED)))
    said = [wording.language for wording in field.lines_of(CustomFieldWording)]
    for wording in field.lines_of(CustomFieldWording):
        if said.count(wording.language) > 1:
            yield Fault(CustomFieldWording.language, gettext("Each language once."), line=wording)


def _sound_options(field: CustomField) -> Iterator[Fault]:
    choices = field.choices
    if (field.kind == "choice") != bool(choices):
        yield Fault(CustomField.options, gettext("A choice, and nothing else, has options."))
    if len(choices) > MOST_OPTIONS or len(set(choices)) < len(choices):
        yield Fault(CustomField.options, gettext("At most %(most)s options, each once.", most=MOST_OPTIONS))
    longest = LONGEST_OPTION
    if any(len(each) > longest or "," in each for each in choices):
        yield Fault(CustomField.options, gettext("At most %(most)s characters each, no commas.", most=longest))


def has_fitting_default(field: CustomField) -> Iterator[Fault]:
    if field.default and (field.kind == "reference" or field.unique):
        yield Fault(CustomField.default, gettext("A reference has no default, nor what is unique."))
    elif field.default and (field.kind != "choice" or field.choices):
        plain = column_of(columns.plain_column(field))
        try:
            input_field(plain).deserialize(field.default)
        except ValidationError as error:
            yield Fault(CustomField.default, gettext(str(error.args[0][0])))


# -- what becomes of them
def add_column(work: Work, field: CustomField) -> None:
    """With the definition, the column: in one transaction, or as the database's owner just before."""
    entities = work.site.registry.entities
    entity = entities.get(field.entity)
    if entity is None or entity.version is None or not entity.declared.writable:
        raise Invalid({"entity": [gettext("There is no such entity to be extended.")]})
    if field.target and (field.target not in entities or entities[field.target].version is None):
        raise Invalid({"target": [gettext("There is no such entity.")]})
    known = columns.of_entity(work, field, without=True)
    if len(known) >= MOST:
        raise Invalid({"entity": [gettext("At most %(most)s fields to an entity.", most=MOST)]})
    columns.reshape(work, entity, known, [*known, field])


def keep_what_is_stored(work: Work, field: CustomField) -> None:
    """Name and kind never change, since values are there already; what else changes must fit them."""
    stored = CustomField.get_by_id(field.id)
    wrong = {name: [gettext("This cannot change later: add another field.")]
             for name in FIXED if getattr(stored, name) != getattr(field, name)}  # fmt: skip
    if wrong:
        raise Invalid(wrong)
    entity = work.site.registry.entities.get(field.entity)
    if entity is None:
        return
    others = columns.of_entity(work, field, without=True)
    table = columns.Values(work, entity, stored)
    gone = table.those_of(set(stored.choices) - set(field.choices))
    if gone:
        raise Invalid({"options": [gettext("Records have %(option)s: change them first.", option=gone[0])]})
    if field.unique and not stored.unique and (twice := table.first_that_is_there_twice()):
        raise Invalid({"unique": [gettext("Two records have %(value)s: change one of them first.", value=twice)]})
    before, after = (sorted([*others, each], key=lambda one: one.id) for each in (stored, field))
    columns.reshape(work, entity, before, after)


def drop_column(work: Work, field: CustomField) -> None:
    """The values go with their field: after it was put away, so that nobody deletes them with a single click."""
    entity = work.site.registry.entities.get(field.entity)
    if entity is None:
        return
    if field.active:
        count = columns.Values(work, entity, field).count()
        raise Refusal(gettext("Records that have a value in it, which would be deleted: %(count)s. "
                              "Archive the field first.", count=count))  # fmt: skip
    others = columns.of_entity(work, field, without=True)
    columns.reshape(work, entity, sorted([*others, field], key=lambda one: one.id), others)


def count_values(work: Work, field: CustomField) -> list[Figure]:
    """Beside a definition: how much hangs on it."""
    entity = work.site.registry.entities.get(field.entity)
    if entity is None:
        return []
    count = columns.Values(work, entity, field).count()
    note = gettext("Deleting the field deletes them") if count else ""
    return [Figure(gettext("Records that have a value"), count, note=note)]


def drop_all(work: Work, record: SharedRecord) -> None:
    """Of a person who is erased, what stands in fields that are all put away; the others go with their extension."""
    entity = work.site.registry.entity_of(record)
    if "custom" not in entity.extended:
        columns.forget(work, entity, record.id)
