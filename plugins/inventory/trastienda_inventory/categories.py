"""Product categories: a tree; each says how its goods are valued."""

from collections.abc import Iterator

from peewee import CharField, ForeignKeyField

from trastienda import ChoiceField, Fault, Record
from trastienda import gettext as _


class Category(Record):
    code = CharField(20, verbose_name="Code")
    name = CharField(120, verbose_name="Name")
    parent = ForeignKeyField("self", null=True, on_delete="RESTRICT", backref="children", verbose_name="Parent")
    valuation = ChoiceField(
        "average",
        "fifo",
        "standard",
        default="average",
        verbose_name="Valuation",
        help_text="A change reaches a product when its stock is empty",
    )

    parent_id: int | None

    class Meta:
        indexes = ((("company", "code"), True),)


def category_faults(category: Category) -> Iterator[Fault]:
    if not category.code.strip():
        yield Fault(Category.code, _("A category needs a code"))
