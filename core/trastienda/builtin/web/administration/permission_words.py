"""What can be granted, in words: what a grant is on, what it lets one do, and on which rows."""

from __future__ import annotations

from collections.abc import Iterable

from ....entities.compiled import humanise
from ....languages import gettext as _
from ....languages import lazy_gettext
from ..lists import action_label
from ..menus import plugin_labels
from ..reader import word
from ..reports import report_title
from ..visit import Visit

EVERYTHING = "*"
#: What a verb is called, and what it lets one do; a verb that is not here is a button's, or of some columns.
VERBS = {
    "read": (lazy_gettext("See"), lazy_gettext("Open lists and records, find them and look them up.")),
    "create": (lazy_gettext("Create"), lazy_gettext("Make new records.")),
    "update": (lazy_gettext("Change"), lazy_gettext("Change records, and attach files to them.")),
    "delete": (lazy_gettext("Delete"), lazy_gettext("Delete records that nothing depends on.")),
    "export": (lazy_gettext("Export"), lazy_gettext("Take what one sees out as a file.")),
    "import": (lazy_gettext("Import"), lazy_gettext("Make and change records from a file.")),
    "run": (lazy_gettext("Look at"), lazy_gettext("Open a report, or a panel of the start page.")),
    "start": (lazy_gettext("Start the job"), lazy_gettext("Start a job that the server works off.")),
    "moderate": (lazy_gettext("Moderate"), lazy_gettext("Remove what others said about a record.")),
    "erase": (lazy_gettext("Erase"), lazy_gettext("Blank a person's data for good.")),
    "read-private": (lazy_gettext("See what is private"), lazy_gettext("See columns that are hidden from others.")),
    EVERYTHING: (lazy_gettext("Everything"), lazy_gettext("All of it, with what is added later.")),
}  # fmt: skip
OTHERS = {
    EVERYTHING: lazy_gettext("Everything"),
    "audit": lazy_gettext("Who did what"),
    "privacy": lazy_gettext("Data of a person"),
    "settings.installation": lazy_gettext("Settings of the installation"),
}


def thing(visit: Visit, name: str) -> str:
    """What a grant's name is called: a list, a report, a form of settings, all of a plugin."""
    registry = visit.site.registry
    if name in OTHERS:
        return _(OTHERS[name])
    if name in registry.entities:
        return _(registry.entities[name].plural)
    if name in registry.reports:
        return report_title(registry.reports[name][1])
    if (form := registry.settings.get(name.removeprefix("settings."))) is not None:
        return _("Settings: %(form)s", form=form.label)
    plugin, _dot, rest = name.partition(".")
    if rest == EVERYTHING:
        return _("%(plugin)s: everything", plugin=plugin_labels(visit).get(plugin, word(plugin)))
    return word(rest or plugin)


def verbs(visit: Visit, on: str, names: Iterable[str]) -> str:
    """`See, create, post`: a button's verb is called as the button is."""
    entity = visit.site.registry.entities.get(on)
    actions = {each.permission or each.name: each for each in entity.actions.values()} if entity is not None else {}
    said = [
        _(VERBS[name][0]) if name in VERBS else action_label(actions[name]) if name in actions else word(name)
        for name in names
    ]
    return ", ".join([*said[:1], *(each[:1].lower() + each[1:] for each in said[1:])])


def rows(said: str) -> str:
    """What selects rows, as `Ground.rows` has it, for a reader; a condition without a name is only `some`."""
    parts = [each for each in said.split(", ") if each]
    named = [_(humanise(each)) if ":" not in each else _("Some") for each in parts]
    return ", ".join(dict.fromkeys(named)) or _("All")


def role_label(visit: Visit, name: str) -> str:
    role = visit.site.permissions.roles.get(name)
    return _(role.label) if role is not None and role.label else name


def legend() -> list[tuple[str, str]]:
    """What each common verb lets one do."""
    return [(_(label), _(meaning)) for label, meaning in VERBS.values()]
