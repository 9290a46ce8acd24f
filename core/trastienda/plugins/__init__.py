"""Plugins: find, check, order, import, register, collect. One plugin manager per site, none global."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..faults import StartupFaults
from ..log import get_logger
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
    "collect",
    "examine_plugins",
    "installed_plugins",
    "load_plugins",
    "run_startup",
]

log = get_logger(__name__)


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
            implementation.function(*([site] if implementation.argnames else []))
        except (Exception, SystemExit):
            log.exception("startup of a plugin failed", plugin=owner)
