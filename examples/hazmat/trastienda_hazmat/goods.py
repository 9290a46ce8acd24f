"""The dangers of a product, as the ADR agreement on the carriage of dangerous goods by road names them."""

from collections.abc import Iterator

from peewee import BooleanField, CharField, ForeignKeyField

from trastienda import ChoiceField, Extra, Fault, QuantityField
from trastienda import gettext as _
from trastienda_inventory import Product

#: Classes of ADR 2.1.1.1, as they are written on a transport document.
CLASSES = ("1", "2", "3", "4.1", "4.2", "4.3", "5.1", "5.2", "6.1", "6.2", "7", "8", "9")


class DangerousGoods(Extra):
    product = ForeignKeyField(Product, primary_key=True, on_delete="CASCADE")
    un_number = CharField(4, verbose_name="UN number")
    hazard_class = ChoiceField(*CLASSES, default="9", verbose_name="Class")
    net_mass = QuantityField(null=True, verbose_name="Net mass", help_text="In kg, of one unit of the product")
    limited_quantity = BooleanField(default=False, verbose_name="Limited quantity")


is_dangerous = DangerousGoods.un_number.is_null(False)


def goods_faults(goods: DangerousGoods) -> Iterator[Fault]:
    if not (len(goods.un_number) == 4 and goods.un_number.isascii() and goods.un_number.isdecimal()):
        yield Fault(DangerousGoods.un_number, _("A UN number has four digits"))
    if goods.net_mass is not None and goods.net_mass <= 0:
        yield Fault(DangerousGoods.net_mass, _("A mass is more than nothing"))
    if goods.product.kind == "service":
        yield Fault(DangerousGoods.un_number, _("A service is not dangerous goods"))
