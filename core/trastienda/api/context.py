"""Who asks, for which company, and what they sent."""
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import orjson
from flask import current_app, g, request

from ..entities.compiled import CompiledEntity
from ..errors import Forbidden, Invalid, NotFound, NotSignedIn, TrastiendaError, VersionRequired
from ..isolation import blaming, checked
from ..languages import gettext
from ..security.actor import Actor, Identity
from ..site import Site
from ..storage.models import Company
from ..storage.rows import fetch


class NotJson(TrastiendaError):
    title = "Not JSON"


class NoCompany(TrastiendaError):
    """The user belongs to no company, or there is none yet."""

    status = 403
    title = "No company"


@dataclass(frozen=True)
class Caller:
    """What every door needs: the site, who acts, and in which company."""

    site: Site
    actor: Actor
    company: Company


def identify(site: Site) -> None:
    """Ask the plugins who this is; the actor and the company wait until they are needed."""
    g.identity = g.caller = None
    if site.first_run is not None:  # there may not even be tables to look a session up in
        return
    for plugin, ask in site.authenticators:
        with blaming(plugin, "authenticator"):
            g.identity = checked(ask(request, site), Identity | None)
        if g.identity is not None:
            return


def caller() -> Caller:
    """The request's actor in its company; raises NotSignedIn, NotFound or Forbidden."""
    if g.caller is None:
        site: Site = current_app.extensions["trastienda"]
        identity: Identity | None = g.identity
        if identity is None:
            raise NotSignedIn(gettext("Sign in, or send a token"))
        company = _company(site, identity)
        try:
            actor = site.actor(identity.user, company, via=identity.via, scopes=identity.scopes)
        except Forbidden as error:  # whoever has no role in a company does not learn that it is there
            raise NotFound(gettext("No company %(code)s", code=company.code)) from error
        g.caller = Caller(site, actor, company)
    found: Caller = g.caller
    return found


def _company(site: Site, identity: Identity) -> Company:
    code = request.headers.get("X-Company") or g.get("company_code")
    if identity.by_cookie:
        return _chosen(site, identity, code)
    if code and identity.company is None:
        return site.company(code)
    if (chosen := identity.company or identity.user.__data__.get("default_company")) is not None:
        return fetch(site.database, Company, '"id" = ?', [chosen])[0]
    companies = site.companies_of(identity.user)
    if not companies:
        raise NoCompany(gettext("%(user)s belongs to no company", user=identity.user.name))
    return companies[0]


def _chosen(site: Site, identity: Identity, code: str | None) -> Company:
    """Of the companies in which somebody at a browser has a role, all of which his pages name: this one, or his own."""
    g.companies = companies = site.companies_of(identity.user)
    if not companies:
        raise NoCompany(gettext("%(user)s belongs to no company", user=identity.user.name))
    found = next((each for each in companies if each.code == code), None) if code else companies[0]
    if found is None:
        raise NotFound(gettext("No company %(code)s", code=code))
    return found


def entity_at(path: str) -> CompiledEntity:
    site: Site = current_app.extensions["trastienda"]
    entity = site.registry.by_path.get(path)
    if entity is None:
        raise NotFound(gettext("There is nothing at %(path)s", path=path))
    return entity


def body() -> Any:
    """The request's JSON. NaN and its like come through as floats, so that the field is named that has them."""
    data = request.get_data()
    if not data:
        return None
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        try:
            value = json.loads(data.decode())
            json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair is no text
            return value
        except (ValueError, RecursionError) as error:
            raise NotJson(gettext("The body is not JSON: %(reason)s", reason=error)) from error


def expected_version(text: str | None) -> int | None:
    """From If-Match; None for `*`. Raises VersionRequired without one."""
    if not text:
        raise VersionRequired(gettext("Send If-Match with the record's ETag, so that nobody's change is lost"))
    text = text.strip()
    if text == "*":
        return None
    version = text.removeprefix("W/").strip('"')
    if not version.isascii() or not version.isdigit() or len(version) > 9:
        raise Invalid({"If-Match": [gettext("Not an ETag of this server.")]})
    return int(version)
