"""Reports by their name, in every format."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from ..entities.parameters import parameters_of
from ..errors import BadQuery
from ..languages import current_language, gettext
from ..reports import run
from ..reports.charts import chart_svg
from ..reports.run import columns_of, find_report, run_report
from ..reports.table import Table, to_csv, to_json
from .context import caller
from .entities import json_response

blueprint = Blueprint("reports", __name__, url_prefix="/api/v1/reports")


@blueprint.get("")
def list_reports() -> Response:
    """The reports that the caller may run, with their parameters and columns."""
    who = caller()
    return json_response({"items": [
        {"name": name, "title": gettext(report.label) or name,
         "parameters": [{"name": each.name, "type": each.kind, "label": gettext(each.label), "required": each.required,
                         "options": each.options} for each in parameters_of(report.run)],
         "columns": [{"name": column, "type": kind} for column, kind, _ in columns_of(report.row)]}
        for name, (_, report) in sorted(who.site.registry.reports.items())
        if who.site.permissions.of(who.actor, name, "run")]})


@blueprint.get("/<name>")
def report(name: str) -> Response:
    who = caller()
    parameters: dict[str, Any] = request.args.to_dict()
    wanted = parameters.pop("format", "json")
    find_report(who.site, name)
    headed = wanted in who.site.registry.formats
    return render(run_report(who.site, who.actor, who.company, name, parameters, headed=headed), wanted)


def render(table: Table, wanted: str) -> Response:
    """The table as a response; a file's name is the report's."""
    site, language = caller().site, current_language()
    if wanted == "json":
        return Response(to_json(table), mimetype="application/json")
    if wanted == "svg":
        if table.chart is None:
            raise BadQuery("format", gettext("this report has no chart"))
        return Response(chart_svg(table, language), mimetype="image/svg+xml")
    if wanted == "csv":
        data, mimetype = to_csv(table), "text/csv"
    elif wanted in site.registry.formats:
        data, mimetype = run.render(site, table, wanted, language), site.registry.formats[wanted].mimetype
    else:
        known = ", ".join(("json", "csv", "svg", *sorted(site.registry.formats)))
        raise BadQuery("format", gettext("one of %(options)s", options=known))
    return Response(data, mimetype=mimetype, headers={
        "Content-Disposition": f'attachment; filename="{table.name.replace(".", "-")}.{wanted}"'})
