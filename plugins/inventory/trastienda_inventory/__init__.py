"""Inventory: products, where they are, how they move, and what they are worth."""

from trastienda import InTransaction, Plugin, Setup, changed, created

from .access import roles
from .checks import checks
from .counts import StockCount
from .demo import make_demo
from .entities import entities
from .first_run import first_run
from .lots import Lot
from .moves import Move, Picking
from .panels import panels
from .pickings import NUMBERS
from .planned import PlannedStock
from .planned import tallies as planned_tallies
from .products import Product
from .reports import reports
from .services import available_stock, find_product, move_stock, reserve_stock
from .slips import prints
from .standard_costs import keep_standard_cost
from .stock import DayStock, InsufficientStock, StockBalance
from .stock import tallies as stock_tallies
from .units import Unit
from .value_tables import CostLayer, DayValue, ProductValue, StandardCost, ValueEntry
from .value_tables import tallies as value_tallies
from .values import follow_category
from .warehouses import Location, Warehouse

__all__ = [
    "InsufficientStock",
    "Location",
    "Lot",
    "Move",
    "Picking",
    "Product",
    "StockCount",
    "Unit",
    "Warehouse",
    "available_stock",
    "find_product",
    "move_stock",
    "plugin",
    "reserve_stock",
]

plugin = Plugin(
    "inventory",
    label="Inventory",
    description="Products, warehouses, stock moves, and what the stock is worth",
    when={"accounting": "trastienda_inventory.with_accounting"},
    entities=entities,
    tables=[StockBalance, DayStock, PlannedStock, ProductValue, DayValue, StandardCost, ValueEntry, CostLayer],
    tallies=[*stock_tallies, *planned_tallies, *value_tallies],
    numberings=[*NUMBERS.values()],
    roles=roles,
    reports=reports,
    panels=panels,
    prints=prints,
    services=[move_stock, reserve_stock, available_stock, find_product],
    subscribers=[
        InTransaction(created(Product), keep_standard_cost),
        InTransaction(changed(Product), keep_standard_cost),
        InTransaction(changed(Product), follow_category),
    ],
    checks=checks,
    setup=Setup(first_run=first_run, demo=make_demo,
                sign_ins={"clerk": ["inventory.clerk"], "storekeeper": ["inventory.manager"]}),
)
