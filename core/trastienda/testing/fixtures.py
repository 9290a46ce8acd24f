"""Fixtures for the tests of anybody's plugin: a site with chosen plugins, on each database.

Which plugins are on, with all that they need, is said by ``@pytest.mark.plugins("fleet")``, else by the ini
option ``trastienda_plugins``, else by overriding the fixture of that name.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from itertools import count
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ..api.app import create_app
from ..builtin.identity.administration import add_user
from ..jobs.worker import run_due
from ..site import Site
from ..storage.models import Company, User
from ..work import Work
from . import sites
from .databases import PreparedDatabase

T = TypeVar("T")


class NewUser(Protocol):
    def __call__(self, *roles: str, name: str = "") -> User: ...


class SignIn(Protocol):
    def __call__(self, *roles: str, browser: bool = False) -> FlaskClient: ...


class Run(Protocol):
    def __call__(self, body: Callable[[Work], T], /) -> T: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("trastienda_plugins", "the plugins that are on in the fixture site", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "plugins(*names): the plugins that are on in the fixture site")


@pytest.fixture
def trastienda_plugins(request: pytest.FixtureRequest) -> Sequence[str]:
    """The plugins under test."""
    marker = request.node.get_closest_marker("plugins")
    return tuple(marker.args if marker else request.config.getini("trastienda_plugins"))


@pytest.fixture
def site(
    trastienda_plugins: Sequence[str], prepared_database: PreparedDatabase, tmp_path: Path
) -> Iterator[Site]:
    """With the chosen plugins and the company ACME, in a database of the test's own, current in the test."""
    names = sites.with_requirements(trastienda_plugins)
    state = f"trastienda.testing {','.join(names)}"
    url = prepared_database(state, lambda url: sites.found_company(url, tmp_path, names))
    with sites.open_site(url, tmp_path, names) as made:
        yield made


@pytest.fixture
def company(site: Site) -> Company:
    """ACME: euros, Spain, Madrid's time."""
    return site.company(sites.COMPANY)


@pytest.fixture
def write(site: Site, company: Company) -> Run:
    """``write(lambda work: ...)``: in one transaction, as the installation itself."""
    return lambda body: site.write(sites.SYSTEM, company, body)


@pytest.fixture
def read(site: Site, company: Company) -> Run:
    """``read(lambda work: ...)``: in one snapshot."""
    return lambda body: site.read(sites.SYSTEM, company, body)


@pytest.fixture
def run_jobs(site: Site) -> Callable[[], int]:
    """``run_jobs()``: does the jobs that are due, and what they lead to, in the test itself; how many attempts."""
    return lambda: run_due(site)


@pytest.fixture
def user(write: Run) -> NewUser:
    """``user("fleet.driver")``: a new user with these roles in every company, and without a password."""
    numbers = count(1)

    def make(*roles: str, name: str = "") -> User:
        chosen = name or f"user{next(numbers)}"
        return write(lambda work: add_user(work, name=chosen, password=None, roles=list(roles)))

    return make


@pytest.fixture
def app(site: Site) -> Flask:
    """The web application of the site."""
    return create_app(site)


@pytest.fixture
def sign_in(app: Flask, site: Site, user: NewUser) -> SignIn:
    """``sign_in("fleet.driver")``: a client with a new user's token; with ``browser=True``, with his session."""

    def make(*roles: str, browser: bool = False) -> FlaskClient:
        client = sites.browser_client if browser else sites.bearer_client
        return client(app, site, user(*roles))

    return make


@pytest.fixture
def client(sign_in: SignIn) -> FlaskClient:
    """A program's client with all rights."""
    return sign_in("admin")


@pytest.fixture
def browser_client(sign_in: SignIn) -> FlaskClient:
    """A person's client with all rights."""
    return sign_in("admin", browser=True)


@pytest.fixture
def frozen(site: Site) -> Callable[[date], datetime]:
    """``frozen(date(2026, 3, 1))``: from now on it is noon of that day (or the moment given), in UTC."""

    def freeze(day: date) -> datetime:
        moment = day if isinstance(day, datetime) else datetime.combine(day, time(12), UTC)
        site.clock = lambda: moment
        return moment

    return freeze
