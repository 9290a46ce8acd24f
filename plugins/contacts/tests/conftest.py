"""A company without anything, on each database."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from trastienda import Actor, Company, Site, Work
from trastienda.settings import load_settings
from trastienda.upgrade import upgrade

T = TypeVar("T")
Prepare = Callable[[str, Callable[[str], object]], str]


class Directory:
    """The parties of the company ACME."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.company = site.company("ACME")
        self.actor = Actor.system("tests")

    def write(self, body: Callable[[Work], T]) -> T:
        return self.site.write(self.actor, self.company, body)

    def read(self, body: Callable[[Work], T]) -> T:
        return self.site.read(self.actor, self.company, body)


def open_site(url: str, data: Path) -> Site:
    settings = {
        "TRASTIENDA_DATABASE": url,
        "TRASTIENDA_DATA": str(data),
        "TRASTIENDA_PLUGINS": "contacts",
    }
    return Site.open(load_settings(settings))


def found_company(site: Site) -> None:
    with site.active():
        upgrade(site, report=lambda title: None)
        Company.insert(code="ACME", name="Acme", currency="EUR", country="ES").execute()
    site.shut()


@pytest.fixture
def directory(prepared_database: Prepare, tmp_path: Path) -> Iterator[Directory]:
    site = open_site(
        prepared_database("contacts", lambda url: found_company(open_site(url, tmp_path))), tmp_path
    )
    with site.active():
        yield Directory(site)
    site.shut()
