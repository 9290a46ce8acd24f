"""The rules of an entry, on records that no database knows."""

from datetime import date as Date
from decimal import Decimal

import pytest

from trastienda_accounting import Account, JournalEntry, Posting
from trastienda_accounting.entry_rules import entry_faults, plain, posting_faults


def line(debit: str = "0", credit: str = "0", **more: object) -> Posting:
    return Posting(account=1, debit=Decimal(debit), credit=Decimal(credit), **more)


def faults(*lines: Posting) -> list[tuple[str, int | None, str]]:
    """Field, line and message of each."""
    entry = JournalEntry(date=Date(2026, 1, 1))
    entry.lines_of(Posting).extend(lines)
    return [
        (
            fault.field.name,
            next((i for i, each in enumerate(lines) if each is fault.line), None),
            fault.message,
        )
        for fault in entry_faults(entry)
    ]


def test_balanced_entry_has_no_fault() -> None:
    assert faults(line(debit="121"), line(credit="100"), line(credit="21")) == []


@pytest.mark.parametrize("lines", [(), (line(debit="1"),)])
def test_entry_has_two_lines_or_more(lines: tuple[Posting, ...]) -> None:
    assert faults(*lines)[0] == ("entry", None, "A journal entry has two lines or more")


def test_entry_is_balanced_to_the_last_decimal() -> None:
    assert faults(line(debit="10"), line(credit="9.9999")) == [
        ("entry", None, "Debit 10.00 and credit 9.9999 differ by 0.0001")
    ]


def test_line_has_an_amount() -> None:
    assert faults(line(debit="1"), line(), line(credit="1")) == [
        ("debit", 1, "A line has a debit or a credit")
    ]


def test_line_has_one_side() -> None:
    assert faults(line(debit="3", credit="2"), line(credit="1")) == [
        ("credit", 0, "A line has a debit of 3.00 or a credit of 2.00, not both")
    ]


def test_amounts_are_not_below_zero() -> None:
    assert faults(line(debit="-5"), line(credit="-5")) == [
        ("debit", 0, "A debit of -5.00 is below zero"),
        ("credit", 1, "A credit of -5.00 is below zero"),
    ]


@pytest.mark.parametrize(
    ("more", "field", "message"),
    [
        ({"amount_currency": Decimal(9)}, "currency", "An amount in currency needs its currency"),
        ({"currency": "USD"}, "amount_currency", "A currency needs an amount in it"),
        (
            {"currency": "USD", "amount_currency": Decimal(-9)},
            "amount_currency",
            "-9.00 in currency has not the sign of 10.00, debit less credit",
        ),
        (
            {"currency": "usd", "amount_currency": Decimal(9)},
            "currency",
            "usd is no currency's three letters",
        ),
    ],
)
def test_currency_and_amount_in_it_agree(more: dict[str, object], field: str, message: str) -> None:
    assert faults(line(debit="10", **more), line(credit="10")) == [(field, 0, message)]


def test_credit_in_currency_is_negative() -> None:
    assert faults(line(debit="10"), line(credit="10", currency="USD", amount_currency=Decimal(-11))) == []


def test_account_kept_in_a_currency_takes_lines_in_it() -> None:
    accounts = {1: Account(id=1, code="572", currency="USD", active=True, postable=True)}
    dollars = line(debit="10", currency="USD", amount_currency=Decimal(11))
    assert list(posting_faults([dollars], accounts=accounts, company_currency="EUR")) == []


@pytest.mark.parametrize(
    ("amount", "text"), [("10", "10.00"), ("1.5", "1.50"), ("0.1234", "0.1234"), ("100.10", "100.10")]
)
def test_amounts_are_written_with_two_decimals_or_all_that_they_have(amount: str, text: str) -> None:
    assert plain(Decimal(amount)) == text
