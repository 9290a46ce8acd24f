"""The start page, reports, and the list of plugins."""

from __future__ import annotations

from flask import Response, request

from ...errors import Invalid, TrastiendaError
from ...languages import gettext as _
from ...log import get_logger
from ...plugin import Panel as DeclaredPanel
from ...reports.run import find_report, run_report
from . import addresses
from .blueprint import show, visit, web
from .chrome import menu, plugin_labels
from .pages import HomeView, Panel, PluginCard, PluginsView
from .reader import word
from .reports import report_title, report_view, taken
from .views import Link
from .visit import Visit

log = get_logger(__name__)
PANEL_ROWS = 5
PANEL_COLUMNS = 3


@web.get("/", endpoint="home")
def home() -> Response:
    visitor = visit()
    panels = tuple(
        _panel(visitor, plugin, panel)
        for plugin, panel in visitor.site.registry.panels
        if panel.on == "home" and visitor.may_run(panel.report)
    )
    return show("home", HomeView(panels, menu(visitor)), visitor=visitor)


def _panel(visitor: Visit, plugin: str, panel: DeclaredPanel) -> Panel:
    """The report's chart, or its first rows; one that fails says so and leaves the others be."""
    report = find_report(visitor.site, panel.report)
    title, url = report_title(report), addresses.report(panel.report, [("run", "1")])
    try:
        table = run_report(visitor.site, visitor.actor, visitor.company, panel.report, {})
        view = report_view(visitor, report, {}, table=table)
    except TrastiendaError as error:
        return Panel(title, url, failed=_(str(error)))
    except Exception:
        log.exception("a panel failed", plugin=plugin, panel=panel.name)
        return Panel(title, url, failed=_("This panel could not be shown."))
    if view.chart:
        return Panel(title, url, chart=view.chart)
    columns = (view.columns[0], *[each for each in view.columns[1:] if each.figure][-1:])[:PANEL_COLUMNS]
    places = [view.columns.index(each) for each in columns]
    rows = tuple(type(row)(row.key, tuple(row.cells[i] for i in places)) for row in view.rows[:PANEL_ROWS])
    return Panel(title, url, columns=columns, rows=rows)


@web.get("/reports/<name>", endpoint="report")
def report_page(name: str) -> Response:
    """Run at once where no parameter is wanting; an address with the parameters reproduces the page."""
    visitor = visit()
    report = find_report(visitor.site, name)
    visitor.site.permissions.require(visitor.actor, name, "run")
    given = request.args.to_dict()
    parameters = report_view(visitor, report, given).parameters
    if "run" not in given and any(each.required and not each.value for each in parameters):
        return show("report", report_view(visitor, report, given), visitor=visitor)
    try:
        table = run_report(visitor.site, visitor.actor, visitor.company, name, taken(visitor, report, given))
    except Invalid as error:
        return show("report", report_view(visitor, report, given, errors=error.errors), status=422, visitor=visitor)
    return show("report", report_view(visitor, report, given, table=table), visitor=visitor)


@web.get("/plugins", endpoint="plugins")
def plugins() -> Response:
    visitor = visit()
    labels = plugin_labels(visitor)
    groups = {group.label: group.items for group in menu(visitor)}
    cards = []
    for each in visitor.site.loaded.plugins:
        if each.plugin is not None and each.status == "on":
            label = labels.get(each.name, word(each.name))
            added = tuple(Link(item.label, item.url) for item in groups.get(label, ()) if item.kind != "tool")
            cards.append(PluginCard(each.name, label, each.version, _(each.plugin.description), each.requires, added))
    return show("plugins", PluginsView(tuple(cards)), visitor=visitor)
