"""The value itself, and what JSON says of it."""
from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import orjson
import pytest

from trastienda.reports.table import (
    CellTypeMismatch,
    Chart,
    Column,
    RefValue,
    Row,
    Table,
    json_value,
    rounded,
    to_json,
    utc,
    whole,
)

MONEY = Column("amount", "Amount", "money", 2)


def test_json_of_a_report(trial_balance: Table) -> None:
    assert orjson.loads(to_json(trial_balance)) == {
        "name": "books.trial-balance",
        "title": "Trial balance",
        "company": "Ñandú & Hijos, S.L.",
        "currency": "EUR",
        "generated_at": "2026-11-24T12:05:00Z",
        "parameters": {"from": "2026-01-01", "to": None},
        "columns": [
            {"name": "account", "label": "Account", "type": "text"},
            {"name": "name", "label": "Name", "type": "text"},
            {"name": "debit", "label": "Debit", "type": "money"},
            {"name": "closing", "label": "Closing", "type": "money"},
        ],
        "rows": [
            {"account": "4300", "name": "Almacén, España", "debit": "1234567.50", "closing": "-10.00"},
            {"account": "5700", "name": "=1+1", "debit": "3.33", "closing": None},
        ],
        "totals": {"debit": "1234570.83"},
        "outline": [
            {"kind": "row", "level": 0, "link": "/ledger?account=4300"},
            {"kind": "row", "level": 0, "link": None},
        ],
    }


def test_json_of_every_column_type(every_type: Table) -> None:
    answer = orjson.loads(to_json(every_type))
    assert answer["rows"] == [
        {
            "text": "a", "integer": 2026, "money": "1234.50", "quantity": "2.5", "rate": "1.086",
            "date": "2026-09-05", "datetime": "2026-09-05T22:30:00Z", "boolean": True,
            "ref": {"id": 12, "key": "4300", "label": "Trade receivables"},
        },
        dict.fromkeys(column.name for column in every_type.columns),
    ]
    assert "outline" not in answer


def test_parameters_of_any_kind_are_put_out(make) -> None:
    moment, party = datetime(2026, 1, 1, tzinfo=UTC), RefValue(1, "C1", "Acme")
    given = {"at": moment, "least": Decimal("10.50"), "party": party}
    assert orjson.loads(to_json(make([MONEY], [], parameters=given)))["parameters"] == {
        "at": "2026-01-01T00:00:00+00:00", "least": "10.50", "party": {"id": 1, "key": "C1", "label": "Acme"},
    }


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("1", 2, "1.00"),
        ("1.005", 2, "1.01"),
        ("-1.005", 2, "-1.01"),
        ("1.0049999", 2, "1.00"),
        ("-0.001", 2, "0.00"),
        ("1234.5", 0, "1235"),
        ("1.0005", 3, "1.001"),
        ("12345678901234567890123456789012345.675", 2, "12345678901234567890123456789012345.68"),
        ("1E+3", 2, "1000.00"),
        ("10.00", None, "10.00"),
        ("1000", None, "1000"),
        ("0.33333333", None, "0.3333"),
    ],
)
def test_money_has_the_decimals_of_its_currency(value: str, decimals: int | None, text: str) -> None:
    assert json_value(Decimal(value), Column("amount", "Amount", "money", decimals)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("3.000000", "3"), ("2.500000", "2.5"), ("1E+3", "1000"), ("0.000000", "0"), ("0.1000000004", "0.1"),
     ("0.6666666666", "0.666667"), ("-100", "-100")],
)
def test_a_quantity_without_decimals_of_its_own_loses_its_zeros(value: str, text: str) -> None:
    assert json_value(Decimal(value), Column("quantity", "Quantity", "quantity")) == text


@pytest.mark.parametrize("value", [1.5, True, "1.50", Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_exact_figure_is_refused(value: object) -> None:
    with pytest.raises(CellTypeMismatch):
        rounded(value, MONEY)


def test_a_refusal_names_the_column_and_the_value() -> None:
    with pytest.raises(CellTypeMismatch) as refusal:
        rounded(1.5, MONEY)
    assert str(refusal.value) == "column 'amount' is of type money, not float: 1.5"


@pytest.mark.parametrize(
    ("column_type", "value"),
    [("date", datetime(2026, 1, 1, tzinfo=UTC)), ("date", "2026-01-01"), ("datetime", date(2026, 1, 1)),
     ("boolean", 1), ("ref", "4300"), ("integer", Decimal("1.5")), ("integer", True)],
)
def test_a_cell_of_another_type_is_refused(column_type, value: object) -> None:
    with pytest.raises(CellTypeMismatch):
        json_value(value, Column("x", "X", column_type))


def test_integers_that_a_database_summed_to_decimals_are_integers() -> None:
    assert whole(Decimal("12"), Column("n", "N", "integer")) == 12


def test_a_moment_without_a_zone_is_in_utc() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert utc(noon.replace(tzinfo=None)) == noon


def test_two_columns_of_one_name_are_refused(make) -> None:
    with pytest.raises(ValueError, match=r"^books\.trial-balance: two columns have the same name$"):
        make([MONEY, MONEY], [])


def test_a_table_without_columns_is_refused(make) -> None:
    with pytest.raises(ValueError, match=r"^books\.trial-balance: a table needs a column$"):
        make([], [])


def test_totals_and_charts_name_columns_of_the_table(make) -> None:
    with pytest.raises(ValueError, match=r"^books\.trial-balance: no such column: height, nowhere$"):
        make([MONEY], [], totals={"nowhere": Decimal(1)}, chart=Chart("bars", "amount", ["height"]))


def test_a_table_needs_a_time_zone(trial_balance: Table) -> None:
    fields = {**vars(trial_balance), "generated_at": trial_balance.generated_at.replace(tzinfo=None)}
    with pytest.raises(ValueError, match=r"^books\.trial-balance: generated_at needs a time zone$"):
        Table(**fields)


def test_a_label_that_is_translated_late_is_text_in_json(make) -> None:
    class Late:
        def __str__(self) -> str:
            return "Saldo"

    table = make([Column("closing", Late(), "text")], [Row({"closing": Late()})])
    answer = orjson.loads(to_json(table))
    assert (answer["columns"][0]["label"], answer["rows"]) == ("Saldo", [{"closing": "Saldo"}])
