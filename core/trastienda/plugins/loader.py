"""Loading, step by step. Every step goes on with whatever is whole, so that one start finds all faults.

A plugin is held back, unimported, when it or one that it needs cannot be had: what its import would raise is
no news. Faults that show after its import hold nobody back.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pluggy

from .. import hookspecs
from ..faults import Fault
from ..plugin import Plugin
from ..settings import Settings
from .answers import ask
from .found import Found, find_plugins
from .hooks import PROJECT, add_specs, check_entry_module, check_hooks, spec_names
from .importing import ImportFault, import_glue, import_plugin
from .loaded import LoadedPlugin, LoadedPlugins
from .requirements import check_requirements, in_order, misfit, plugins_required


class Loader:
    """`run` it once."""

    def __init__(self, settings: Settings, extra: Sequence[Plugin]) -> None:
        self.extra = extra
        self.installed, self.faults = find_plugins(settings)
        self.order: list[Found] = []
        self.held_back: set[str] = set()
        self.plugins: dict[str, Plugin] = {}
        self.glue: dict[str, list[str]] = {}
        self.manager = pluggy.PluginManager(PROJECT)

    def run(self) -> LoadedPlugins:
        self._sort()
        for found in self.order:
            self._import(found)
        self._add_extra()
        self._register()
        answers = self._ask()
        plugins = tuple(self._described())
        return LoadedPlugins(self.manager, plugins, MappingProxyType(answers), tuple(self.faults))

    def _sort(self) -> None:
        on = [each for each in self.installed if each.on]
        self.order, circles = in_order(on)
        self.held_back = {each.name for each in on} - {each.name for each in self.order}
        for plugin, fault in [*check_requirements(self.installed), *circles]:
            self.faults.append(fault)
            self.held_back.add(plugin.name)

    def _import(self, found: Found) -> None:
        if self.held_back & {found.name, *self._required(found)}:
            self.held_back.add(found.name)
            return
        try:
            self.plugins[found.name] = import_plugin(found)
        except ImportFault as error:
            self.faults.append(error.fault)
            self.held_back.add(found.name)

    def _required(self, found: Found) -> tuple[str, ...]:
        return tuple(each.name for each in plugins_required(found, self.installed))

    def _add_extra(self) -> None:
        for plugin in self.extra:
            if plugin.name in self.plugins:
                self.faults.append(
                    Fault(
                        self._label(plugin.name),
                        "another of this name was given directly",
                        "give that one another name",
                    )
                )
            else:
                self.plugins[plugin.name] = plugin

    def _register(self) -> None:
        """Specifications first, then plugins, then glue, since that may implement anybody's hooks."""
        self.manager.add_hookspecs(hookspecs)
        for plugin in self.plugins.values():
            self.faults += add_specs(self.manager, plugin, self._label(plugin.name))
        for found in self.order:
            if found.name in self.plugins:
                self.faults += check_entry_module(
                    self.manager, sys.modules[found.module], self.plugins[found.name], str(found)
                )
        for plugin in self.plugins.values():
            self._register_one(plugin, self._label(plugin.name))
        for plugin in self.plugins.values():
            for other, module in plugin.when.items():
                if other in self.plugins:
                    self._register_glue(plugin.name, other, module)

    def _register_one(self, plugin: Plugin, owner: str) -> None:
        for name, carrier in ((plugin.name, plugin), (f"{plugin.name}:hooks", plugin.hooks)):
            if carrier is None:
                continue
            faults = list(check_hooks(self.manager, carrier, owner))
            self.faults += faults
            if faults:
                continue
            try:
                self.manager.register(carrier, name)
            except (ValueError, pluggy.PluginValidationError) as error:
                text = str(error).splitlines()[0]
                self.faults.append(Fault(owner, f"pluggy refuses {name}: {text}", "mend its hook functions"))

    def _register_glue(self, name: str, other: str, module: str) -> None:
        mine, theirs = self._found(name), self._found(other)
        if mine and theirs and (fault := misfit(mine, theirs)):
            self.faults.append(fault)
            return
        try:
            glue = import_glue(
                module,
                name=f"{name}+{other}",
                owner=self._label(name),
                distribution=mine.distribution if mine else "",
            )
        except ImportFault as error:
            self.faults.append(error.fault)
            return
        self._register_one(glue, self._label(name))
        self.glue.setdefault(name, []).append(other)

    def _ask(self) -> dict[str, tuple[tuple[str, Any], ...]]:
        faults: list[Fault] = []
        answers = {
            hook: tuple(ask(self.manager, hook, faults))
            for hook in spec_names(self.manager)
            if hook.startswith("register_")
        }
        self.faults += [
            replace(fault, plugin=self._label(fault.plugin.partition("+")[0])) for fault in faults
        ]
        return answers

    def _found(self, name: str) -> Found | None:
        return next((each for each in self.order if each.name == name), None)

    def _label(self, name: str) -> str:
        return str(self._found(name) or name)

    def _described(self) -> Iterator[LoadedPlugin]:
        accused = {fault.plugin for fault in self.faults}
        rest = [each for each in self.installed if each not in self.order]
        for found in [*self.order, *rest]:
            faulty = found.name in self.held_back or str(found) in accused
            yield LoadedPlugin(
                found.name,
                found.version,
                found.distribution,
                found.module,
                found.bundled,
                "off" if not found.on else "faulty" if faulty else "on",
                self.plugins.get(found.name),
                self._required(found),
                tuple(self.glue.get(found.name, ())),
            )
        for plugin in self.extra:
            yield LoadedPlugin(
                plugin.name,
                "",
                "",
                "",
                bundled=False,
                status="faulty" if plugin.name in accused else "on",
                plugin=plugin,
                glue=tuple(self.glue.get(plugin.name, ())),
            )
