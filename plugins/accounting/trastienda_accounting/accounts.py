"""The chart of accounts."""

from collections.abc import Iterator

from peewee import BooleanField, CharField, ForeignKeyField, TextField

from trastienda import ChoiceField, Fault, Record
from trastienda import gettext as _


class Account(Record):
    code = CharField(20, verbose_name="Code")
    name = CharField(200, verbose_name="Name")
    kind = ChoiceField("asset", "liability", "equity", "income", "expense", verbose_name="Kind", index=True)
    parent = ForeignKeyField(
        "self", null=True, on_delete="RESTRICT", backref="children", verbose_name="Parent"
    )
    postable = BooleanField(
        default=True, verbose_name="Postable", help_text="No: a heading that sums up others"
    )
    active = BooleanField(default=True, verbose_name="Active")
    currency = CharField(
        3,
        null=True,
        verbose_name="Currency",
        help_text="ISO 4217; if given, every posting carries an amount in it",
    )
    description = TextField(default="", verbose_name="Description")

    class Meta:
        indexes = ((("company", "code"), True),)


def account_faults(account: Account) -> Iterator[Fault]:
    if not account.code.strip():
        yield Fault(Account.code, _("An account needs a code"))
    if not account.name.strip():
        yield Fault(Account.name, _("An account needs a name"))
    if account.currency is not None and not is_currency_code(account.currency):
        yield Fault(
            Account.currency, _("{code} is no currency's three letters").format(code=account.currency)
        )


def is_currency_code(code: str) -> bool:
    """The form of ISO 4217: three capital letters."""
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()
