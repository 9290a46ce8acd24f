"""Product categories: a tree; each says how its goods are valued, or leaves it to its parent."""

from collections.abc import Iterator

from peewee import BooleanField, CharField, ForeignKeyField

from trastienda import ChoiceField, Fault, Record, Work, lazy_gettext
from trastienda import gettext as _

METHODS = {"average": lazy_gettext("Average"), "fifo": lazy_gettext("Fifo"), "standard": lazy_gettext("Standard")}


class Category(Record):
    code = CharField(20, verbose_name="Code")
    name = CharField(120, verbose_name="Name")
    parent = ForeignKeyField("self", null=True, on_delete="RESTRICT", backref="children", verbose_name="Parent")
    valuation = ChoiceField(
        "average",
        "fifo",
        "standard",
        null=True,
        verbose_name="Valuation",
        help_text="Empty: as its parent, else average. A change reaches a product when its stock is empty",
    )
    active = BooleanField(default=True, verbose_name="Active")

    parent_id: int | None

    class Meta:
        indexes = ((("company", "code"), True),)


def category_faults(category: Category) -> Iterator[Fault]:
    if not category.code.strip():
        yield Fault(Category.code, _("A category needs a code"))


def method_of(work: Work, category: int | None) -> tuple[str, str | None]:
    """How goods of a category are valued, and the code of the category that says so: its own, or one above it."""
    while category is not None:
        found = work.get(Category, category)
        if found.valuation:
            return found.valuation, found.code
        category = found.parent_id
    return "average", None
