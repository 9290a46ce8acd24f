"""What every journal entry must satisfy, as a draft already. Pure: of the entry and its lines alone."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from trastienda import Fault, MoneyField, Work
from trastienda import gettext as _

from .accounts import Account, is_currency_code
from .entries import JournalEntry, Posting

CENT = Decimal("0.01")
#: What a column of money can hold.
LARGEST = Decimal(2**63 - 1).scaleb(-MoneyField.scale)


def derive_amount(work: Work, entry: JournalEntry) -> None:
    """Its debits; nought where they are more than can be stored, which is a fault."""
    amount = sum((line.debit for line in entry.lines_of(Posting)), Decimal(0))
    entry.amount = amount if abs(amount) <= LARGEST else Decimal(0)


def entry_faults(entry: JournalEntry) -> Iterator[Fault]:
    """Two lines or more, each with one amount, balanced to the last decimal."""
    lines = entry.lines_of(Posting)
    if len(lines) < 2:
        yield Fault(Posting.entry, _("A journal entry has two lines or more"))
    for line in lines:
        yield from side_faults(line)
        yield from currency_faults(line)
    if message := imbalance(lines):
        yield Fault(Posting.entry, message)
    if sum((line.debit for line in lines), Decimal(0)) > LARGEST:
        yield Fault(Posting.entry, _("The debits come to more than {amount}").format(amount=plain(LARGEST)))


def side_faults(line: Posting) -> Iterator[Fault]:
    """Either a debit or a credit, above zero."""
    if line.debit < 0:
        yield Fault(
            Posting.debit, _("A debit of {amount} is below zero").format(amount=plain(line.debit)), line=line
        )
    if line.credit < 0:
        yield Fault(
            Posting.credit,
            _("A credit of {amount} is below zero").format(amount=plain(line.credit)),
            line=line,
        )
    if not line.debit and not line.credit:
        yield Fault(Posting.debit, _("A line has a debit or a credit"), line=line)
    if line.debit and line.credit:
        text = _("A line has a debit of {debit} or a credit of {credit}, not both")
        yield Fault(
            Posting.credit, text.format(debit=plain(line.debit), credit=plain(line.credit)), line=line
        )


def currency_faults(line: Posting) -> Iterator[Fault]:
    """A currency and an amount in it come together, the amount with the sign of debit less credit."""
    if line.currency is None:
        if line.amount_currency is not None:
            yield Fault(Posting.currency, _("An amount in currency needs its currency"), line=line)
        return
    if not is_currency_code(line.currency):
        text = _("{code} is no currency's three letters").format(code=line.currency)
        yield Fault(Posting.currency, text, line=line)
    if line.amount_currency is None:
        yield Fault(Posting.amount_currency, _("A currency needs an amount in it"), line=line)
    elif line.amount_currency * (line.debit - line.credit) < 0:
        text = _("{amount} in currency has not the sign of {difference}, debit less credit")
        message = text.format(amount=plain(line.amount_currency), difference=plain(line.debit - line.credit))
        yield Fault(Posting.amount_currency, message, line=line)


def imbalance(lines: Sequence[Posting]) -> str:
    """What is wrong with the sums, or nothing."""
    debit = sum((line.debit for line in lines), Decimal(0))
    credit = sum((line.credit for line in lines), Decimal(0))
    if debit == credit:
        return ""
    text = _("Debit {debit} and credit {credit} differ by {difference}")
    return text.format(debit=plain(debit), credit=plain(credit), difference=plain(abs(debit - credit)))


def posting_faults(
    lines: Sequence[Posting], *, accounts: Mapping[int, Account], company_currency: str
) -> Iterator[Fault]:
    """What stands against posting, beyond `entry_faults`: the state of the accounts, and their currencies.

    `accounts` by id, all those of the lines.
    """
    for line in lines:
        account = accounts[line.account_id]
        if not account.active:
            yield Fault(
                Posting.account, _("Account {code} is not active").format(code=account.code), line=line
            )
        elif not account.postable:
            text = _("Account {code} is a heading: it takes no postings").format(code=account.code)
            yield Fault(Posting.account, text, line=line)
        if account.currency not in (None, company_currency, line.currency):
            text = _("Account {code} is kept in {currency}").format(
                code=account.code, currency=account.currency
            )
            yield Fault(Posting.currency, text, line=line)
        if line.currency == company_currency and line.amount_currency != line.debit - line.credit:
            text = _("In the company's own currency the amount is {amount}")
            message = text.format(amount=plain(line.debit - line.credit))
            yield Fault(Posting.amount_currency, message, line=line)


def plain(amount: Decimal) -> str:
    """With two decimals, or more where it has them."""
    return f"{amount.quantize(CENT)}" if amount == amount.quantize(CENT) else f"{amount.normalize():f}"
