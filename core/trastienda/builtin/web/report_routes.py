"""Reports: their parameters, by the name of a period or remembered, and beside another period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

from flask import Response, request

from ...errors import Invalid
from ...reports.declarations import Report
from ...reports.periods import days_of_report, is_comparable, span_before, with_period, year_before
from ...reports.run import find_report, run_report
from ...reports.table import Table
from . import addresses
from .blueprint import show, visit, web
from .comparing import compared
from .report_mail_routes import mailing_of
from .reports import report_view, taken
from .visit import Visit

REMEMBERED = "trastienda_parameters"
A_YEAR = 365 * 24 * 3600
#: Longer than any form of parameters is, and short enough for a cookie.
MOST_REMEMBERED = 1500


@web.get("/reports/<name>", endpoint="report")
def report_page(name: str) -> Response:
    """Run at once where no parameter is wanting; an address with the parameters reproduces the page."""
    visitor = visit()
    report = find_report(visitor.site, name)
    visitor.site.permissions.require(visitor.actor, name, "run")
    asked = request.args.to_dict() or dict(parse_qsl(request.cookies.get(REMEMBERED, "")))
    today = visitor.site.clock().astimezone(visitor.reader.zone).date()
    given = with_period(report, asked, today)
    parameters = report_view(visitor, report, given).parameters
    if "run" not in given and any(each.required and not each.value for each in parameters):
        return show("report", report_view(visitor, report, given), visitor=visitor)
    try:
        table = _table(visitor, report, given)
    except Invalid as error:
        return show("report", report_view(visitor, report, given, errors=error.errors), status=422, visitor=visitor)
    view = replace(report_view(visitor, report, given, table=table), mailing=mailing_of(visitor, report, given))
    response = show("report", view, visitor=visitor)
    if "run" in request.args:
        _remember(response, visitor, name, asked)
    return response


def _table(visitor: Visit, report: Report, given: Mapping[str, str]) -> Table:
    def run(parameters: Mapping[str, str]) -> Table:
        return run_report(
            visitor.site, visitor.actor, visitor.company, report.name, taken(visitor, report, parameters)
        )

    table = run(given)
    told = {name: str(table.parameters[name]) for name in days_of_report(report) if name in table.parameters}
    earlier = shifted(report, {**told, **{name: text for name, text in given.items() if text}})
    return table if earlier is None else compared(table, run(earlier))


def _remember(response: Response, visitor: Visit, name: str, asked: Mapping[str, str]) -> None:
    """For this report's address alone, in this browser."""
    text = urlencode(asked)
    if len(text) < MOST_REMEMBERED:
        response.set_cookie(
            REMEMBERED,
            text,
            max_age=A_YEAR,
            path=addresses.report(name),
            httponly=True,
            samesite="Lax",
            secure=visitor.site.settings.secure_cookies,
        )


# -- periods
def shifted(report: Report, given: Mapping[str, str]) -> dict[str, str] | None:
    """The parameters of the period to compare with; None where none is asked for, or there are no days."""
    names, wanted = days_of_report(report), given.get("compare", "")
    if wanted not in ("before", "year") or not is_comparable(report) or not all(given.get(name) for name in names):
        return None
    try:
        days = [date.fromisoformat(given[name]) for name in names]
        moved = [year_before(day) for day in days]
        if wanted == "before":
            moved = list(span_before((days[0], days[-1])))[-len(names) :]
            if len(names) == 1:
                moved = [span_before((days[0].replace(day=1), days[0]))[1]]
    except (ValueError, OverflowError):  # no days, or none so long ago
        return None
    return {**given, **{name: day.isoformat() for name, day in zip(names, moved, strict=True)}}
