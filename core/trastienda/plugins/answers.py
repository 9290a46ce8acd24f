"""Asking every plugin a hook's question, one by one, so that each answer has a name and is looked at."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import click
import pluggy
from flask import Blueprint

from ..entities.declarations import Entity, Extension, LiveExtensions, Retention, Role, Tally
from ..entities.numbering import Numbering
from ..entities.settings_forms import SettingsForm
from ..faults import Fault, StartupFaults
from ..jobs.declarations import Job, LongJob
from ..mails import MailTemplate
from ..plugin import AfterCommit, BeforeCommit, Check, Format, InTransaction, Route, Service, Setup
from ..prints.declarations import Print
from ..reports.declarations import Report
from ..reports.panels import Panel
from ..storage.models import Row
from .importing import type_name, where

#: What the items of a hook's answer may be.
ITEMS: Mapping[str, tuple[type[Any], ...]] = MappingProxyType(
    {
        "register_entities": (Entity, Extension, LiveExtensions, Tally, Retention, Numbering),
        "register_routes": (Route, Blueprint),
        "register_reports": (Report,),
        "register_formats": (Format,),
        "register_prints": (Print,),
        "register_permissions": (Role,),
        "register_services": (Service,),
        "register_subscribers": (InTransaction, AfterCommit, BeforeCommit),
        "register_jobs": (Job, LongJob),
        "register_ui": (Panel,),
        "register_commands": (click.Command,),
        "register_checks": (Check,),
        "register_setup": (Setup,),
    }
)


def _is_table(item: object) -> bool:
    return isinstance(item, type) and issubclass(item, Row)


def _is_settings_form(item: object) -> bool:
    if isinstance(item, MailTemplate):
        return True
    item = item.kind if isinstance(item, SettingsForm) else item
    return (
        isinstance(item, type)
        and dataclasses.is_dataclass(item)
        and all(
            each.default is not dataclasses.MISSING or each.default_factory is not dataclasses.MISSING
            for each in dataclasses.fields(item)
        )
    )


#: What the items of a hook's answer may be, where they are classes: a test, and its words.
CLASSES: Mapping[str, tuple[Callable[[object], bool], str]] = MappingProxyType(
    {
        "register_tables": (_is_table, "a subclass of Row"),
        "register_settings": (_is_settings_form, "a dataclass whose fields all have defaults, or a MailTemplate"),
    }
)


def collect(manager: pluggy.PluginManager, hook_name: str) -> list[tuple[str, Any]]:
    """(plugin, item) of all answers to a hook of lists, in order of requirements; raises StartupFaults."""
    faults: list[Fault] = []
    answers = list(ask(manager, hook_name, faults))
    if faults:
        raise StartupFaults(faults)
    return answers


def ask(manager: pluggy.PluginManager, hook_name: str, faults: list[Fault]) -> Iterator[tuple[str, Any]]:
    """As `collect`, noting faults and going on."""
    for owner, implementation in implementations(manager, hook_name):
        place = f"{implementation.plugin_name}'s {hook_name}"
        try:
            answer = implementation.function()
        except (Exception, SystemExit) as error:
            faults.append(Fault(owner, f"{place} fails: {where(error)}", "mend that line"))
            continue
        if not isinstance(answer, Sequence) or isinstance(answer, (str, bytes)):
            faults.append(Fault(owner, f"{place} answers {type_name(answer)}, not a list", "return a list"))
            continue
        for number, item in enumerate(answer, start=1):
            wanted = _wanted(hook_name, item)
            if wanted:
                faults.append(
                    Fault(owner, f"{place} answers {_kind_of(item)} as item {number}", f"it takes {wanted}")
                )
            else:
                yield owner, item


def implementations(manager: pluggy.PluginManager, hook_name: str) -> list[tuple[str, pluggy.HookImpl]]:
    """With their plugins' names, in the order of requirements."""
    position = {name: index for index, (name, _) in enumerate(manager.list_name_plugin())}
    caller: pluggy.HookCaller = getattr(manager.hook, hook_name)
    found = sorted(caller.get_hookimpls(), key=lambda each: position[each.plugin_name])
    return [(each.plugin_name.partition(":")[0], each) for each in found]


def _wanted(hook_name: str, item: object) -> str:
    """What the item should have been; nothing when it is right."""
    if hook_name in CLASSES:
        fits, words = CLASSES[hook_name]
        return "" if fits(item) else words
    kinds = ITEMS.get(hook_name, (object,))
    return "" if isinstance(item, kinds) else " or ".join(kind.__name__ for kind in kinds)


def _kind_of(item: object) -> str:
    return f"the class {item.__name__}" if isinstance(item, type) else type_name(item)
