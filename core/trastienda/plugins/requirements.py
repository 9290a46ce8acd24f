"""Whether the plugins that are on have what they need, and in which order they come."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ..faults import Fault
from .found import CORE, Found


def plugins_required(plugin: Found, found: Sequence[Found]) -> list[Found]:
    """The plugins of the distributions that it needs, by name."""
    needed = {canonicalize_name(each.name) for each in plugin.requires} - {CORE, plugin.distribution}
    return [other for other in found if other.distribution in needed]


def check_requirements(found: Sequence[Found]) -> Iterator[tuple[Found, Fault]]:
    """Each plugin that is on and lacks something, once for all that it lacks."""
    plugins_of: dict[str, list[Found]] = {}
    for each in found:
        plugins_of.setdefault(each.distribution, []).append(each)
    for plugin in found:
        if not plugin.on or plugin.bundled:
            continue
        for requirement in plugin.requires:
            provided = plugins_of.get(canonicalize_name(requirement.name), ())
            fault = _unmet(plugin, requirement) or _switched_off(plugin, requirement, provided)
            if fault:
                yield plugin, fault


def misfit(plugin: Found, other: Found) -> Fault | None:
    """Whether glue between two plugins may be loaded: their versions fit what the extras say."""
    faults = (
        _out_of_range(plugin, requirement, other.version)
        for requirement in plugin.optional
        if canonicalize_name(requirement.name) == other.distribution
    )
    return next(filter(None, faults), None)


def in_order(found: Sequence[Found]) -> tuple[list[Found], list[tuple[Found, Fault]]]:
    """Bundled first, then by requirements, then by name; circles are left out, each a fault."""
    nodes = {each.name: each for each in found}
    needs = {
        each.name: {other.name for other in found if other.bundled and not each.bundled}
        | {other.name for other in plugins_required(each, found)}
        for each in found
    }
    faults: list[tuple[Found, Fault]] = []
    while True:
        try:
            return [nodes[name] for name in _sorted(needs)], faults
        except graphlib.CycleError as error:
            circle: list[str] = list(reversed(error.args[1]))
            first = nodes[min(circle)]
            faults.append(
                (
                    first,
                    Fault(
                        str(first),
                        f"needs itself in a circle: {' -> '.join(circle)}",
                        "the authors must break it; pip uninstall one of them",
                    ),
                )
            )
            needs = {name: others - set(circle) for name, others in needs.items() if name not in circle}


def _sorted(needs: Mapping[str, Iterable[str]]) -> Iterator[str]:
    sorter = graphlib.TopologicalSorter(needs)
    sorter.prepare()
    ready: list[str] = []
    order = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()])
        order.append(ready.pop(0))
        sorter.done(order[-1])
    return iter(order)


def _unmet(plugin: Found, requirement: Requirement) -> Fault | None:
    """Not installed; or, of the core and of plugins, another version."""
    try:
        installed = version(requirement.name)
    except PackageNotFoundError:
        return Fault(
            str(plugin), f"needs {_named(requirement)}: not installed", f"pip install {_quoted(requirement)}"
        )
    return _out_of_range(plugin, requirement, installed)


def _out_of_range(plugin: Found, requirement: Requirement, installed: str) -> Fault | None:
    if requirement.specifier.contains(installed, prereleases=True):
        return None
    return Fault(
        str(plugin),
        f"needs {_named(requirement)}: {installed} is installed",
        f"pip install {_quoted(requirement)}, or a version of {plugin.distribution} that fits",
    )


def _switched_off(plugin: Found, requirement: Requirement, provided: Sequence[Found]) -> Fault | None:
    off = [each.name for each in provided if not each.on]
    if not off:
        return None
    return Fault(
        str(plugin),
        f"needs {_named(requirement)}: installed, but {' and '.join(off)} is not on",
        f"add {', '.join(off)} to the setting plugins, or take {plugin.name} out",
    )


def _named(requirement: Requirement) -> str:
    return f"{requirement.name}{requirement.specifier}"


def _quoted(requirement: Requirement) -> str:
    return f'"{_named(requirement)}"' if len(requirement.specifier) else requirement.name
