"""Reports to put out: small enough to say every byte of the answer."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from trastienda.reports.table import Chart, Column, RefValue, Row, Table

MakeTable = Callable[..., Table]
AT = datetime(2026, 11, 24, 13, 5, tzinfo=timezone(timedelta(hours=1)))


def make_table(
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    totals: dict[str, Decimal] | None = None,
    chart: Chart | None = None,
    parameters: dict[str, object] | None = None,
    title: str = "Trial balance",
) -> Table:
    return Table(
        name="books.trial-balance", title=title, columns=tuple(columns), rows=rows, totals=totals or {},
        parameters=parameters or {}, company="Ñandú & Hijos, S.L.", currency="EUR", generated_at=AT,
        chart=chart,
    )


@pytest.fixture
def make() -> MakeTable:
    return make_table


@pytest.fixture
def trial_balance() -> Table:
    return make_table(
        [
            Column("account", "Account", "text"),
            Column("name", "Name", "text"),
            Column("debit", "Debit", "money", 2),
            Column("closing", "Closing", "money", 2),
        ],
        [
            Row({"account": "4300", "name": "Almacén, España", "debit": Decimal("1234567.5"),
                 "closing": Decimal(-10)}, link="/ledger?account=4300"),
            Row({"account": "5700", "name": "=1+1", "debit": Decimal(10) / 3, "closing": None}),
        ],
        totals={"debit": Decimal("1234570.83")},
        parameters={"from": date(2026, 1, 1), "to": None},
    )


@pytest.fixture
def every_type() -> Table:
    return make_table(
        [
            Column("text", "Text", "text"),
            Column("integer", "Integer", "integer"),
            Column("money", "Money", "money", 2),
            Column("quantity", "Quantity", "quantity"),
            Column("rate", "Rate", "rate", 3),
            Column("date", "Date", "date"),
            Column("datetime", "Moment", "datetime"),
            Column("boolean", "Yes or no", "boolean"),
            Column("ref", "Reference", "ref"),
        ],
        [
            Row({
                "text": "a", "integer": 2026, "money": Decimal("1234.5"), "quantity": Decimal("2.500000"),
                "rate": Decimal("1.0856"), "date": date(2026, 9, 5),
                "datetime": datetime(2026, 9, 5, 22, 30, tzinfo=UTC),
                "boolean": True, "ref": RefValue(12, "4300", "Trade receivables"),
            }),
            Row({}),
        ],
    )


@pytest.fixture
def balance_sheet() -> Table:
    return make_table(
        [Column("item", "Item", "text"), Column("amount", "Amount", "money", 2)],
        [
            Row({"item": "Assets"}, kind="heading"),
            Row({"item": "Cash", "amount": Decimal(100)}, level=1),
            Row({"item": "Total assets", "amount": Decimal(100)}, level=1, kind="subtotal"),
        ],
        title="Balance sheet",
    )
