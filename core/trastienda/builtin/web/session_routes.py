"""Coming in, going out, and the choices in the bar."""

from __future__ import annotations

from flask import Response, current_app, g, request, session
from werkzeug.wrappers import Response as AnyResponse

from ...errors import NotSignedIn
from ...languages import LANGUAGES
from ...languages import gettext as _
from ...site import Site
from ..identity.passwords import can_mail
from ..identity.signing_in import COOKIE, SignedIn, TooManyAttempts, sign_in, sign_out
from . import addresses
from .administration import places
from .blueprint import COMPANY, LANGUAGE, THEME, THEMES, go, keep, local, show, visit, web
from .providers import FROM_PROVIDER, way_in, way_out_of
from .views.fields import FieldView
from .views.parts import ErrorLink
from .views.start import SignInView


def this_site() -> Site:
    site: Site = current_app.extensions["trastienda"]
    return site


@web.get("/sign-in", endpoint="sign_in")
def ask_name() -> Response | AnyResponse:
    if g.identity is not None:
        return go(local(request.args.get("next", addresses.HOME)))
    return show("sign_in", _view())


@web.post("/sign-in")
def come_in() -> Response | AnyResponse:
    site = this_site()
    try:
        found = sign_in(
            site,
            name=request.form.get("name", ""),
            password=request.form.get("password", ""),
            address=request.remote_addr or "",
            agent=request.user_agent.string,
            instead_of=request.cookies.get(COOKIE, ""),
        )
    except NotSignedIn:
        return show("sign_in", _view(_("The name or the password is wrong.")), status=422)
    except TooManyAttempts as error:
        wait = error.extra["wait"]
        return show(
            "sign_in",
            _view(_("Too many attempts. Try again in %(seconds)s seconds.", seconds=wait)),
            status=429,
        )
    return come_through(site, found, local(request.form.get("next", "")))


def come_through(site: Site, found: SignedIn, wanted: str, *, from_provider: bool = False) -> AnyResponse:
    """To where the visitor was going, or to the page of what is still wanting; forms begin afresh."""
    kept = [("next", wanted)] if wanted != addresses.HOME else []
    ways = {"code": addresses.with_query(places.CODE, kept), "setup": places.SECOND_FACTOR}
    session.clear()
    if from_provider:
        session[FROM_PROVIDER] = True
    response = go(ways.get(found.stage, wanted))
    response.set_cookie(COOKIE, found.secret, httponly=True, samesite="Lax", secure=site.settings.secure_cookies)
    return response


def _view(wrong: str = "") -> SignInView:
    name = request.form.get("name", "")
    errors = (wrong,) if wrong else ()
    fields = (
        FieldView("name", _("Name"), "text", name, required=True, autocomplete="username", autofocus=not wrong),
        FieldView(
            "password",
            _("Password"),
            "password",
            required=True,
            autocomplete="current-password",
            errors=errors,
        ),
    )
    return SignInView(
        fields,
        tuple(ErrorLink(each, target="f-password") for each in errors),
        next=request.values.get("next", ""),
        forgotten_url=places.FORGOTTEN if can_mail(this_site()) else "",
        provider=way_in(this_site(), request.values.get("next", "")),
        provider_out=way_out_of(this_site()) if "left" in request.args else None,
    )


@web.post("/sign-out", endpoint="sign_out")
def go_out() -> AnyResponse:
    if secret := request.cookies.get(COOKIE):
        sign_out(this_site(), secret)
    came = session.pop(FROM_PROVIDER, None)
    response = go(addresses.with_query(addresses.SIGN_IN, [("left", "provider")]) if came else addresses.SIGN_IN)
    response.delete_cookie(COOKIE)
    return response


@web.post("/preferences", endpoint="prefer")
def prefer() -> AnyResponse:
    """One of company, language, theme. A page of the old company means nothing in the new one."""
    site, form = this_site(), request.form
    response = go(local(form.get("next", addresses.HOME)))
    if form.get("language") in LANGUAGES:
        keep(response, LANGUAGE, form["language"], site)
    if form.get("theme") in THEMES:
        keep(response, THEME, form["theme"], site)
    if "company" in form:
        visit()
        codes = {company.code for company in site.companies_of(g.identity.user)}
        if form["company"] in codes:
            response = go(addresses.HOME)
            keep(response, COMPANY, form["company"], site)
    return response
