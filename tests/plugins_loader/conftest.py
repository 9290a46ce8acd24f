"""Small distributions made for a test: every fault of a start, on purpose."""

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import PathFinder
from importlib.metadata import Distribution, DistributionFinder, MetadataPathFinder
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from trastienda.plugin import Plugin
from trastienda.plugins import examine_plugins
from trastienda.settings import Settings, load_settings

PLAIN = "from trastienda.plugin import Plugin\nplugin = Plugin({name!r})\n"


@pytest.fixture
def site_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """All that is installed, but for modules: a core 0.1.0 that bundles no plugin."""

    def find_here(context: DistributionFinder.Context) -> Iterable[Distribution]:
        return MetadataPathFinder.find_distributions(
            DistributionFinder.Context(name=context.name, path=[str(tmp_path)])
        )

    monkeypatch.setattr(PathFinder, "find_distributions", find_here)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    _write_metadata(tmp_path, "trastienda", "0.1.0", (), {})
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def install(site_packages: Path) -> Callable[..., None]:
    """install("hr", "code", requires=[...], version="1.2.0"): the distribution trastienda-hr, or another."""

    def install(
        name: str,
        code: str | None = None,
        *,
        requires: Sequence[str] = ("trastienda>=0.1,<1",),
        version: str = "0.1.0",
        distribution: str = "",
        group: str = "trastienda.plugins",
        modules: dict[str, str] | None = None,
    ) -> None:
        package = site_packages / f"trastienda_{name}"
        package.mkdir(exist_ok=True)
        for module, text in {"__init__": code or PLAIN.format(name=name), **(modules or {})}.items():
            (package / f"{module}.py").write_text(dedent(text))
        _write_metadata(
            site_packages,
            distribution or f"trastienda-{name}",
            version,
            requires,
            {group: f"{name} = trastienda_{name}:plugin"},
        )
        importlib.invalidate_caches()

    return install


def _write_metadata(
    folder: Path, name: str, version: str, requires: Sequence[str], entry_points: dict[str, str]
) -> None:
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    (info / "METADATA").write_text("\n".join([*lines, *(f"Requires-Dist: {each}" for each in requires), ""]))
    (info / "entry_points.txt").write_text("".join(f"[{group}]\n{line}\n" for group, line in entry_points.items()))


@pytest.fixture
def write_metadata(site_packages: Path) -> Callable[..., None]:
    """write_metadata(name, version, requires, {group: entry}): a distribution without any module."""

    def write(*arguments: Any) -> None:
        _write_metadata(site_packages, *arguments)

    return write


@pytest.fixture
def faults(site_packages: Path) -> Callable[..., list[tuple[str, str, str]]]:
    """faults(plugins="hr"): (plugin, cause, cure) of all that is wrong under these settings."""

    def find(*, extra: Sequence[Plugin] = (), **settings: str) -> list[tuple[str, str, str]]:
        found = examine_plugins(_settings(settings), extra=extra).faults
        return [(fault.plugin, fault.cause, fault.cure) for fault in found]

    return find


@pytest.fixture
def status(site_packages: Path) -> Callable[..., dict[str, str]]:
    """status(plugins="hr"): of each plugin under these settings."""

    def find(**settings: str) -> dict[str, str]:
        return {each.name: each.status for each in examine_plugins(_settings(settings)).plugins}

    return find


@pytest.fixture
def hooks_module() -> Callable[[str], dict[str, Any]]:
    """install("hr", **hooks_module("code")): a plugin hr with these hook functions."""

    def make(code: str) -> dict[str, Any]:
        return {
            "code": """
                from trastienda.plugin import Plugin
                from . import hooks
                plugin = Plugin("hr", hooks=hooks)
                """,
            "modules": {"hooks": "from trastienda.plugin import hookimpl\n" + dedent(code)},
        }

    return make


def _settings(values: dict[str, str]) -> Settings:
    return load_settings({f"TRASTIENDA_{name.upper()}": text for name, text in values.items()})


@pytest.fixture(autouse=True)
def no_plugin_imported_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of the process have imported real plugins, some under the names that are made up here."""
    for name in list(sys.modules):
        if name.startswith("trastienda_"):
            monkeypatch.delitem(sys.modules, name)
