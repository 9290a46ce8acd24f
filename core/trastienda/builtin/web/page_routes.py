"""The start page, reports, and the list of plugins."""

from __future__ import annotations

from flask import Response, request

from ...errors import Invalid
from ...isolation import Failure
from ...languages import gettext as _
from ...reports.run import find_report, run_report
from ...security.permissions import ADMIN
from .blueprint import show, visit, web
from .menus import menu_of, plugin_labels
from .pages import HomeView, PluginCard, PluginsView
from .panels import panels_of
from .reader import word
from .reports import report_view, taken
from .views import Link
from .visit import Visit


@web.get("/", endpoint="home")
def home() -> Response:
    visitor = visit()
    return show("home", HomeView(panels_of(visitor), menu_of(visitor).groups), visitor=visitor)


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
    groups = {group.plugin: group.items for group in menu_of(visitor).groups}
    failures = visitor.site.failures.by_plugin()
    cards = []
    for each in visitor.site.loaded.plugins:
        if each.plugin is not None and each.status == "on":
            label = labels.get(each.name, word(each.name))
            added = tuple(Link(item.label, item.url) for item in groups.get(each.name, ()) if item.kind != "tool")
            failed, what = _failure(visitor, failures.get(each.name))
            about = _(each.plugin.description)
            cards.append(PluginCard(each.name, label, each.version, about, each.requires, added, failed, what))
    return show("plugins", PluginsView(tuple(cards)), visitor=visitor)


def _failure(visitor: Visit, failure: Failure | None) -> tuple[str, str]:
    """How often and when; what it was is for administrators."""
    if failure is None:
        return "", ""
    moment = visitor.reader.moment(failure.at.isoformat())
    told = _("Failed since the server started: %(count)s; last at %(moment)s", count=failure.count, moment=moment)
    return told, failure.message if ADMIN.name in visitor.actor.roles else ""
