"""The stock as it can be read on any date."""

from trastienda import Bars, Curve, Report

from .classes import AbcRow, ExpiringRow, abc, expiring_lots
from .forecast import ForecastRow, forecast
from .moving import CardRow, MovementRow, TurnoverRow, movements, stock_card, turnover
from .stock import OnHandRow, ValuationRow, on_hand, valuation

LABELS = {
    "product": "Product", "name": "Name", "location": "Location", "lot": "Lot", "quantity": "Quantity",
    "on_hand": "On hand", "reserved": "Reserved", "available": "Available", "incoming": "Incoming",
    "outgoing": "Outgoing", "forecast": "Forecast", "value": "Value", "date": "Date", "what": "What",
    "from_location": "Origin", "to_location": "Destination", "stock": "Stock", "stock_value": "Stock value",
    "opening": "Opening", "came": "Received", "went": "Issued", "closing": "Closing", "cost": "Cost of issues",
    "average_stock": "Average stock", "turnover": "Turnover", "days": "Days of stock", "rank": "Rank",
    "amount": "Amount", "share": "Share, %", "cumulative": "Cumulative share, %", "abc_class": "Class",
    "expires_on": "Expires on", "days_left": "Days left",
}

reports = [
    Report("inventory.on-hand", on_hand, row=OnHandRow, label="Stock on hand", labels=LABELS, totals=["value"]),
    Report("inventory.valuation", valuation, row=ValuationRow, label="Stock valuation", labels=LABELS,
           totals=["value"], chart=Bars(x="product", y=["value"])),
    Report("inventory.forecast", forecast, row=ForecastRow, label="Stock forecast", labels=LABELS),
    Report("inventory.stock-card", stock_card, row=CardRow, label="Stock card", labels=LABELS,
           chart=Curve(x="date", y=["stock_value"])),
    Report("inventory.movements", movements, row=MovementRow, label="Stock movements", labels=LABELS,
           chart=Bars(x="product", y=["came", "went"])),
    Report("inventory.turnover", turnover, row=TurnoverRow, label="Stock turnover", labels=LABELS,
           totals=["cost", "average_stock"], chart=Bars(x="product", y=["cost", "average_stock"])),
    Report("inventory.expiring-lots", expiring_lots, row=ExpiringRow, label="Expiring lots", labels=LABELS),
    Report("inventory.abc", abc, row=AbcRow, label="ABC analysis", labels=LABELS, totals=["amount"],
           chart=Bars(x="product", y=["amount"])),
]

__all__ = ["reports"]
