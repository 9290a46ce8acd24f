"""What loading comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import pluggy

from ..faults import Fault
from ..plugin import Plugin
from .answers import implementations

Status: TypeAlias = Literal["on", "off", "faulty"]


@dataclass(frozen=True)
class LoadedPlugin:
    """An installed plugin for people: `requires` are plugins' names, `glue` the others that it has glue with.

    `plugin` is None where it was not imported. One given directly has no version, distribution or module.
    """

    name: str
    version: str
    distribution: str
    module: str
    bundled: bool
    status: Status
    plugin: Plugin | None = None
    requires: tuple[str, ...] = ()
    glue: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadedPlugins:
    """`plugins` are all that are installed, those that are on in the order of requirements, then the others.

    `answers` has what they answered to each hook that returns a list, as (plugin, item) in that order; glue
    answers under its own name, `<plugin>+<other>`.
    """

    manager: pluggy.PluginManager
    plugins: tuple[LoadedPlugin, ...]
    answers: Mapping[str, tuple[tuple[str, Any], ...]]
    faults: tuple[Fault, ...]
    _asked: dict[str, tuple[tuple[str, pluggy.HookImpl], ...]] = field(default_factory=dict)

    def uses(self) -> Iterator[tuple[str, str]]:
        """(plugin, service) of what plugins and their glue say they call by name."""
        for name, plugin in self.manager.list_name_plugin():
            if isinstance(plugin, Plugin):
                yield from ((name, service) for service in plugin.uses)

    def asked(self, hook: str) -> tuple[tuple[str, pluggy.HookImpl], ...]:
        """Who answers a hook, in the order of requirements; AttributeError for one that nobody specified."""
        if hook not in self._asked:
            self._asked[hook] = tuple(implementations(self.manager, hook))
        return self._asked[hook]
