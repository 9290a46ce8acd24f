"""A site for a test: chosen plugins, a company, users, and clients that are signed in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf

from ..builtin.identity.administration import add_token
from ..builtin.identity.models import Session
from ..builtin.identity.signing_in import COOKIE, digest_of, now
from ..plugins.found import find_plugins
from ..plugins.requirements import plugins_required
from ..security.actor import Actor
from ..settings import load_settings
from ..site import Site
from ..storage.models import Company, User
from ..upgrade import upgrade

COMPANY = "ACME"
SYSTEM = Actor.system("tests")


def with_requirements(names: Sequence[str]) -> tuple[str, ...]:
    """The plugins, and those that they need, from the metadata of what is installed."""
    installed = find_plugins(load_settings({}))[0]
    wanted: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted[name] = None
            waiting += [
                other.name
                for each in installed
                if each.name == name
                for other in plugins_required(each, installed)
            ]
    return tuple(sorted(wanted))


@contextmanager
def open_site(url: str, data: Path, plugins: Sequence[str]) -> Iterator[Site]:
    """The site, its database current; every connection is closed at the end, those that a pool keeps as well.

    With no plugin named, those that come with the core.
    """
    given = {"TRASTIENDA_DATABASE": url, "TRASTIENDA_DATA": str(data)}
    bundled = [each.name for each in find_plugins(load_settings({}))[0] if each.bundled]
    given["TRASTIENDA_PLUGINS"] = ",".join(plugins or bundled)
    site = Site.open(load_settings(given))
    try:
        with site.active():
            yield site
    finally:
        site.shut()


def found_company(url: str, data: Path, plugins: Sequence[str]) -> None:
    """The tables, and one company without anything."""
    with open_site(url, data, plugins) as site:
        upgrade(site, report=lambda title: None)
        company = Company(code=COMPANY, name="Acme", currency="EUR", country="ES", time_zone="Europe/Madrid")
        site.write(SYSTEM, Company(), lambda work: work.add(company))


def bearer_client(app: Flask, site: Site, user: User) -> FlaskClient:
    """As a program signs in: with a token."""
    secret = site.write(SYSTEM, site.company(COMPANY), lambda work: add_token(work, user=user, name="tests"))
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def browser_client(app: Flask, site: Site, user: User) -> FlaskClient:
    """As a person who has signed in: with a session, and with the form token that every page carries."""
    secret = secrets.token_urlsafe(32)
    with site.database.write():
        Session.insert(digest=digest_of(secret), user=user.id, started_at=now(), seen_at=now()).execute()
    client = app.test_client()
    client.set_cookie(COOKIE, secret)
    with app.test_request_context():
        client.environ_base["HTTP_X_CSRFTOKEN"] = generate_csrf()
        seed = session["csrf_token"]
    with client.session_transaction() as kept:
        kept["csrf_token"] = seed
    return client
