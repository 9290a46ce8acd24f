"""What stands in the way of putting a place or a lot aside: goods in it that somebody must find."""

from collections.abc import Iterator

from trastienda import Fault, Work
from trastienda import gettext as _

from .lots import Lot
from .stock import StockBalance
from .warehouses import HOLDING, Location, Warehouse


def emptied_location_faults(work: Work, location: Location) -> Iterator[Fault]:
    if not location.active and location.holds_stock and location.id is not None:
        stock = work.select(StockBalance).where(StockBalance.location == location.id, StockBalance.on_hand != 0)
        if stock.exists():
            yield Fault(Location.active, _("There is stock here: move it first"))


def emptied_lot_faults(work: Work, lot: Lot) -> Iterator[Fault]:
    if not lot.active and lot.id is not None:
        stock = (
            work.select(StockBalance)
            .join(Location, on=Location.id == StockBalance.location)
            .where(StockBalance.lot == lot.id, StockBalance.on_hand != 0, Location.kind.in_(HOLDING))
        )
        if stock.exists():
            yield Fault(Lot.active, _("There is stock of it"))


def emptied_warehouse_faults(work: Work, warehouse: Warehouse) -> Iterator[Fault]:
    """From the inside out: its locations first."""
    if not warehouse.active and warehouse.id is not None:
        inside = work.select(Location).where(Location.warehouse == warehouse.id, Location.active)
        if inside.exists():
            yield Fault(Warehouse.active, _("There are locations in it that are not archived"))
