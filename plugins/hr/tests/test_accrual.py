"""Leave accrues as the two customs say."""

from datetime import date as Date
from decimal import Decimal

from trastienda_hr.leave.accrual import Policy, Seniority, accrued, movements, rounded, yearly_days

JOINED, RUN = Date(2026, 3, 15), Date(2026, 5, 16)
A_DAY_A_MONTH = Decimal(12)


def test_month_is_credited_at_its_start_and_the_first_pro_rata() -> None:
    found = accrued(Policy(A_DAY_A_MONTH), joined=JOINED, until=RUN)
    assert rounded(found) == Decimal("2.548")


def test_month_is_credited_pro_rata_to_the_day() -> None:
    found = accrued(Policy(A_DAY_A_MONTH, kind="daily"), joined=JOINED, until=RUN)
    assert rounded(found) == Decimal("2.065")


def test_nothing_accrues_after_leaving() -> None:
    found = movements(Policy(A_DAY_A_MONTH), joined=JOINED, until=Date(2026, 12, 1), taken=[], left=RUN)
    assert rounded(sum((each.days for each in found), Decimal(0))) == Decimal("2.548")


def test_no_more_than_the_cap_stands() -> None:
    policy = Policy(A_DAY_A_MONTH, cap=Decimal(2))
    found = movements(policy, joined=Date(2026, 1, 1), until=Date(2026, 5, 31), taken=[(Date(2026, 3, 10), Decimal(1))])
    assert sum((each.days for each in found), Decimal(0)) == 3


def test_what_exceeds_the_carry_over_lapses_with_the_year_and_the_rest_later() -> None:
    policy = Policy(A_DAY_A_MONTH, carry_over=Decimal(5), carry_over_months=3)
    found = movements(policy, joined=Date(2025, 1, 1), until=Date(2026, 4, 1), taken=[(Date(2026, 2, 2), Decimal(2))])
    lapsed = [(each.date, each.days) for each in found if each.kind == "expiry"]
    assert lapsed == [(Date(2025, 12, 31), Decimal(-7)), (Date(2026, 3, 31), Decimal(-3))]


def test_seniority_adds_days_a_year() -> None:
    policy = Policy(Decimal(22), seniority=[Seniority(5, Decimal(1)), Seniority(10, Decimal(2))])
    days = [yearly_days(policy, joined=Date(2015, 6, 1), on=Date(year, 6, 1)) for year in (2019, 2020, 2025)]
    assert days == [22, 23, 24]
