"""A site with a plugin of chores, on a copy of a prepared database, and the worker's work done in the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trastienda import Company, Plugin, Site
from trastienda.jobs.worker import run_due
from trastienda.settings import load_settings
from trastienda.testing import sites
from trastienda.testing.databases import PreparedDatabase

OpenSite = Callable[..., Site]


@contextmanager
def opened(url: str, data: Path, *plugins: Plugin, **settings: str) -> Iterator[Site]:
    given = {"TRASTIENDA_DATABASE": url, "TRASTIENDA_DATA": str(data), "TRASTIENDA_PLUGINS": "identity"}
    site = Site.open(load_settings({**given, **settings}), extra=plugins)
    try:
        with site.active():
            yield site
    finally:
        site.shut()


@pytest.fixture
def url(prepared_database: PreparedDatabase, tmp_path: Path) -> str:
    """A database with the bundled plugins' tables and the company ACME."""
    return prepared_database("jobs", lambda url: sites.found_company(url, tmp_path, ()))


@pytest.fixture
def open_site(url: str, tmp_path: Path) -> Iterator[OpenSite]:
    """``open_site(plugin, TRASTIENDA_...="...")``"""
    entered = []

    def enter(*plugins: Plugin, **settings: str) -> Site:
        context = opened(url, tmp_path, *plugins, **settings)
        entered.append(context)
        return context.__enter__()

    yield enter
    for context in entered:
        context.__exit__(None, None, None)


class Clock:
    """A site's time, moved by hand."""

    def __init__(self, site: Site) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        site.clock = lambda: self.now

    def pass_(self, **interval: float) -> None:
        self.now += timedelta(**interval)


def acme(site: Site) -> Company:
    return site.company(sites.COMPANY)


def run_all(site: Site, clock: Clock, *, hours: int = 48) -> int:
    """All that comes due in so many hours; how many attempts that were."""
    count = 0
    for _ in range(hours):
        count += run_due(site)
        clock.pass_(hours=1)
    return count
