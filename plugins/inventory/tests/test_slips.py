"""The slip of a picking as it comes out of the printer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as Date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from trastienda import Work
from trastienda_inventory import Location, Picking, Product, Unit

pytestmark = pytest.mark.plugins("inventory", "formats", "web")


def a_picking(work: Work) -> int:
    piece = work.add(Unit(code="UD", name="Piece"))
    work.add(Product(code="PEN", name="Blue pen", unit=piece.id, barcode="4006381333931"))
    stock = work.add(Location(code="STOCK", name="Stock"))
    customers = work.add(Location(code="CUS", name="Customers", kind="customer"))
    made = work.add(Picking(date=Date(2026, 6, 10), reference="ORDER-7", from_location=stock.id,
                            to_location=customers.id))
    work.act(made, "add", product="PEN", quantity=Decimal("2.5"))
    return made.id


def test_slip_says_what_to_take_from_where(client: FlaskClient, write: Callable[..., Any]) -> None:
    number = write(a_picking)
    answer = client.get(f"/api/v1/inventory/pickings/{number}/print/slip")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    [page] = PdfReader(BytesIO(answer.data)).pages
    words = page.extract_text().split()
    for wanted in ("ORDER-7", "PEN", "Blue", "2.5", "UD", "STOCK", "CUS"):
        assert wanted in words


def test_panels_say_what_waits_what_there_is_and_what_a_picking_moves(
    browser_client: FlaskClient, write: Callable[..., Any]
) -> None:
    number = write(a_picking)
    assert "Deliveries to do" in browser_client.get("/").text
    page = browser_client.get(f"/inventory/pickings/{number}").text
    assert "Blue pen" in page
    assert "print/slip" in page
    product = write(lambda work: work.get(Product, "PEN").id)
    assert "Outgoing" in browser_client.get(f"/inventory/products/{product}").text
