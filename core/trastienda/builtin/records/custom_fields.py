"""Fields that an administrator adds to any entity: their definitions."""

from __future__ import annotations

import peewee

from ...languages import LANGUAGES
from ...storage.fields import ChoiceField
from ...storage.models import Child, SharedRecord

LONGEST_TEXT = 200
LONGEST_OPTION = 100


class CustomField(SharedRecord):
    entity = peewee.CharField(80, verbose_name="Of", help_text="The entity's name, such as contacts.party")
    name = peewee.CharField(40, verbose_name="Name", help_text="Small letters, digits and _; it cannot change later")
    label = peewee.CharField(80, verbose_name="Label")
    kind = ChoiceField("text", "longtext", "integer", "number", "money", "date", "boolean", "choice", "reference",
                       verbose_name="Kind")  # fmt: skip
    options = peewee.TextField(default="", verbose_name="Options", help_text="Of a choice, one a line")
    target = peewee.CharField(80, default="", verbose_name="Refers to", help_text="The entity that a reference names")
    required = peewee.BooleanField(default=False, verbose_name="Required",
                                   help_text="Of new records; what was there before may stay without")  # fmt: skip
    default = peewee.CharField(LONGEST_TEXT, default="", verbose_name="Default",
                               help_text="What a new record starts with; a day as 2026-12-31, yes as true")  # fmt: skip
    unique = peewee.BooleanField(default=False, verbose_name="Unique",
                                 help_text="No two records of a company have the same")  # fmt: skip
    searched = peewee.BooleanField(default=False, verbose_name="Searched",
                                   help_text="A search of the list looks at it as well")  # fmt: skip
    help = peewee.CharField(200, default="", verbose_name="Help")
    active = peewee.BooleanField(default=True, verbose_name="Active", help_text="Without it, kept but not shown")

    class Meta:
        table_name = "records_custom_field"
        indexes = ((("entity", "name"), True),)

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.options.splitlines() if line.strip())


class CustomFieldWording(Child):
    """What a field is called in one language."""

    field = peewee.ForeignKeyField(CustomField, on_delete="CASCADE")
    language = ChoiceField(*LANGUAGES, verbose_name="Language")
    label = peewee.CharField(80, verbose_name="Label")
    help = peewee.CharField(200, default="", verbose_name="Help")

    class Meta:
        table_name = "records_custom_field_wording"
