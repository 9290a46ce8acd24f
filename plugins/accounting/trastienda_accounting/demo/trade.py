"""What a stationery wholesaler sells and buys, and when it is paid and pays."""

from collections.abc import Iterator, Sequence
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from random import Random

from ..calendar import add_months
from ..ledger import Line, credit, debit
from .entry import (
    CUSTOMERS,
    PURCHASES,
    RETURNS,
    SALES,
    SUPPLIERS,
    VAT,
    VAT_BOOKS,
    VAT_CHARGED,
    VAT_PAID,
    DemoEntry,
    cents,
    transfer,
    weekdays,
)

#: Invoices a month: schools and offices buy in September, nobody in August.
INVOICES = {1: 21, 2: 20, 3: 22, 4: 20, 5: 22, 6: 24, 7: 17, 8: 9, 9: 36, 10: 27, 11: 23, 12: 22}
AVERAGE_SALE = Decimal(1_900)
#: Goods are bought in the month before they are sold, for this part of their price.
COST_OF_SALES = Decimal("0.58")
SUPPLIER_INVOICES = 6


def sales(random: Random, customers: Sequence[str], *, first: Date, last: Date) -> Iterator[DemoEntry]:
    """Invoices, a return now and then, and the receipts that have come in by the last day."""
    numbers: dict[int, int] = {}
    month = first
    while month <= last:
        for day in weekdays(random, month, INVOICES[month.month]):
            numbers[day.year] = numbers.get(day.year, 0) + 1
            reference = f"F{day.year}/{numbers[day.year]:04}"
            for entry in _sale(random, random.choice(customers), reference, day):
                if entry.date <= last:
                    yield entry
        month = add_months(month, 1)


def _sale(random: Random, customer: str, reference: str, day: Date) -> Iterator[DemoEntry]:
    net = cents(AVERAGE_SALE * Decimal(str(random.lognormvariate(-0.125, 0.5))))
    books = cents(net * random.randint(10, 40) / 100) if random.random() < 0.2 else Decimal(0)
    due = day + timedelta(days=random.choice((30, 30, 60)))
    invoice = _invoice(customer, net=net, books=books, due=due)
    yield DemoEntry(day, "sales", reference, f"Factura {reference}", invoice)

    owed = invoice[0].debit
    if random.random() < 0.03:
        returned = cents(net * Decimal("0.2"))
        vat = cents(returned * VAT)
        owed -= returned + vat
        yield DemoEntry(
            day + timedelta(days=6),
            "sales",
            f"R-{reference}",
            f"Devolución de la factura {reference}",
            (
                debit(RETURNS, returned),
                debit(VAT_CHARGED, vat, description="IVA 21 %"),
                credit(CUSTOMERS, returned + vat, party=customer),
            ),
        )
    if random.random() < 0.985:
        paid_on = due + timedelta(days=random.choice((0, 0, 0, 1, 2, 5, 12, 25)))
        yield transfer(
            paid_on, reference, f"Cobro de la factura {reference}", to=credit(CUSTOMERS, owed, party=customer)
        )


def _invoice(customer: str, *, net: Decimal, books: Decimal, due: Date) -> tuple[Line, ...]:
    """Goods at the general rate, books at the lowest."""
    vat = [credit(VAT_CHARGED, cents((net - books) * VAT), description="IVA 21 %")]
    if books:
        vat.append(credit(VAT_CHARGED, cents(books * VAT_BOOKS), description="IVA 4 %"))
    gross = net + sum((line.credit for line in vat), Decimal(0))
    return Line(CUSTOMERS, debit=gross, party=customer, due_date=due), credit(SALES, net), *vat


def purchases(random: Random, suppliers: Sequence[str], *, first: Date, last: Date) -> Iterator[DemoEntry]:
    """Suppliers' invoices for what the next month will sell, paid after 60 days."""
    month = first
    while month <= last:
        planned = COST_OF_SALES * AVERAGE_SALE * INVOICES[add_months(month, 1).month]
        for day in weekdays(random, month, SUPPLIER_INVOICES):
            net = cents(planned / SUPPLIER_INVOICES * random.randint(75, 125) / 100)
            for entry in _purchase(
                random.choice(suppliers), f"{random.randint(100, 9_999)}/{day:%y}", day, net
            ):
                if entry.date <= last:
                    yield entry
        month = add_months(month, 1)


def _purchase(supplier: str, reference: str, day: Date, net: Decimal) -> Iterator[DemoEntry]:
    vat = cents(net * VAT)
    due = day + timedelta(days=60)
    yield DemoEntry(
        day,
        "purchases",
        reference,
        f"Mercaderías, factura {reference}",
        (
            debit(PURCHASES, net),
            debit(VAT_PAID, vat, description="IVA 21 %"),
            Line(SUPPLIERS, credit=net + vat, party=supplier, due_date=due),
        ),
    )
    yield transfer(
        due, reference, f"Pago de la factura {reference}", to=debit(SUPPLIERS, net + vat, party=supplier)
    )
