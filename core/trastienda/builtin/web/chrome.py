"""The frame around every page: menu, companies, languages, notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...entities.compiled import CompiledEntity
from ...languages import LANGUAGES, current_language
from ...languages import gettext as _
from ...reports.text import language
from ...storage.models import Company
from . import addresses
from .reader import word
from .reports import report_title
from .views import Choice, Link, MenuGroup, MenuItem, Notice, Page, Theme
from .visit import Visit

#: Plugins that come with the core stand below those that were chosen.
LAST = ("identity", "records", "delivery", "formats", "web")
#: The menu group that the list of plugins joins.
ADMINISTRATION = "identity"


def page(
    visit: Visit | None,
    *,
    path: str,
    theme: Theme,
    companies: Sequence[Company] = (),
    notices: Sequence[Notice] = (),
) -> Page:
    """Without a visit (nobody signed in) there is only the bar."""
    here = current_language()
    speech = language(here)
    languages = tuple(Choice(code, name, code == here) for code, name in LANGUAGES.items())
    if visit is None:
        return Page(here, theme, path, languages=languages, notices=tuple(notices))
    return Page(
        here,
        theme,
        path,
        user=visit.actor.name,
        menu=menu(visit, path),
        languages=languages,
        notices=tuple(notices),
        companies=tuple(Choice(each.code, each.name, each.id == visit.company.id) for each in companies),
        decimal_mark=speech.decimal,
        group_mark=speech.group,
    )


def menu(visit: Visit, path: str = "") -> tuple[MenuGroup, ...]:
    """What the visitor may open, by plugin: lists, then reports."""
    here = path.partition("?")[0]
    groups: dict[str, list[MenuItem]] = {}
    for entity in visit.site.registry.entities.values():
        if visit.may(entity, "read"):
            groups.setdefault(entity.plugin.partition("+")[0], []).append(_list_item(visit, entity, here))
    for name, (plugin, report) in visit.site.registry.reports.items():
        if visit.may_run(name):
            address = addresses.report(name)
            groups.setdefault(plugin.partition("+")[0], []).append(
                MenuItem(report_title(report), address, kind="report", current=here == address)
            )
    if ADMINISTRATION in groups:
        groups[ADMINISTRATION].append(
            MenuItem(_("Plugins"), addresses.PLUGINS, kind="tool", current=here == addresses.PLUGINS)
        )
    labels = plugin_labels(visit)
    ordered = sorted(groups, key=lambda plugin: LAST.index(plugin) + 1 if plugin in LAST else 0)
    return tuple(MenuGroup(labels.get(plugin, word(plugin)), tuple(groups[plugin])) for plugin in ordered)


def _list_item(visit: Visit, entity: CompiledEntity, here: str) -> MenuItem:
    address = addresses.listing(entity)
    create = (
        Link(_("New %(record)s", record=_(entity.label).lower()), addresses.new(entity))
        if entity.declared.writable and visit.may(entity, "create")
        else None
    )
    return MenuItem(_(entity.plural), address, current=here == address or here.startswith(f"{address}/"), create=create)


def plugin_labels(visit: Visit) -> Mapping[str, str]:
    return {
        each.name: _(each.plugin.label)
        for each in visit.site.loaded.plugins
        if each.plugin is not None and each.plugin.label
    }
