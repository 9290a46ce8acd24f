"""Lots and serial numbers, with the day they expire."""

from collections.abc import Iterator

from peewee import BooleanField, CharField, DateField, ForeignKeyField

from trastienda import Fault, Record
from trastienda import gettext as _

from .products import Product


class Lot(Record):
    code = CharField(40, verbose_name="Code", help_text="The lot's or the serial number")
    name = CharField(120, default="", verbose_name="Name")
    product = ForeignKeyField(Product, on_delete="RESTRICT", verbose_name="Product")
    expires_on = DateField(null=True, index=True, verbose_name="Expires on")
    active = BooleanField(default=True, verbose_name="Active")

    product_id: int

    class Meta:
        indexes = ((("company", "code"), True),)


def lot_faults(lot: Lot) -> Iterator[Fault]:
    if not lot.code.strip():
        yield Fault(Lot.code, _("A lot needs a code"))
    if lot.product.tracking == "none":
        yield Fault(Lot.product, _("Product {code} is not kept by lots").format(code=lot.product.code))
