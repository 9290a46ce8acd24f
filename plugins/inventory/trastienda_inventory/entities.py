"""What the doors serve: the entities of the stock, with their rules, actions and forms."""

from typing import Any

from trastienda import Action, Entity, Lines, Locked, Section, Transition

from .archiving import emptied_location_faults, emptied_lot_faults, emptied_warehouse_faults
from .categories import Category, category_faults
from .counts import CountLine, StockCount, count_faults, post, scan, start
from .kept import kept_location_faults, kept_lot_faults, kept_product_faults, kept_unit_faults
from .lots import Lot, lot_faults
from .moves import Move, Picking, derive_places, derive_stock_quantity, move_faults
from .moving import cancel, do, reserve, unreserve
from .pickings import add_to_picking, cancel_picking, do_picking, reserve_picking
from .products import Product, ProductAttribute, SupplierPrice, product_faults
from .revaluing import revalue, standard_cost_faults
from .units import Unit, unit_faults
from .warehouses import Location, Warehouse, first_store, location_faults, warehouse_faults

units = Entity(
    "inventory.unit", Unit, key=Unit.code, title=Unit.name, label="Unit", archive=Unit.active,
    columns=[Unit.code, Unit.name, Unit.kind, Unit.numerator, Unit.denominator],
    search=[Unit.code, Unit.name], order=[Unit.code], rules=[unit_faults, kept_unit_faults],
)
categories = Entity(
    "inventory.category", Category, key=Category.code, title=Category.name, label="Product category",
    plural="Product categories", path="categories", parent=Category.parent,
    archive=Category.active,
    columns=[Category.code, Category.name, Category.parent, Category.valuation],
    search=[Category.code, Category.name], order=[Category.code], rules=[category_faults],
)
products = Entity(
    "inventory.product", Product, key=Product.code, title=Product.name, label="Product",
    archive=Product.active,
    columns=[Product.code, Product.name, Product.kind, Product.unit, Product.category, Product.barcode,
             Product.active],
    sections=[
        Section("Product", [Product.code, Product.name, Product.kind, Product.category, Product.active]),
        Section("Stock", [Product.unit, Product.barcode, Product.tracking, Product.standard_cost,
                          Product.minimum_stock, Product.variant_of]),
    ],
    search=[Product.code, Product.name, Product.barcode], order=[Product.code],
    rules=[product_faults, kept_product_faults, standard_cost_faults],
    actions=[Action("revalue", revalue, label="Revalue")],
    lines=[Lines(ProductAttribute.product, name="attributes", label="Attributes"),
           Lines(SupplierPrice.product, name="supplier_prices", label="Supplier prices")],
    group_by=[Product.category, Product.kind],
)
warehouses = Entity(
    "inventory.warehouse", Warehouse, key=Warehouse.code, title=Warehouse.name, label="Warehouse",
    archive=Warehouse.active, checks=[emptied_warehouse_faults],
    columns=[Warehouse.code, Warehouse.name], search=[Warehouse.code, Warehouse.name], order=[Warehouse.code],
    rules=[warehouse_faults],
)
locations = Entity(
    "inventory.location", Location, key=Location.code, title=Location.name, label="Location",
    parent=Location.parent, archive=Location.active, checks=[emptied_location_faults],
    columns=[Location.code, Location.name, Location.kind, Location.warehouse, Location.parent],
    search=[Location.code, Location.name], order=[Location.code], rules=[location_faults, kept_location_faults],
    group_by=[Location.kind, Location.warehouse],
)
lots = Entity(
    "inventory.lot", Lot, key=Lot.code, title=Lot.name, label="Lot",
    archive=Lot.active, checks=[emptied_lot_faults],
    columns=[Lot.code, Lot.product, Lot.expires_on, Lot.name], search=[Lot.code, Lot.name], order=[Lot.code],
    rules=[lot_faults, kept_lot_faults], group_by=[Lot.product],
)
pickings = Entity(
    "inventory.picking", Picking, key=Picking.number, title=Picking.reference, label="Picking",
    begins={Picking.date: lambda work: work.today}, derives=[derive_places],
    columns=[Picking.date, Picking.number, Picking.kind, Picking.party, Picking.from_location, Picking.to_location,
             Picking.reference, Picking.state],
    search=[Picking.number, Picking.reference], order=[-Picking.date],
    actions=[
        Action("add", add_to_picking, label="Add product", states=["draft"], permission="update"),
        Action("reserve", reserve_picking, label="Reserve", states=["draft"]),
        Transition("do", "draft", "done", do_picking, label="Complete"),
        Transition("cancel", "draft", "cancelled", cancel_picking, label="Cancel", confirm=True),
    ],
    locked=Locked(["done", "cancelled"]), readonly=[Picking.number, Picking.back_order_of],
    group_by=[Picking.kind, Picking.state], waits={"draft": 2}, undone=["cancelled"],
)
moves = Entity(
    "inventory.move", Move, label="Stock move", begins={Move.date: lambda work: work.today},
    columns=[Move.date, Move.reference, Move.product, Move.quantity, Move.unit, Move.from_location,
             Move.to_location, Move.lot, Move.state],
    sections=[
        Section("Goods", [Move.date, Move.reference, Move.product, Move.quantity, Move.unit, Move.lot]),
        Section("Places", [Move.from_location, Move.to_location, Move.picking]),
        Section("Value", [Move.unit_cost, Move.unit_price, Move.stock_quantity, Move.value, Move.returns,
                          Move.back_order_of]),
    ],
    search=[Move.reference], order=[-Move.date], rules=[move_faults], derives=[derive_stock_quantity],
    actions=[
        Transition("reserve", "draft", "reserved", reserve, label="Reserve"),
        Transition("unreserve", "reserved", "draft", unreserve, label="Release"),
        Transition("do", ["draft", "reserved"], "done", do, label="Complete"),
        Transition("cancel", ["draft", "reserved"], "cancelled", cancel, label="Cancel", confirm=True),
    ],
    locked=Locked(["reserved", "done", "cancelled"],
                  but=[Move.quantity, Move.stock_quantity, Move.value, Move.picking]),
    readonly=[Move.stock_quantity, Move.value, Move.back_order_of],
    group_by=[Move.product, Move.state], waits={"draft": 2, "reserved": 7},
    undone=["cancelled"],
)

counts = Entity(
    "inventory.count", StockCount, key=StockCount.code, label="Stock count",
    begins={StockCount.date: lambda work: work.today, StockCount.code: lambda work: f"R-{work.today:%Y-%m-%d}",
            StockCount.location: first_store},
    columns=[StockCount.date, StockCount.code, StockCount.location, StockCount.state],
    search=[StockCount.code], order=[-StockCount.date], rules=[count_faults],
    lines=[Lines(CountLine.count, label="Lines", readonly=[CountLine.expected, CountLine.difference])],
    actions=[
        Transition("start", "draft", "counting", start, label="Start counting"),
        Action("scan", scan, label="Scan", states=["counting"], permission="update"),
        Transition("post", "counting", "posted", post, label="Post differences"),
        Transition("cancel", ["draft", "counting"], "cancelled", label="Cancel", confirm=True),
    ],
    locked=Locked(["posted", "cancelled"]), undone=["cancelled"], group_by=[StockCount.location, StockCount.state],
    import_by=[StockCount.code],
)

entities: list[Entity[Any]] = [
    pickings, moves, counts, products, lots, locations, warehouses, categories, units,
]
