"""One page from which an administrator reaches everything of his, and the plugins with their health."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from flask import Response, request

from ....isolation import Failure, PluginFailed, blaming, checked
from ....languages import gettext as _
from ....languages import lazy_gettext
from ....plugin import Check
from ....security.actor import Actor
from ....security.permissions import ADMIN
from ....work import Work
from .. import addresses
from ..blueprint import show, visit, web
from ..menus import ADMINISTRATION, menu_of, plugin_labels
from ..reader import word
from ..views.parts import Link
from ..views.start import AdministrationSection, AdministrationView, PluginCard, PluginsView
from ..visit import Visit
from . import places

#: By the plugin whose lists they hold, or by what `SECTION_OF` says.
SECTIONS = {
    "identity": lazy_gettext("People and what they may do"),
    "installation": lazy_gettext("This installation"),
    "papers": lazy_gettext("Papers, numbers and mails"),
    "delivery": lazy_gettext("Work in the background"),
    "records": lazy_gettext("Views, fields and imports"),
}
SECTION_OF = {
    addresses.PLUGINS: "installation", places.SETTINGS: "installation", places.AUDIT: "installation",
    places.BACKUPS: "installation", "/identity/companies": "installation",
    places.NUMBERS: "papers", places.LETTERHEAD: "papers", places.MAILS: "papers",
    places.JOBS: "delivery", places.OUTBOX: "delivery",
}  # fmt: skip
PURPOSES = {
    addresses.PLUGINS: lazy_gettext("What is installed, what each added, and how it is"),
    places.SETTINGS: lazy_gettext("Of the company and of the server, with where each comes from"),
    places.ROLES: lazy_gettext("What each role allows; copies of them to change"),
    places.NUMBERS: lazy_gettext("How each kind of document is numbered"),
    places.LETTERHEAD: lazy_gettext("The head and foot of what is printed"),
    places.MAILS: lazy_gettext("What each mail says, in each language"),
    places.PRIVACY: lazy_gettext("All that is kept about one person: to hand over, or to erase"),
    places.RIGHTS: lazy_gettext("One person's rights, and the role each comes from"),
    places.AUDIT: lazy_gettext("Every change: who, when, before and after"),
    places.JOBS: lazy_gettext("What the worker does now, and what failed"),
    places.OUTBOX: lazy_gettext("Mails and messages on their way"),
    places.BACKUPS: lazy_gettext("Make one now, and fetch those there are"),
}


@web.get("/administration", endpoint="administration")
def administration() -> Response:
    """What the visitor may open of it, by what it is for."""
    visitor = visit()
    group = next((each for each in menu_of(visitor).groups if each.plugin == ADMINISTRATION), None)
    sections: dict[str, list[tuple[Link, str]]] = {name: [] for name in SECTIONS}
    for item in group.items if group is not None else ():
        if item.url != addresses.ADMINISTRATION:
            section = SECTION_OF.get(item.url) or (item.plugin if item.plugin in SECTIONS else "records")
            purpose = _(PURPOSES[item.url]) if item.url in PURPOSES else ""
            sections[section].append((Link(item.label, item.url), purpose))
    shown = tuple(AdministrationSection(_(SECTIONS[name]), tuple(links)) for name, links in sections.items() if links)
    return show("administration/overview", AdministrationView(shown), visitor=visitor)


@web.get("/plugins", endpoint="plugins")
def plugins() -> Response:
    """What each is and added, what failed in it, and to administrators with `check` what its checks find."""
    visitor = visit()
    labels = plugin_labels(visitor)
    failures = visitor.site.failures.by_plugin()
    may_check = ADMIN.name in visitor.actor.roles
    found: dict[str, list[str]] = {}
    for plugin, text in _check(visitor) if may_check and "check" in request.args else ():
        found.setdefault(plugin.partition("+")[0], []).append(text)
    cards = []
    for each in visitor.site.loaded.plugins:
        if each.plugin is not None and each.status == "on":
            failed, what = _failure(visitor, failures.get(each.name))
            cards.append(
                PluginCard(
                    each.name,
                    labels.get(each.name, word(each.name)),
                    each.version,
                    _(each.plugin.description),
                    each.requires,
                    _added(visitor, each.name),
                    failed,
                    what,
                    tuple(found.get(each.name, ())),
                )
            )
    return show("plugins", PluginsView(tuple(cards), may_check, "check" in request.args), visitor=visitor)


def _added(visitor: Visit, plugin: str) -> tuple[Link, ...]:
    items = [item for group in menu_of(visitor).groups for item in group.items if item.plugin == plugin]
    return tuple(Link(item.label, item.url) for item in items if item.kind != "tool")


def _failure(visitor: Visit, failure: Failure | None) -> tuple[str, str]:
    """How often and when; what it was is for administrators."""
    if failure is None:
        return "", ""
    moment = visitor.reader.moment(failure.at.isoformat())
    told = _("Failed since the server started: %(count)s; last at %(moment)s", count=failure.count, moment=moment)
    return told, failure.message if ADMIN.name in visitor.actor.roles else ""


def _check(visitor: Visit) -> Iterator[tuple[str, str]]:
    for plugin, check in visitor.site.registry.checks:

        try:
            texts = visitor.site.read(Actor.system("doctor"), visitor.company, partial(_answers, plugin, check))
        except PluginFailed as error:
            texts = [f"{error}: {error.__cause__}"]
        yield from ((plugin, f"{check.name}: {text}") for text in texts)


def _answers(plugin: str, check: Check, work: Work) -> list[str]:
    with blaming(plugin, f"check {check.name}"):
        return [checked(text, str) for text in check.run(work)]
