"""The stock as it can be read on any date."""

from collections.abc import Mapping
from typing import Any

from trastienda import Bars, Curve, Report, Work

from .classes import AbcRow, ExpiringRow, abc, expiring_lots
from .forecast import ForecastRow, LowStockRow, forecast, low_stock
from .moving import CardRow, MovementRow, TurnoverRow, movements, period, stock_card, turnover
from .stock import OnHandRow, ValuationRow, on_hand, valuation

LABELS = {
    "product": "Product", "name": "Name", "location": "Location", "lot": "Lot", "quantity": "Quantity",
    "on_hand": "On hand", "reserved": "Reserved", "available": "Available", "incoming": "Incoming",
    "outgoing": "Outgoing", "forecast": "Forecast", "value": "Value", "date": "Date", "what": "What",
    "from_location": "Origin", "to_location": "Destination", "stock": "Stock", "stock_value": "Stock value",
    "opening": "Opening", "came": "Received", "went": "Issued", "closing": "Closing", "cost": "Cost of issues",
    "average_stock": "Average stock", "turnover": "Turnover", "days": "Days of stock", "rank": "Rank",
    "amount": "Amount", "share": "Share, %", "cumulative": "Cumulative share, %", "abc_class": "Class",
    "expires_on": "Expires on", "days_left": "Days left", "minimum": "Minimum", "short": "Short by",
}



def day_meant(work: Work, given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"at": work.today}


def days_meant(work: Work, given: Mapping[str, Any]) -> Mapping[str, Any]:
    first, last = period(work, given.get("from"), given.get("to"))
    return {"from": first, "to": last}


reports = [
    Report("inventory.on-hand", on_hand, row=OnHandRow, label="Stock on hand", labels=LABELS, totals=["value"],
           defaults=day_meant, chart=Bars(x="product", y=["value"])),
    Report("inventory.valuation", valuation, row=ValuationRow, label="Stock valuation", labels=LABELS,
           totals=["value"], defaults=day_meant, chart=Bars(x="product", y=["value"])),
    Report("inventory.forecast", forecast, row=ForecastRow, label="Stock forecast", labels=LABELS),
    Report("inventory.low-stock", low_stock, row=LowStockRow, label="Stock below its minimum", labels=LABELS,
           chart=Bars(x="product", y=["short"])),
    Report("inventory.stock-card", stock_card, row=CardRow, label="Stock card", labels=LABELS,
           defaults=days_meant, chart=Curve(x="date", y=["stock_value"])),
    Report("inventory.movements", movements, row=MovementRow, label="Stock movements", labels=LABELS,
           defaults=days_meant, chart=Bars(x="product", y=["came", "went"])),
    Report("inventory.turnover", turnover, row=TurnoverRow, label="Stock turnover", labels=LABELS,
           totals=["cost", "average_stock"], defaults=days_meant, chart=Bars(x="product", y=["cost", "average_stock"])),
    Report("inventory.expiring-lots", expiring_lots, row=ExpiringRow, label="Expiring lots", labels=LABELS,
           chart=Bars(x="lot", y=["days_left"])),
    Report("inventory.abc", abc, row=AbcRow, label="ABC analysis", labels=LABELS, totals=["amount"],
           defaults=days_meant, chart=Bars(x="product", y=["amount"])),
]

__all__ = ["reports"]
