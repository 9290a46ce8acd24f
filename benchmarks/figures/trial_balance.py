"""The trial balance of a year, against summing up its postings; and of few postings against many."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from functools import partial

from trastienda import Actor
from trastienda.reports.run import run_report
from trastienda.reports.table import Table

from ..bench import Bench
from ..books import YEAR, Books
from ..measuring import Measured, compare, seconds

SIZES = (10_000, 100_000, 1_000_000)
REPEATED = 20
LEAST_FLAT = 0.8
#: Ten-thousandths, as they are stored.
SCALE = 10_000
GROUPED = """
    SELECT a.code, sum(p.debit), sum(p.credit) FROM accounting_posting p
    JOIN accounting_journal_entry e ON e.id = p.entry_id JOIN accounting_account a ON a.id = p.account_id
    WHERE e.state <> 'draft' AND e.date BETWEEN ? AND ? GROUP BY a.code"""
DAYS = (f"{YEAR}-01-01", f"{YEAR}-12-31")


class NotEqual(RuntimeError):
    """The report says something else than the postings do."""


def measure(bench: Bench) -> list[Measured]:
    with ExitStack() as stack:
        sizes = [bench.rows(size) for size in SIZES]
        reports = [open_report(stack, bench.filled(size)) for size in sizes]
        found = []
        for size, report in zip(sizes, reports, strict=True):
            case = f"{size:,} postings, against GROUP BY"
            bench.tell(case)
            found.append(against_grouping(bench, case, bench.filled(size), report))
        case = f"{sizes[0]:,} against {sizes[-1]:,} postings"
        bench.tell(case)
        few, many = (partial(milliseconds, reports[at], REPEATED) for at in (0, -1))
        found.append(
            compare(
                "trial balance",
                case,
                baseline=few,
                ours=many,
                rounds=bench.rounds,
                unit="ms",
                least=LEAST_FLAT,
            )
        )
        return found


def open_report(stack: ExitStack, books: Books) -> Callable[[], Table]:
    """Runs the report on these books, in this process."""
    site = books.site()
    with site.active():
        company = site.company("BENCH")
    days = dict(zip(("from", "to"), DAYS, strict=True))

    def run() -> Table:
        with site.active():
            return run_report(site, Actor.system("cli"), company, "accounting.trial-balance", days)

    return run


def against_grouping(bench: Bench, case: str, books: Books, report: Callable[[], Table]) -> Measured:
    """Raises NotEqual unless both come to the same cent."""
    with books.raw() as connection:

        def grouped() -> list[tuple[str, int, int]]:
            return connection.execute(GROUPED, DAYS).fetchall()

        summed = {code: (amount(debit), amount(credit)) for code, debit, credit in grouped()}
        told = {
            row.values["account"]: (row.values["debit"], row.values["credit"])
            for row in report().rows
            if row.kind == "row"
        }
        if summed != told:
            raise NotEqual(case)
        return compare(
            "trial balance",
            case,
            baseline=partial(milliseconds, grouped, 1),
            ours=partial(milliseconds, report, REPEATED),
            rounds=bench.rounds,
            unit="ms",
        )


def amount(scaled: int) -> Decimal:
    return Decimal(scaled) / SCALE


def milliseconds(body: Callable[[], object], repeated: int) -> float:
    return seconds(lambda: [body() for _ in range(repeated)]) / repeated * 1000
