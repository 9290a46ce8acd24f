"""Importing plugins and their glue, so that one that fails costs a fault and not the whole report."""

from __future__ import annotations

import importlib
import sys
import traceback
from types import ModuleType

from ..faults import Fault
from ..plugin import Plugin
from .found import Found


class ImportFault(Exception):
    """A plugin's module cannot be had, or holds something else than a plugin."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def import_plugin(found: Found) -> Plugin:
    """What the entry point names; raises ImportFault."""
    module = _import(found.module, str(found), found.distribution)
    plugin = _plugin_in(module, found.entry.attr or "plugin", str(found))
    if plugin.name != found.name:
        cause = f"the entry point is named {found.name!r}, its Plugin {plugin.name!r}"
        raise ImportFault(Fault(str(found), cause, "give both one name"))
    return plugin


def import_glue(module_name: str, *, name: str, owner: str, distribution: str) -> Plugin:
    """The `plugin` of a glue module, which must have this name; raises ImportFault."""
    plugin = _plugin_in(_import(module_name, owner, distribution), "plugin", owner)
    if plugin.name != name:
        cause = f"the plugin in {module_name} is named {plugin.name!r}"
        raise ImportFault(Fault(owner, cause, f"name it {name!r}"))
    return plugin


def where(error: BaseException) -> str:
    """The error and the last frame of its traceback: `file.py:12 in f: KeyError: 'a'`."""
    frames = traceback.extract_tb(error.__traceback__)
    outside = [frame for frame in frames if not frame.filename.startswith("<frozen importlib")] or frames
    text = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}: {text}"
    return f"{outside[-1].filename}:{outside[-1].lineno} in {outside[-1].name}: {text}"


def _import(module_name: str, owner: str, distribution: str) -> ModuleType:
    try:
        return importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        raise ImportFault(
            Fault(owner, f"cannot import {module_name}: {where(error)}", _import_cure(error, distribution))
        ) from error


def _import_cure(error: BaseException, distribution: str) -> str:
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    if missing and missing.partition(".")[0] not in sys.modules:
        return f"install what provides {missing}, or pip install --force-reinstall {distribution}"
    return f"mend that line, or pip install another version of {distribution}"


def _plugin_in(module: ModuleType, attribute: str, owner: str) -> Plugin:
    value: object = module
    for part in attribute.split("."):
        value = getattr(value, part, None)
    if not isinstance(value, Plugin):
        raise ImportFault(
            Fault(
                owner,
                f"{module.__name__}:{attribute} is {type_name(value)}, not a Plugin",
                f"write {attribute} = Plugin(...) in {module.__name__}",
            )
        )
    return value


def type_name(value: object) -> str:
    """With its article: `a dict`, `an int`, `None`."""
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
