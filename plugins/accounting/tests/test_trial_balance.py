"""The trial balance's arithmetic, without a database."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from trastienda_accounting.balances import Sums
from trastienda_accounting.reports.trial_balance import TrialBalanceRow, rows

NAMES = {"430": "Receivables", "4300": "Customers", "4301": "Shops", "572": "Bank", "600": "Purchases"}


def sums(debit: int = 0, credit: int = 0) -> Sums:
    return Sums(Decimal(debit), Decimal(credit))


def test_closing_is_opening_and_what_moved() -> None:
    found = list(rows(NAMES, opening={"572": sums(90, 20)}, moved={"572": sums(5, 40)}))
    assert found == [TrialBalanceRow("572", "Bank", 70, 5, 40, 35)]


def test_account_that_moved_and_came_back_is_shown() -> None:
    found = list(rows(NAMES, opening={}, moved={"572": sums(5, 5)}))
    assert found == [TrialBalanceRow("572", "Bank", 0, 5, 5, 0)]


def test_accounts_without_figures_are_shown_on_request() -> None:
    assert [row.account for row in rows(NAMES, opening={}, moved={})] == []
    assert [row.account for row in rows(NAMES, opening={}, moved={}, zeros=True)] == sorted(NAMES)


def test_level_sums_up_by_the_first_characters() -> None:
    moved = {"4300": sums(7), "4301": sums(0, 2), "572": sums(1)}
    assert list(rows(NAMES, opening={}, moved=moved, level=3)) == [
        TrialBalanceRow("430", "Receivables", 0, 7, 2, 5),
        TrialBalanceRow("572", "Bank", 0, 1, 0, 1),
    ]
    assert [
        (row.account, row.name, row.closing) for row in rows(NAMES, opening={}, moved=moved, level=1)
    ] == [
        ("4", "", 5),
        ("5", "", 1),
    ]


amounts = st.builds(Sums, st.decimals(0, 1000, places=2), st.decimals(0, 1000, places=2))
figures = st.dictionaries(st.sampled_from(sorted(NAMES)), amounts)


@given(figures, figures, st.integers(1, 4))
def test_every_level_comes_to_the_same(opening: dict[str, Sums], moved: dict[str, Sums], level: int) -> None:
    def total(level: int | None) -> Decimal:
        return sum(
            (row.closing for row in rows(NAMES, opening=opening, moved=moved, level=level)), Decimal(0)
        )

    assert total(level) == total(None)
