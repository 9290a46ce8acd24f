"""Plugins meet: by services with versioned names, by hooks that one of them specified."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from trastienda import NoSuchService, Plugin, Service, Site, Work, hookimpl, hookspec
from trastienda.faults import StartupFaults
from trastienda.isolation import PluginFailed
from trastienda.settings import load_settings

Open = Callable[..., Site]


@pytest.fixture
def open_with(tmp_path: Any) -> Open:
    """A site with these plugins; no database is touched."""

    def opened(*plugins: Plugin) -> Site:
        given = {"TRASTIENDA_DATABASE": f"sqlite:///{tmp_path}/x.db", "TRASTIENDA_DATA": str(tmp_path),
                 "TRASTIENDA_PLUGINS": "identity"}  # fmt: skip
        return Site.open(load_settings(given), extra=plugins)

    return opened


def double(work: Work, *, number: int) -> int:
    return number * 2


def broken(work: Work) -> int:
    raise KeyError("a detail")


sums = Plugin("sums", services=[Service("sums.double/1", double), Service("sums.broken/1", broken)])


def test_service_is_called_by_its_name(open_with: Open) -> None:
    site = open_with(sums)
    assert site.service("sums.double/1")(SimpleNamespace(site=site), number=21) == 42
    assert (site.offers("sums.double/1"), site.offers("sums.double/2")) == (True, False)


@pytest.mark.parametrize(("name", "told"), [
    ("sums.double/2", "no plugin that is on offers the service sums.double/2: sums offers sums.double/1"),
    ("sums.doubel/1", "no plugin that is on offers the service sums.doubel/1: sums offers sums.b"),
    ("ledger.post/1", "no plugin that is on offers the service ledger.post/1: is its plugin installed?"),
])  # fmt: skip
def test_service_that_nobody_offers_names_who_offers_what(open_with: Open, name: str, told: str) -> None:
    with pytest.raises(NoSuchService) as found:
        open_with(sums).service(name)
    assert str(found.value).startswith(told)


def test_service_that_fails_is_blamed_on_who_offers_it(open_with: Open) -> None:
    site = open_with(sums, Plugin("caller"))
    with pytest.raises(PluginFailed) as found:
        site.service("sums.broken/1")(SimpleNamespace(site=site))
    assert (found.value.plugin, found.value.what) == ("sums", "service sums.broken/1")


def test_service_that_a_plugin_uses_and_nobody_offers_stops_the_start(open_with: Open) -> None:
    with pytest.raises(StartupFaults) as found:
        open_with(sums, Plugin("caller", uses=["sums.double/1", "sums.double/3"]))
    (fault,) = found.value.faults
    assert (fault.plugin, fault.cause) == (
        "caller", "no plugin that is on offers the service sums.double/3: sums offers sums.double/1")  # fmt: skip


def test_service_has_a_versioned_name() -> None:
    with pytest.raises(ValueError, match=r"area\.verb/version"):
        Service("double", double)


class Specs:
    @hookspec
    def fleet_costs(self, vehicle: str) -> int:
        """What a vehicle costs, by whoever knows."""
        raise AssertionError("a specification is never called")


class Tyres:
    @hookimpl
    def fleet_costs(self, vehicle: str) -> int:
        return len(vehicle)


class Paint:
    @hookimpl
    def fleet_costs(self) -> int:
        raise SystemExit(3)


def test_plugin_asks_others_by_its_own_hook_and_one_that_fails_is_left_out(open_with: Open) -> None:
    site = open_with(
        Plugin("fleet", hookspecs=Specs), Plugin("paint", hooks=Paint()), Plugin("tyres", hooks=Tyres())
    )
    assert site.ask("fleet_costs", vehicle="van") == [("tyres", 3)]
    failure = site.failures.by_plugin()["paint"]
    assert (failure.count, failure.message) == (1, "hook fleet_costs: SystemExit: 3")
