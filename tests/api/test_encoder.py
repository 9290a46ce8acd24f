"""What goes out, encoded straight from the row, is what the marshmallow schema itself would dump."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from trastienda.entities.schemas import schema_of
from trastienda.storage.models import Row

SAMPLES: list[dict[str, Any]] = [
    {},
    {"ceiling": "0", "rate": "0", "stock": "0", "rank": 0, "big": 0, "active": False},
    {"ceiling": "-0.05", "rate": "-0.0000000001", "stock": "-0.000001", "rank": -(2**30), "big": -(2**63) + 1},
    {
        "ceiling": "922337203685477.58",
        "rate": "922337203.6854775807",
        "stock": "9223372036854.775807",
        "big": 2**63 - 1,
    },
    {"ceiling": "1200", "rate": "0.1", "stock": "100", "opened": "1000-01-01", "seen_at": "9000-12-30T23:59:59Z"},
    {"opened": "2028-02-29", "seen_at": "2026-01-01T10:00:00.123456Z", "kind": "debt", "notes": "a\n\tñ 😀 \"'<&>"},
]
FIGURES = {"ceiling", "rate", "stock"}


def test_encoder_equals_the_schemas_own_dump(api: Any) -> None:
    entity = api.site.registry.entities["toy.account"]
    fields = schema_of(entity).fields
    for i, values in enumerate(SAMPLES):
        shown = api.account(f"S{i}", **values)
        with api.site.active():
            record: Row = entity.model.get_by_id(shown["id"])
        for name, field in fields.items():
            if name not in ("parent", "ext"):
                dumped = field.serialize(name, record)
                if name in FIGURES and dumped is not None:
                    assert Decimal(shown[name]) == Decimal(dumped), (i, name)
                else:
                    assert shown[name] == dumped, (i, name)


def test_what_was_written_is_what_is_read_to_the_last_digit(api: Any) -> None:
    for i, values in enumerate(SAMPLES):
        shown = api.account(f"S{i}", **values)
        for name, value in values.items():
            if name in FIGURES:
                assert Decimal(shown[name]) == Decimal(value)
                assert "E" not in shown[name]
            else:
                assert shown[name] == value


def test_money_has_the_decimals_of_its_currency(api: Any) -> None:
    shown = [api.account(f"M{i}", ceiling=text)["ceiling"] for i, text in enumerate(("7", "7.5", "7.50", "-0.5", "1"))]
    assert shown == ["7.00", "7.50", "7.50", "-0.50", "1.00"]
