"""The menu: what a visitor may open, made and rendered once for all who may open the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flask import render_template
from markupsafe import Markup

from ...entities.compiled import CompiledEntity
from ...languages import gettext as _
from . import addresses
from .administration import menu as administration
from .keeping import once
from .reader import word
from .reports import report_title
from .views.frame import MenuGroup, MenuItem
from .views.parts import Link
from .visit import Visit

#: Plugins that come with the core:
LAST = ("identity", "records", "delivery", "formats", "web")
#: they make one group of the menu, below those that were chosen, with the pages of an administrator.
ADMINISTRATION = "administration"
#: A menu as short as this stands open as a whole.
SHORT = 14


@dataclass(frozen=True)
class Menu:
    """The groups, the plugin of each address, and the HTML in which nothing is marked as current."""

    groups: tuple[MenuGroup, ...]
    places: Mapping[str, str]
    html: str

    def at(self, path: str) -> Markup:
        """The HTML with the entry of this page marked, and its group open."""
        here = path.partition("?")[0]
        while here and here not in self.places:
            here = here.rpartition("/")[0]
        if not here:
            return Markup(self.html)
        link, group = f'<a href="{here}"', f'<details data-group="{self.places[here]}"'
        marked = self.html.replace(link, f'{link} aria-current="page"', 1)
        return Markup(marked.replace(f"{group} open", group, 1).replace(group, f"{group} open", 1))


def menu_of(visit: Visit) -> Menu:
    return once(visit, Menu, make=lambda: _made(visit))


def _made(visit: Visit) -> Menu:
    groups = _groups(visit)
    places = {item.url: group.plugin for group in groups for item in group.items}
    html = render_template("web/_menu.html", groups=groups, whole=len(places) <= SHORT)
    return Menu(groups, places, html)


def _groups(visit: Visit) -> tuple[MenuGroup, ...]:
    """What the visitor may open: lists, then reports, by the plugin they come from."""
    groups: dict[str, list[MenuItem]] = {}
    for item in (*_lists(visit), *_reports(visit), *_tools(visit)):
        groups.setdefault(ADMINISTRATION if item.plugin in LAST else item.plugin, []).append(item)
    labels = {**plugin_labels(visit), ADMINISTRATION: _("Administration")}
    if ADMINISTRATION in groups:
        groups[ADMINISTRATION].sort(key=lambda item: item.kind != "tool")
    ordered = sorted(groups, key=lambda plugin: plugin == ADMINISTRATION)
    return tuple(MenuGroup(plugin, labels.get(plugin, word(plugin)), tuple(groups[plugin])) for plugin in ordered)


def _lists(visit: Visit) -> Iterator[MenuItem]:
    for entity in visit.site.registry.entities.values():
        if visit.may(entity, "read"):
            yield _list_item(visit, entity)


def _reports(visit: Visit) -> Iterator[MenuItem]:
    for name, (plugin, report) in visit.site.registry.reports.items():
        if visit.may_run(name):
            owner = plugin.partition("+")[0]
            yield MenuItem(report_title(report), addresses.report(name), kind="report", plugin=owner)


def _tools(visit: Visit) -> Iterator[MenuItem]:
    """Pages of an administrator, the first being that of all of them."""
    found = [MenuItem(_("Plugins"), addresses.PLUGINS, kind="tool"), *administration.items(visit)]
    users = visit.site.registry.entities.get("identity.user")
    if len(found) > 1 or (users is not None and visit.may(users, "read")):
        found = [MenuItem(_("Overview"), addresses.ADMINISTRATION, kind="tool"), *found]
        yield from (replace(each, plugin=each.plugin or "identity") for each in found)


def _list_item(visit: Visit, entity: CompiledEntity) -> MenuItem:
    create = (
        Link(_("New %(record)s", record=_(entity.label).lower()), addresses.new(entity))
        if entity.declared.writable and visit.may(entity, "create")
        else None
    )
    owner = entity.plugin.partition("+")[0]
    daily = entity.declared.daily or bool(entity.declared.waits)
    return MenuItem(_(entity.plural), addresses.listing(entity), plugin=owner, create=create, daily=daily)


def plugin_labels(visit: Visit) -> Mapping[str, str]:
    return {
        each.name: _(each.plugin.label)
        for each in visit.site.loaded.plugins
        if each.plugin is not None and each.plugin.label
    }
