"""Where a party is paid, or pays from."""

from collections.abc import Iterator

from peewee import CharField, ForeignKeyField
from stdnum import bic, iban

from trastienda import Child, Fault
from trastienda import gettext as _

from .parties import Party


class BankAccount(Child):
    party = ForeignKeyField(Party, on_delete="CASCADE")
    iban = CharField(42, verbose_name="IBAN", help_text="With or without blanks")
    bic = CharField(11, default="", verbose_name="BIC")
    holder = CharField(120, default="", verbose_name="Holder", help_text="If it is not the party itself")


def bank_account_faults(party: Party) -> Iterator[Fault]:
    seen: set[str] = set()
    for account in party.lines_of(BankAccount):
        if not iban.is_valid(account.iban):
            text = _("{iban} is not a valid IBAN").format(iban=account.iban)
            yield Fault(BankAccount.iban, text, line=account)
        elif iban.compact(account.iban) in seen:
            yield Fault(BankAccount.iban, _("This IBAN is there already"), line=account)
        else:
            seen.add(iban.compact(account.iban))
        if account.bic and not bic.is_valid(account.bic):
            yield Fault(BankAccount.bic, _("{bic} is not a valid BIC").format(bic=account.bic), line=account)
