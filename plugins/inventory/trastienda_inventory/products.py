"""Products: what is bought, kept and sold."""

from collections.abc import Iterator
from decimal import Decimal

from peewee import BooleanField, CharField, ForeignKeyField, IntegerField

from trastienda import Child, ChoiceField, Fault, QuantityField, Record
from trastienda import gettext as _
from trastienda_contacts import Party

from .barcodes import is_gtin
from .categories import Category
from .units import Unit


class Product(Record):
    code = CharField(40, verbose_name="Code")
    name = CharField(160, verbose_name="Name")
    kind = ChoiceField("goods", "service", default="goods", verbose_name="Kind")
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", verbose_name="Unit", help_text="In which stock is kept")
    category = ForeignKeyField(Category, null=True, on_delete="RESTRICT", verbose_name="Category")
    barcode = CharField(
        14, default="", index=True, verbose_name="Barcode", help_text="EAN-13, or another GTIN, with its check digit"
    )
    tracking = ChoiceField("none", "lot", "serial", default="none", verbose_name="Tracking")
    standard_cost = QuantityField(
        default=Decimal(0),
        verbose_name="Standard cost",
        help_text="Per unit; values goods of standard valuation, and goods that come without a cost",
    )
    minimum_stock = QuantityField(
        default=Decimal(0),
        verbose_name="Minimum stock",
        help_text="What is to be had at the least, counting what is on its way; 0 for none",
    )
    variant_of = ForeignKeyField(
        "self", null=True, on_delete="RESTRICT", backref="variants", verbose_name="Variant of"
    )
    active = BooleanField(default=True, verbose_name="Active")

    unit_id: int
    category_id: int | None
    variant_of_id: int | None

    class Meta:
        indexes = ((("company", "code"), True),)


class ProductAttribute(Child):
    """What tells a variant from its sisters: colour = red."""

    product = ForeignKeyField(Product, on_delete="CASCADE")
    attribute = CharField(40, verbose_name="Attribute")
    value = CharField(80, verbose_name="Value")

    class Meta:
        indexes = ((("product", "attribute"), True),)


class SupplierPrice(Child):
    product = ForeignKeyField(Product, on_delete="CASCADE")
    supplier = ForeignKeyField(Party, on_delete="RESTRICT", verbose_name="Supplier")
    supplier_code = CharField(40, default="", verbose_name="Supplier's code")
    minimum = QuantityField(default=Decimal(0), verbose_name="From quantity")
    price = QuantityField(verbose_name="Price", help_text="Per unit of the product")
    lead_days = IntegerField(default=0, verbose_name="Days of delivery")


def product_faults(product: Product) -> Iterator[Fault]:
    if not product.code.strip():
        yield Fault(Product.code, _("A product needs a code"))
    if not product.name.strip():
        yield Fault(Product.name, _("A product needs a name"))
    if product.minimum_stock < 0:
        yield Fault(Product.minimum_stock, _("A minimum is not negative"))
    if product.barcode and not is_gtin(product.barcode):
        yield Fault(Product.barcode, _("{code} is no barcode: its check digit is wrong").format(code=product.barcode))
    elif product.barcode:
        same = (Product.company == product.company) & (Product.barcode == product.barcode)
        for other in Product.select().where(same & (Product.id != (product.id or 0))).limit(1):
            yield Fault(Product.barcode, _("Product {code} has the same barcode").format(code=other.code))
    if product.standard_cost < 0:
        yield Fault(Product.standard_cost, _("A cost is not negative"))
    if product.variant_of_id is not None and product.variant_of_id == product.id:
        yield Fault(Product.variant_of, _("A product is no variant of itself"))
    for line in product.lines_of(SupplierPrice):
        if line.price < 0 or line.minimum < 0:
            yield Fault(SupplierPrice.price, _("A price is not negative"), line=line)
