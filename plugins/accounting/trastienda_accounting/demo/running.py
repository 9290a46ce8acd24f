"""What a firm pays month by month: rent, services, wages, the loan, and what its equipment wears off."""

from collections.abc import Iterator, Mapping
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from ..calendar import add_months
from ..ledger import Line, credit, debit
from .entry import (
    ADVERTISING,
    ADVISERS,
    BANK,
    BANK_CHARGES,
    CAPITAL,
    COMPUTERS,
    CREDITORS,
    DEPRECIATION,
    FREIGHT,
    FURNITURE,
    GOODS,
    INSURANCE,
    INTEREST,
    LOAN,
    RENT,
    SOCIAL_SECURITY,
    SOCIAL_SECURITY_DUE,
    UTILITIES,
    VAT,
    VAT_PAID,
    VEHICLES,
    WAGES,
    WAGES_DUE,
    WITHHELD,
    DemoEntry,
    cents,
    month_end,
    transfer,
)


class Asset(NamedTuple):
    account: str
    worn_off: str
    cost: Decimal
    yearly: Decimal


class Bill(NamedTuple):
    """A supply that is billed in these months; `withheld` is the income tax kept back from the supplier."""

    creditor: str
    account: str
    text: str
    net: Decimal
    day: int
    months: tuple[int, ...] = tuple(range(1, 13))
    withheld: Decimal = Decimal(0)
    vat: Decimal = VAT


#: Yearly rates within the table of article 12 of the Spanish corporate income tax law (Ley 27/2014).
ASSETS = (
    Asset(FURNITURE, "2816", Decimal(12_000), Decimal("0.10")),
    Asset(COMPUTERS, "2817", Decimal(6_000), Decimal("0.25")),
    Asset(VEHICLES, "2818", Decimal(21_000), Decimal("0.16")),
)
STOCK, MONEY, LOAN_TAKEN = Decimal(62_000), Decimal(68_000), Decimal(60_000)
LOAN_RATE, LOAN_INSTALMENT = Decimal("0.045"), Decimal(1_000)

#: Who is billed from, by code and name; created with the demo.
CREDITORS_BY_CODE: Mapping[str, str] = {
    "A0001": "Naves Industriales Cañada Blanca, S.L.",
    "A0002": "Energía Llano Verde, S.L.",
    "A0003": "Telefonía Cerro Claro, S.L.",
    "A0004": "Asesores Patio Grande, S.L.",
    "A0005": "Transportes Vía Rápida Sur, S.L.",
    "A0006": "Seguros Roble Antiguo, S.L.",
    "A0007": "Rótulos y Anuncios Farola, S.L.",
}
BILLS = (
    Bill("A0001", RENT, "Alquiler de la nave", Decimal(1_650), 1, withheld=Decimal("0.19")),
    Bill("A0002", UTILITIES, "Electricidad", Decimal(290), 12),
    Bill("A0003", UTILITIES, "Teléfono e internet", Decimal(95), 18),
    Bill("A0004", ADVISERS, "Asesoría fiscal y laboral", Decimal(320), 28),
    Bill("A0005", FREIGHT, "Portes", Decimal(780), 26),
    Bill(
        "A0006",
        INSURANCE,
        "Seguro de la nave y del vehículo",
        Decimal(1_980),
        15,
        months=(2,),
        vat=Decimal(0),
    ),
    Bill("A0007", ADVERTISING, "Catálogo y anuncios", Decimal(1_250), 9, months=(3, 6, 8, 11)),
)
GROSS_WAGES, YEARLY_RAISE = Decimal(6_800), Decimal("1.03")
EMPLOYER_RATE, EMPLOYEE_RATE, INCOME_TAX_RATE = Decimal("0.3140"), Decimal("0.0648"), Decimal("0.13")


def opening(day: Date) -> DemoEntry:
    """The firm begins with goods, equipment, money and a loan; what remains is its capital."""
    has = [debit(asset.account, asset.cost) for asset in ASSETS]
    has += [debit(GOODS, STOCK), debit(BANK, MONEY)]
    capital = sum((line.debit for line in has), Decimal(0)) - LOAN_TAKEN
    return DemoEntry(
        day,
        "opening",
        "APERTURA",
        "Asiento de apertura",
        (*has, credit(LOAN, LOAN_TAKEN), credit(CAPITAL, capital)),
    )


def running_costs(random: Random, *, first: Date, last: Date) -> Iterator[DemoEntry]:
    """Everything that comes every month, as far as it has come by the last day."""
    month, owed = first, LOAN_TAKEN
    while month <= last:
        entries = [
            entry for bill in BILLS if month.month in bill.months for entry in _billed(random, bill, month)
        ]
        entries += [
            *_wages(month, cents(GROSS_WAGES * YEARLY_RAISE ** (month.year - first.year))),
            _instalment(month, owed),
            _bank_charges(random, month),
            _depreciation(month),
        ]
        yield from (entry for entry in entries if entry.date <= last)
        month, owed = add_months(month, 1), owed - LOAN_INSTALMENT


def _billed(random: Random, bill: Bill, month: Date) -> Iterator[DemoEntry]:
    day = month.replace(day=bill.day)
    varies = bill.account in (UTILITIES, FREIGHT)
    net = cents(bill.net * random.randint(85, 120) / 100) if varies else bill.net
    vat, withheld = cents(net * bill.vat), cents(net * bill.withheld)
    owed = net + vat - withheld
    reference = f"{bill.creditor}-{day:%Y%m}"
    lines = [
        debit(bill.account, net),
        Line(CREDITORS, credit=owed, party=bill.creditor, due_date=day + timedelta(days=15)),
    ]
    if vat:
        lines.append(debit(VAT_PAID, vat, description="IVA 21 %"))
    if withheld:
        lines.append(credit(WITHHELD, withheld, description="Retención IRPF"))
    yield DemoEntry(day, "purchases", reference, f"{bill.text}, {day:%m/%Y}", tuple(lines))
    yield transfer(
        day + timedelta(days=15),
        reference,
        f"Pago: {bill.text}",
        to=debit(CREDITORS, owed, party=bill.creditor),
    )


def _wages(month: Date, pay: Decimal) -> Iterator[DemoEntry]:
    """Fourteen pays a year; social security is spread over twelve months, paid at the end of the next."""
    day = month_end(month)
    gross = pay * (2 if month.month in (6, 12) else 1)
    base = cents(pay * 14 / 12)
    employer, employee = cents(base * EMPLOYER_RATE), cents(base * EMPLOYEE_RATE)
    tax = cents(gross * INCOME_TAX_RATE)
    net = gross - employee - tax
    text = f"{month:%m/%Y}"
    yield DemoEntry(
        day,
        "payroll",
        f"NOM-{month:%Y%m}",
        f"Nóminas {text}",
        (
            debit(WAGES, gross),
            debit(SOCIAL_SECURITY, employer),
            credit(SOCIAL_SECURITY_DUE, employer + employee),
            credit(WITHHELD, tax, description="Retención IRPF"),
            credit(WAGES_DUE, net),
        ),
    )
    yield transfer(day, f"NOM-{month:%Y%m}", f"Pago de nóminas {text}", to=debit(WAGES_DUE, net))
    yield transfer(
        month_end(add_months(month, 1)),
        f"TC-{month:%Y%m}",
        f"Seguridad Social {text}",
        to=debit(SOCIAL_SECURITY_DUE, employer + employee),
    )


def _instalment(month: Date, owed: Decimal) -> DemoEntry:
    interest = cents(owed * LOAN_RATE / 12)
    return DemoEntry(
        month.replace(day=5),
        "bank",
        f"PRE-{month:%Y%m}",
        "Cuota del préstamo",
        (debit(LOAN, LOAN_INSTALMENT), debit(INTEREST, interest), credit(BANK, LOAN_INSTALMENT + interest)),
    )


def _bank_charges(random: Random, month: Date) -> DemoEntry:
    amount = Decimal(random.randint(1_800, 3_900)) / 100
    return transfer(month.replace(day=27), "", "Comisiones bancarias", to=debit(BANK_CHARGES, amount))


def _depreciation(month: Date) -> DemoEntry:
    parts = [(asset.worn_off, cents(asset.cost * asset.yearly / 12)) for asset in ASSETS]
    return DemoEntry(
        month_end(month),
        "general",
        f"AMO-{month:%Y%m}",
        "Amortización del inmovilizado",
        (
            debit(DEPRECIATION, sum((amount for _, amount in parts), Decimal(0))),
            *(credit(account, amount) for account, amount in parts),
        ),
    )
