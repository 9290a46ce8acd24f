"""What other plugins may ask of the stock, inside their own work."""

from datetime import date as Date
from decimal import Decimal

from trastienda import Service, Work

from .lots import Lot
from .moves import Move
from .products import Product
from .stock import available_at
from .warehouses import Location


def _move(
    work: Work,
    *,
    product: str,
    quantity: Decimal,
    from_location: str,
    to_location: str,
    date: Date,
    reference: str = "",
    unit_cost: Decimal | None = None,
    lot: str | None = None,
    unit_price: Decimal | None = None,
) -> Move:
    """Create a move and do it; `quantity` is in the product's unit, codes name the rest."""
    move = _draft(work, product=product, quantity=quantity, from_location=from_location, to_location=to_location,
                  date=date, reference=reference, unit_cost=unit_cost, unit_price=unit_price, lot=lot)
    work.act(move, "do")
    return move


def _reserve(
    work: Work,
    *,
    product: str,
    quantity: Decimal,
    from_location: str,
    to_location: str,
    date: Date,
    reference: str = "",
    lot: str | None = None,
) -> Move:
    """Create a move and reserve its goods; raises InsufficientStock."""
    move = _draft(work, product=product, quantity=quantity, from_location=from_location, to_location=to_location,
                  date=date, reference=reference, lot=lot)
    work.act(move, "reserve")
    return move


def _draft(
    work: Work, *, product: str, quantity: Decimal, from_location: str, to_location: str, date: Date,
    reference: str, unit_cost: Decimal | None = None, unit_price: Decimal | None = None, lot: str | None = None,
) -> Move:
    return work.add(Move(
        product=work.get(Product, product).id, quantity=quantity, date=date, reference=reference,
        from_location=work.get(Location, from_location).id, to_location=work.get(Location, to_location).id,
        unit_cost=unit_cost, unit_price=unit_price, lot=work.get(Lot, lot).id if lot else None))


def _available(work: Work, *, product: str, location: str, lot: str | None = None) -> Decimal:
    """On hand less reserved, in the product's unit."""
    return available_at(work, work.get(Product, product), work.get(Location, location),
                        lot=work.get(Lot, lot) if lot else None)


def product_by_code_or_barcode(work: Work, text: str) -> Product | None:
    """The product of a code or of a barcode."""
    found = work.find(Product, text)
    if found is None and text:
        found = work.select(Product).where(Product.barcode == text).first()
    return found


move_stock = Service("stock.move/1", _move)
reserve_stock = Service("stock.reserve/1", _reserve)
available_stock = Service("stock.available/1", _available)
find_product = Service("product.find/1", product_by_code_or_barcode)
