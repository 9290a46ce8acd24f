"""Which plugins are installed, and which of them are on: read from metadata, nothing is imported."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..faults import Fault
from ..settings import Settings

BUNDLED = "trastienda.builtin"
INSTALLED = "trastienda.plugins"
CORE = "trastienda"

#: Words that stand where a plugin's name would: in addresses, tables and on the command line.
RESERVED = frozenset(
    {
        "administration",
        "api",
        "audit",
        "backup",
        "batch",
        "changes",
        "core",
        "custom",
        "demo",
        "doctor",
        "export",
        "ext",
        "healthz",
        "import",
        "jobs",
        "keys",
        "init",
        "me",
        "metrics",
        "migrate",
        "openapi",
        "plugins",
        "print",
        "privacy",
        "readyz",
        "report",
        "reports",
        "restore",
        "serve",
        "settings",
        "shell",
        "static",
        "token",
        "trastienda",
        "user",
        "worker",
    }
)

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Found:
    """An entry point and its distribution's metadata. `requires` leaves out what other machines need.

    `optional` are the requirements of its extras: whoever is on must fit them.
    """

    name: str
    version: str
    distribution: str
    bundled: bool
    on: bool
    entry: EntryPoint
    requires: tuple[Requirement, ...]
    optional: tuple[Requirement, ...]
    unreadable: tuple[str, ...]

    @property
    def module(self) -> str:
        return self.entry.module

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def find_plugins(settings: Settings) -> tuple[list[Found], list[Fault]]:
    """All that are installed, bundled first, by name; what is wrong with the metadata of those on."""
    found = [_found(entry, settings) for group in (BUNDLED, INSTALLED) for entry in entry_points(group=group)]
    found.sort(key=lambda each: (not each.bundled, each.name, each.distribution))
    on = [each for each in found if each.on]
    faults = [*_unreadable(on), *_badly_named(on), *_named_twice(on)]
    if not settings.safe_mode:
        faults += _not_installed(found, settings)
    first = {each.name: each for each in reversed(found)}
    return [each for each in found if first[each.name] is each], faults


def _found(entry: EntryPoint, settings: Settings) -> Found:
    distribution = entry.dist
    if distribution is None:
        raise AssertionError("importlib.metadata gives every entry point of a group its distribution")
    requires, optional, unreadable = _requirements(distribution.requires or ())
    bundled = entry.group == BUNDLED
    chosen = settings.plugins is None or entry.name in settings.plugins
    return Found(
        entry.name,
        distribution.version,
        canonicalize_name(distribution.name),
        bundled,
        bundled or (chosen and not settings.safe_mode),
        entry,
        tuple(requires),
        tuple(optional),
        tuple(unreadable),
    )


def _requirements(texts: Iterable[str]) -> tuple[list[Requirement], list[Requirement], list[str]]:
    """The distribution's own, its extras', both of them on this machine; those that make no sense."""
    always, extras, unreadable = [], [], []
    for text in texts:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            unreadable.append(text)
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            always.append(requirement)
        elif "extra" in str(requirement.marker):
            extras.append(requirement)
    return always, extras, unreadable


def _unreadable(found: Sequence[Found]) -> Iterable[Fault]:
    for each in found:
        for text in each.unreadable:
            yield Fault(
                str(each),
                f"its metadata has the requirement {text!r}, which makes no sense",
                f"pip install --force-reinstall {each.distribution}, or tell its author",
            )


def _badly_named(found: Sequence[Found]) -> Iterable[Fault]:
    for each in found:
        if not _NAME.fullmatch(each.name):
            yield Fault(
                str(each),
                f"{each.name!r} is no plugin's name",
                "name the entry point with small letters, digits and underscores",
            )
        elif each.name in RESERVED:
            yield Fault(
                str(each),
                f"the name {each.name!r} means something else to the core",
                f"uninstall {each.distribution}, or give its plugin another name",
            )


def _named_twice(found: Sequence[Found]) -> Iterable[Fault]:
    for index, each in enumerate(found):
        first = next(other for other in found if other.name == each.name)
        if first is not found[index]:
            both = f"{first.distribution} and {each.distribution}"
            yield Fault(
                str(each), f"{both} both have a plugin of this name", f"pip uninstall {each.distribution}"
            )


def _not_installed(found: Sequence[Found], settings: Settings) -> Iterable[Fault]:
    names = [each.name for each in found]
    for name in settings.plugins or ():
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]!r}? Else " if near else ""
            yield Fault(
                name,
                "is named by the setting plugins, but not installed",
                f"{hint}pip install {CORE}-{name.replace('_', '-')}",
            )
