"""Warehouses and the locations in them; suppliers, customers and losses are locations too."""

from collections.abc import Iterator

from peewee import BooleanField, CharField, ForeignKeyField

from trastienda import ChoiceField, Fault, Record, Work
from trastienda import gettext as _

#: Kinds of location whose goods are the company's.
HOLDING = ("internal", "transit")


class Warehouse(Record):
    code = CharField(20, verbose_name="Code")
    name = CharField(120, verbose_name="Name")
    active = BooleanField(default=True, verbose_name="Active")

    class Meta:
        indexes = ((("company", "code"), True),)


class Location(Record):
    code = CharField(30, verbose_name="Code")
    name = CharField(120, verbose_name="Name")
    parent = ForeignKeyField("self", null=True, on_delete="RESTRICT", backref="children", verbose_name="Parent")
    warehouse = ForeignKeyField(Warehouse, null=True, on_delete="RESTRICT", verbose_name="Warehouse")
    kind = ChoiceField(
        "internal", "supplier", "customer", "transit", "loss", "view", default="internal", verbose_name="Kind"
    )
    allow_negative = BooleanField(
        default=False,
        verbose_name="May go below zero",
        help_text="Goods may leave before their receipt is entered; their cost is settled when they arrive",
    )
    active = BooleanField(default=True, verbose_name="Active")

    parent_id: int | None

    class Meta:
        indexes = ((("company", "code"), True),)

    @property
    def holds_stock(self) -> bool:
        """Whether what is here is the company's, counted and valued."""
        return self.kind in HOLDING


def first_place(work: Work, kind: str) -> Location | None:
    """The place of this kind that was there first."""
    found: Location | None = work.select(Location).where(Location.kind == kind).order_by(Location.id).first()
    return found


def first_store(work: Work) -> Location | None:
    return first_place(work, "internal")


def warehouse_faults(warehouse: Warehouse) -> Iterator[Fault]:
    if not warehouse.code.strip():
        yield Fault(Warehouse.code, _("A warehouse needs a code"))


def location_faults(location: Location) -> Iterator[Fault]:
    if not location.code.strip():
        yield Fault(Location.code, _("A location needs a code"))
