"""Journal entries: drafts are edited, posted ones never change again."""

from decimal import Decimal

from peewee import CharField, Check, DateField, ForeignKeyField

from trastienda import Child, MoneyField, Record, StateField
from trastienda_contacts import Party

from .accounts import Account
from .dimensions import DimensionSet
from .journals import Journal


class JournalEntry(Record):
    reference = CharField(
        60,
        default="",
        verbose_name="Reference",
        help_text="The number on the paper: an invoice's, a bank slip's",
    )
    date = DateField(verbose_name="Date")
    journal = ForeignKeyField(Journal, on_delete="RESTRICT", verbose_name="Journal")
    description = CharField(200, default="", verbose_name="Description")
    number = CharField(
        40,
        null=True,
        verbose_name="Number",
        help_text="Without gaps in its journal and fiscal year; given when posted",
    )
    amount = MoneyField(
        default=Decimal(0), verbose_name="Amount", help_text="What its debits come to, and so its credits"
    )
    state = StateField("draft", "posted", "reversed", verbose_name="State", index=False)
    source = CharField(
        80,
        null=True,
        verbose_name="Source",
        help_text="What caused it, such as fleet.fuel-purchase/12; posted once only",
    )
    reverses = ForeignKeyField(
        "self", null=True, unique=True, on_delete="RESTRICT", backref="reversals", verbose_name="Reverses"
    )
    reversed_by = ForeignKeyField(
        "self",
        null=True,
        unique=True,
        on_delete="RESTRICT",
        backref="reversed_entries",
        verbose_name="Reversed by",
    )

    journal_id: int
    reversed_by_id: int | None

    class Meta:
        indexes = (
            (("company", "source"), True),
            (("company", "number"), True),
            (("company", "date", "id"), False),
            (("company", "state", "date", "id"), False),
            (("company", "reference"), False),
        )


class Posting(Child):
    entry = ForeignKeyField(JournalEntry, on_delete="CASCADE")
    date = DateField(verbose_name="Date", help_text="The entry's")
    account = ForeignKeyField(Account, on_delete="RESTRICT", verbose_name="Account")
    debit = MoneyField(default=Decimal(0), verbose_name="Debit")
    credit = MoneyField(default=Decimal(0), verbose_name="Credit")
    party = ForeignKeyField(Party, null=True, on_delete="RESTRICT", verbose_name="Party")
    description = CharField(200, default="", verbose_name="Description")
    due_date = DateField(null=True, verbose_name="Due date")
    currency = CharField(3, null=True, verbose_name="Currency", help_text="ISO 4217")
    amount_currency = MoneyField(
        "currency",
        null=True,
        verbose_name="Amount in currency",
        help_text="Signed: a debit is positive, a credit negative",
    )
    dimensions = ForeignKeyField(DimensionSet, null=True, on_delete="RESTRICT", verbose_name="Dimensions")

    account_id: int
    party_id: int | None
    dimensions_id: int | None

    class Meta:
        constraints = [
            Check("debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)", name="posting_one_side")
        ]
        indexes = (
            (("company", "date", "id"), False),
            (("account", "date"), False),
            (("account", "due_date"), False),
            (("party", "date"), False),
        )
