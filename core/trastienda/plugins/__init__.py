"""Plugins: find, check, order, import, register, collect. One plugin manager per site, none global."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pluggy

from ..errors import TrastiendaError
from ..faults import StartupFaults
from ..isolation import PluginFailed, blaming
from ..plugin import Plugin
from ..settings import Settings
from .answers import collect, implementations
from .found import RESERVED, find_plugins
from .loaded import LoadedPlugin, LoadedPlugins
from .loader import Loader

if TYPE_CHECKING:
    from ..site import Site

__all__ = [
    "RESERVED",
    "LoadedPlugin",
    "LoadedPlugins",
    "authenticators",
    "collect",
    "examine_plugins",
    "installed_plugins",
    "load_plugins",
    "run_startup",
]

def load_plugins(settings: Settings, *, extra: Sequence[Plugin] = ()) -> LoadedPlugins:
    """As `examine_plugins`; raises StartupFaults with all that is wrong."""
    loaded = examine_plugins(settings, extra=extra)
    if loaded.faults:
        raise StartupFaults(loaded.faults)
    return loaded


def examine_plugins(settings: Settings, *, extra: Sequence[Plugin] = ()) -> LoadedPlugins:
    """What can be loaded of `extra` and the plugins that are installed and on; the faults of the rest."""
    return Loader(settings, extra).run()


def installed_plugins(settings: Settings) -> list[str]:
    """The names of all that are installed, on or off; nothing is imported."""
    return [each.name for each in find_plugins(settings)[0]]


def run_startup(loaded: LoadedPlugins, site: Site) -> None:
    """Call each plugin's startup hooks; one that raises is logged with its plugin and costs nothing else."""
    for owner, implementation in implementations(loaded.manager, "startup"):
        try:
            with blaming(owner, "startup"):
                implementation.function(*([site] if implementation.argnames else []))
        except TrastiendaError as error:
            site.failures.note(error if isinstance(error, PluginFailed) else _refused_start(owner, error))


def _refused_start(owner: str, error: TrastiendaError) -> PluginFailed:
    """A refusal has nobody to read it while a site starts."""
    failed = PluginFailed(plugin=owner, what="startup")
    failed.__cause__ = error
    return failed


def authenticators(loaded: LoadedPlugins) -> tuple[tuple[str, Callable[..., Any]], ...]:
    """Each plugin's answer to who sent a request, in the order of asking: (plugin, ask(request, site)).

    A plugin that declares no authenticator isn't among them: it would cost every request a call.
    """
    return tuple((owner, partial(_ask, each)) for owner, each in implementations(loaded.manager, "authenticate")
                 if not (isinstance(each.plugin, Plugin) and each.plugin.authenticator is None))


def _ask(implementation: pluggy.HookImpl, request: Any, site: Site) -> Any:
    given = {"request": request, "site": site}
    return implementation.function(*(given[name] for name in implementation.argnames))
