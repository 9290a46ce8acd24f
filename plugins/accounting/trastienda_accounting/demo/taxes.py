"""What a firm settles with the tax office: value added tax, tax withheld, corporate income tax.

Quarters are filed on the 20th of the next month, the fourth on 30 January; the year's income tax on 25 July.
"""

from collections.abc import Iterator, Sequence
from datetime import date as Date
from decimal import Decimal

from ..calendar import add_months
from ..ledger import Line, credit, debit
from .entry import (
    GOODS,
    GOODS_CHANGE,
    INCOME_TAX,
    TAX_DUE,
    VAT_BACK,
    VAT_CHARGED,
    VAT_DUE,
    VAT_PAID,
    WITHHELD,
    DemoEntry,
    balance,
    cents,
    month_end,
    transfer,
)

INCOME_TAX_RATE = Decimal("0.25")


def quarters(*, first: Date, last: Date) -> Iterator[tuple[Date, Date, Date]]:
    """First day, last day and day of filing of each quarter that is over."""
    start = first
    while (end := month_end(add_months(start, 2))) <= last:
        filed = add_months(end.replace(day=20), 1)
        yield start, end, filed.replace(day=30) if filed.month == 1 else filed
        start = add_months(start, 3)


def vat_returns(entries: Sequence[DemoEntry], *, first: Date, last: Date) -> Iterator[DemoEntry]:
    """Each quarter's settlement and payment; what the tax office owes is set against the next quarter."""
    carried = Decimal(0)
    for start, end, filed in quarters(first=first, last=last):
        charged = -balance(entries, VAT_CHARGED, first=start, last=end)
        paid = balance(entries, VAT_PAID, first=start, last=end)
        due = charged - paid - carried
        reference, text = f"303-{end:%Y}-{(end.month + 2) // 3}T", f"IVA {(end.month + 2) // 3}T {end.year}"
        lines = [debit(VAT_CHARGED, charged), credit(VAT_PAID, paid)]
        if carried:
            lines.append(credit(VAT_BACK, carried))
        lines.append(credit(VAT_DUE, due) if due > 0 else debit(VAT_BACK, -due))
        yield DemoEntry(end, "general", reference, f"Liquidación {text}", tuple(lines))
        if due > 0 and filed <= last:
            yield transfer(filed, reference, f"Pago {text}", to=debit(VAT_DUE, due))
        carried = max(-due, Decimal(0))


def withholding_returns(entries: Sequence[DemoEntry], *, first: Date, last: Date) -> Iterator[DemoEntry]:
    for start, end, filed in quarters(first=first, last=last):
        if filed <= last:
            kept = -balance(entries, WITHHELD, first=start, last=end)
            name = f"{(end.month + 2) // 3}T {end.year}"
            yield transfer(
                filed,
                f"111-{end:%Y}-{(end.month + 2) // 3}T",
                f"Retenciones {name}",
                to=debit(WITHHELD, kept),
            )


def year_ends(entries: Sequence[DemoEntry], *, first: Date, last: Date) -> Iterator[DemoEntry]:
    """The count of the goods, and the tax on the year's result, for each year that is over."""
    for year in range(first.year, last.year):
        day = Date(year, 12, 31)
        more = cents(-balance(entries, "7", first=day.replace(month=1, day=1), last=day) * Decimal("0.006"))
        yield DemoEntry(
            day,
            "general",
            f"EXI-{year}",
            "Variación de existencias según recuento",
            (debit(GOODS, more), credit(GOODS_CHANGE, more)),
        )
        result = more - sum(
            (balance(entries, group, first=day.replace(month=1, day=1), last=day) for group in ("6", "7")),
            Decimal(0),
        )
        tax = cents(result * INCOME_TAX_RATE)
        if tax > 0:
            yield DemoEntry(
                day,
                "general",
                f"200-{year}",
                f"Impuesto sobre beneficios {year}",
                (debit(INCOME_TAX, tax), Line(TAX_DUE, credit=tax)),
            )
            if Date(year + 1, 7, 25) <= last:
                yield transfer(
                    Date(year + 1, 7, 25),
                    f"200-{year}",
                    f"Pago del impuesto sobre beneficios {year}",
                    to=debit(TAX_DUE, tax),
                )
