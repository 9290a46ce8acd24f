"""The books as they can be read on any date; each figure leads to the entries behind it."""

from trastienda import Report

from .balance_sheet import balance_sheet
from .days import day_meant, days_meant
from .due import DueRow, due
from .general_ledger import LedgerRow, general_ledger
from .income_statement import income_statement
from .journal import JournalRow, journal
from .statements import StatementLine
from .trial_balance import TrialBalanceRow, trial_balance

reports = [
    Report(
        "accounting.trial-balance",
        trial_balance,
        row=TrialBalanceRow,
        label="Trial balance",
        labels={
            "account": "Account",
            "name": "Name",
            "opening": "Opening balance",
            "debit": "Debit",
            "credit": "Credit",
            "closing": "Closing balance",
        },
        totals=["opening", "debit", "credit", "closing"],
        defaults=days_meant,
    ),
    Report(
        "accounting.general-ledger",
        general_ledger,
        row=LedgerRow,
        label="General ledger",
        labels={
            "account": "Account",
            "date": "Date",
            "entry": "Entry",
            "description": "Description",
            "party": "Party",
            "debit": "Debit",
            "credit": "Credit",
            "balance": "Balance",
        },
        totals=["debit", "credit"],
        defaults=days_meant,
    ),
    Report(
        "accounting.journal",
        journal,
        row=JournalRow,
        label="Journal",
        labels={
            "date": "Date",
            "entry": "Entry",
            "account": "Account",
            "name": "Name",
            "description": "Description",
            "party": "Party",
            "debit": "Debit",
            "credit": "Credit",
        },
        totals=["debit", "credit"],
        defaults=days_meant,
    ),
    Report(
        "accounting.balance-sheet",
        balance_sheet,
        row=StatementLine,
        label="Balance sheet",
        labels={"line": "Line", "item": "Item", "amount": "Amount", "previous": "Before"},
        defaults=day_meant,
    ),
    Report(
        "accounting.income-statement",
        income_statement,
        row=StatementLine,
        label="Income statement",
        labels={"line": "Line", "item": "Item", "amount": "Amount", "previous": "Before"},
        defaults=days_meant,
    ),
    Report(
        "accounting.due",
        due,
        row=DueRow,
        label="Receivables and payables",
        labels={
            "party": "Party",
            "outstanding": "Outstanding",
            "not_due": "Not due",
            "until_30": "1 to 30 days",
            "until_60": "31 to 60 days",
            "until_90": "61 to 90 days",
            "older": "Older",
        },
        totals=["outstanding", "not_due", "until_30", "until_60", "until_90", "older"],
    ),
]

__all__ = ["reports"]
