"""What a new company begins with: a chart, if one is chosen, and a fiscal year to post in."""

from typing import Literal

from trastienda import Work

from .company_chart import apply_chart
from .fiscal_years import add_calendar_years


def first_run(work: Work, *, chart: Literal["ifrs", "pgc_pymes"] | None = None) -> None:
    """Without a chart the company brings its own, by import or account by account."""
    if chart is not None:
        apply_chart(work, chart)
    add_calendar_years(work, [work.today])
