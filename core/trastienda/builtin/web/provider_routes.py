"""Signing in at the OpenID Connect provider that the settings name."""

from __future__ import annotations

import time
from dataclasses import asdict

from flask import current_app, redirect, request, session
from werkzeug.wrappers import Response as AnyResponse

from ...errors import NotFound, NotSignedIn
from ...languages import gettext as _
from ...site import Site
from ..identity import oidc
from ..identity.accounts import sign_in_from_provider
from ..identity.signing_in import COOKIE
from . import addresses
from .administration import places
from .blueprint import go, local, web
from .session_routes import come_through

AWAY = "away"
#: Seconds that somebody may take at the provider.
LONGEST = 900


@web.get(places.PROVIDER)
def leave_for_provider() -> AnyResponse:
    site = _site_with_provider()
    try:
        address, begun = oidc.depart(site.settings)
    except oidc.ProviderUnavailable as error:
        return go(addresses.SIGN_IN, refused=str(error))
    session[AWAY] = {**asdict(begun), "next": local(request.args.get("next", "")), "at": int(time.time())}
    return redirect(address, 303)


@web.get(oidc.CALLBACK)
def come_back_from_provider() -> AnyResponse:
    """The answer to a departure of this browser, which counts once."""
    site = _site_with_provider()
    away = session.pop(AWAY, None)
    try:
        if away is None or time.time() - away["at"] > LONGEST:
            raise NotSignedIn(_("The sign-in was not begun in this browser, or too long ago: begin again"))
        begun = oidc.Departure(away["state"], away["nonce"], away["verifier"])
        found = sign_in_from_provider(
            site,
            begun,
            request.args,
            address=request.remote_addr or "",
            agent=request.user_agent.string,
            instead_of=request.cookies.get(COOKIE, ""),
        )
    except (NotSignedIn, oidc.ProviderUnavailable) as error:
        return go(addresses.SIGN_IN, refused=str(error))
    return come_through(site, found, away["next"], from_provider=True)


def _site_with_provider() -> Site:
    site: Site = current_app.extensions["trastienda"]
    if not oidc.is_on(site.settings):
        raise NotFound(_("There is nothing here"))
    return site
