"""What loading comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import pluggy

from ..faults import Fault
from ..plugin import Plugin

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
