"""What pluggy lets pass and we don't: unknown hooks, arguments never filled, functions without a marker."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterator, Sequence
from types import ModuleType

import pluggy

from ..faults import Fault
from ..plugin import Plugin

PROJECT = "trastienda"


def add_specs(manager: pluggy.PluginManager, plugin: Plugin, owner: str) -> Iterator[Fault]:
    """Add a plugin's own hook specifications, unless something is wrong with one."""
    specs = plugin.hookspecs
    if specs is None:
        return
    names = [name for name in dir(specs) if manager.parse_hookspec_opts(specs, name) is not None]
    faults = [
        Fault(
            owner,
            f"its hook specification {name} does not begin with {plugin.name}_",
            f"name it {plugin.name}_{name}",
        )
        for name in names
        if not name.startswith(f"{plugin.name}_")
    ]
    faults += [
        Fault(owner, f"its hook specification {name} is somebody else's already", "rename it")
        for name in names
        if name in spec_names(manager)
    ]
    if not names:
        faults.append(Fault(owner, f"no hook specification in {_name_of(specs)}", "mark it with @hookspec"))
    if not faults:
        manager.add_hookspecs(specs)
    yield from faults


def spec_names(manager: pluggy.PluginManager) -> list[str]:
    return sorted(
        name
        for name, caller in vars(manager.hook).items()
        if isinstance(caller, pluggy.HookCaller) and caller.has_spec()
    )


def check_hooks(manager: pluggy.PluginManager, carrier: object, owner: str) -> Iterator[Fault]:
    """Of a plugin, or of a module of hook functions, before it is registered."""
    known = spec_names(manager)
    for attribute in dir(carrier):
        options = manager.parse_hookimpl_opts(carrier, attribute)
        if options is None:
            if attribute in known and inspect.isfunction(inspect.getattr_static(carrier, attribute)):
                yield Fault(
                    owner,
                    f"{_name_of(carrier)}.{attribute} has a hook's name, but is not decorated",
                    "decorate it with @hookimpl, or give it another name",
                )
            continue
        name = options.get("specname") or attribute
        if name not in known:
            yield Fault(
                owner,
                f"{_name_of(carrier)}.{attribute} implements an unknown hook {name!r}",
                f"{_nearest(name, known)} Another plugin's hook belongs into a glue module",
            )
            continue
        yield from _check_arguments(manager, carrier, attribute, name, owner)
        if _is_collected(name) and (options.get("hookwrapper") or options.get("wrapper")):
            yield Fault(
                owner,
                f"{_name_of(carrier)}.{attribute} wraps {name}, which nobody calls as a whole",
                "take wrapper=True away",
            )


def check_entry_module(
    manager: pluggy.PluginManager, module: ModuleType, plugin: Plugin, owner: str
) -> Iterator[Fault]:
    """Hook functions beside the Plugin object would never be called."""
    declared = [value for value in vars(plugin).values() if inspect.isfunction(value)]
    for attribute, value in vars(module).items():
        if not inspect.isfunction(value) or value.__module__ != module.__name__ or value in declared:
            continue
        if attribute in spec_names(manager) or manager.parse_hookimpl_opts(module, attribute) is not None:
            yield Fault(
                owner,
                f"{module.__name__}.{attribute} is a hook function that nobody finds there",
                "move it to a module of its own, given as Plugin(hooks=that_module)",
            )


def _check_arguments(
    manager: pluggy.PluginManager, carrier: object, attribute: str, hook: str, owner: str
) -> Iterator[Fault]:
    """pluggy fills positional arguments without a default, by name; some others it refuses, some it skips."""
    spec = getattr(manager.hook, hook).spec
    allowed: Sequence[str] = spec.argnames
    function = getattr(carrier, attribute)
    place = f"{_name_of(carrier)}.{attribute}"
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
            yield Fault(
                owner,
                f"{place}: the argument {parameter} is never filled",
                f"take plain arguments: {hook}({', '.join(allowed)})",
            )
        elif name not in allowed:
            yield Fault(owner, f"{place}: {hook} has no argument {name!r}", _nearest(name, allowed))
        elif parameter.default is not inspect.Parameter.empty:
            yield Fault(
                owner,
                f"{place}: the argument {name!r} has a default, and so is never filled",
                "take the default away",
            )


def _is_collected(hook: str) -> bool:
    return hook.startswith("register_") or hook == "startup"


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0)
    return f"did you mean {near[0]!r}?" if near else "take it away"


def _name_of(carrier: object) -> str:
    if isinstance(carrier, (ModuleType, type)):
        return carrier.__name__
    return type(carrier).__name__
