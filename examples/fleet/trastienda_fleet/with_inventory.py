"""Loaded while inventory is on: a product may be a spare part."""

from collections.abc import Iterator

from peewee import ForeignKeyField, IntegerField

from trastienda import Extension, Extra, Fault, Plugin
from trastienda import gettext as _
from trastienda_inventory import Product

from .vehicles import Vehicle


class SparePart(Extra):
    product = ForeignKeyField(Product, primary_key=True, on_delete="CASCADE")
    fits = ForeignKeyField(Vehicle, null=True, on_delete="SET NULL", verbose_name="Fits")
    lasts = IntegerField(null=True, verbose_name="Lasts", help_text="In km")


def spare_part_faults(part: SparePart) -> Iterator[Fault]:
    if part.lasts is not None and part.lasts <= 0:
        yield Fault(SparePart.lasts, _("A part lasts longer than nothing"))
    if part.product.kind == "service":
        yield Fault(SparePart.fits, _("A service is no spare part"))


plugin = Plugin(
    "fleet+inventory",
    extensions=[Extension("inventory.product", SparePart, label="Spare part", rules=[spare_part_faults])],
)
