"""The stock as it can be read on any date."""

from trastienda import Bars, Report

from .stock import OnHandRow, ValuationRow, on_hand, valuation

reports = [
    Report("inventory.on-hand", on_hand, row=OnHandRow, label="Stock on hand",
           labels={"product": "Product", "name": "Name", "location": "Location", "quantity": "Quantity",
                   "reserved": "Reserved", "available": "Available", "value": "Value"},
           totals=["value"]),
    Report("inventory.valuation", valuation, row=ValuationRow, label="Stock valuation",
           labels={"product": "Product", "name": "Name", "location": "Location", "quantity": "Quantity",
                   "value": "Value"},
           totals=["value"], chart=Bars(x="product", y=["value"])),
]

__all__ = ["reports"]
