"""A new standard cost: what it does to the value of goods in stock is an entry of its own."""

from collections.abc import Iterator
from decimal import Decimal

from trastienda import Fault, Invalid, Quantity, Work
from trastienda import gettext as _

from .products import Product
from .standard_costs import keep_standard_cost
from .value_tables import ProductValue
from .values import REVALUED, revalue_standard


def revalue(work: Work, product: Product, *, standard_cost: Quantity) -> None:
    """Give the product another standard cost; goods in stock are worth that from today on."""
    if standard_cost < 0:
        raise Invalid({"standard_cost": [_("A cost is not negative")]})
    entry = revalue_standard(work, product, standard_cost)
    product.standard_cost = standard_cost
    keep_standard_cost(work, product)
    if entry is not None:
        work.emit(REVALUED.name, entry)


def standard_cost_faults(product: Product) -> Iterator[Fault]:
    """While there is stock that is valued at it, only the action changes a standard cost."""
    row = ProductValue.select().where(ProductValue.product == (product.id or 0))
    kept = row.where(ProductValue.method == "standard").first()
    if kept is not None and kept.value != Decimal(0) and kept.standard != product.standard_cost:
        yield Fault(Product.standard_cost, _("Goods in stock are valued at this cost: change it by Revalue"))
