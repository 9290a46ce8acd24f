"""What all pages share: the visitor and his choices, rendering, and errors in the same look."""

from __future__ import annotations

from typing import cast

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.blueprints import BlueprintSetupState
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from ...api.context import Caller, caller, entity_at
from ...entities.compiled import CompiledEntity
from ...errors import TrastiendaError
from ...languages import LANGUAGES, current_language, speaking
from ...languages import gettext as _
from ...site import Site
from ..identity.signing_in import COOKIE
from . import addresses
from .assets import asset_url, serve_asset
from .chrome import page
from .field_markup import control, field_errors, field_markup, sections_markup
from .icons import icon
from .line_markup import lines_to_edit, lines_to_read
from .macros import macros_of
from .markup import cell, mark, rows
from .reader import reader_for
from .views.frame import ErrorView, Level, Notice, Theme
from .views.parts import Link
from .visit import Visit

COMPANY, LANGUAGE, THEME = "trastienda_company", "trastienda_language", "trastienda_theme"
TOUR = "trastienda_tour"
THEMES: tuple[Theme, ...] = ("auto", "light", "dark")
A_YEAR = 365 * 24 * 3600

web = Blueprint("web", __name__, template_folder="templates")
web.add_url_rule("/assets/<digest>/<name>", endpoint="static", view_func=serve_asset)


@web.record_once
def add_globals(state: BlueprintSetupState) -> None:
    """Macros that templates import see the environment's globals alone."""
    environment = state.app.jinja_env
    environment.globals.update(_=_, icon=icon, asset=asset_url, cell=cell, mark=mark, rows_markup=rows)
    environment.globals.update(
        control=control,
        field_markup=field_markup,
        field_errors=field_errors,
        sections_markup=sections_markup,
        lines_to_edit=lines_to_edit,
        lines_to_read=lines_to_read,
    )
    environment.globals.update(macros_of(environment), csrf_token=csrf_token)
    environment.trim_blocks = environment.lstrip_blocks = True


def csrf_token() -> str:
    """The request's token, of which every form of a page has one."""
    if "csrf" not in g:
        g.csrf = generate_csrf()
    return cast(str, g.csrf)


@web.before_app_request
def take_choices() -> None:
    """The company and the language chosen in the bar hold for every address that this browser asks for."""
    if g.get("identity") is not None and g.identity.by_cookie and request.cookies.get(COMPANY):
        g.company_code = request.cookies[COMPANY]
    if request.cookies.get(LANGUAGE) in LANGUAGES and "stack" in g:
        g.stack.enter_context(speaking(request.cookies[LANGUAGE]))


def visit() -> Visit:
    """Raises NotSignedIn, which leads to the sign-in page."""
    who = caller()
    if "visit" not in g:
        g.visit = visit_of(who)
    return cast(Visit, g.visit)


def entity_here(plugin: str, path: str) -> tuple[CompiledEntity, Visit]:
    """The entity of an address and who looks at it; whoever is nobody learns nothing of what there is."""
    visitor = visit()
    return entity_at(f"{plugin}/{path}"), visitor


def visit_of(who: Caller) -> Visit:
    reader = reader_for(current_language(), time_zone=who.company.time_zone, currency=who.company.currency)
    return Visit(who.site, who.actor, who.company, reader)


# -- answers
def show(template: str, view: object, *, status: int = 200, visitor: Visit | None = None) -> Response:
    """A page; without a visitor it has no menu."""
    companies = () if visitor is None else g.get("companies") or (visitor.company,)
    frame = page(visitor, path=here(), theme=theme(), companies=companies, notices=notices(),
                 tour=request.cookies.get(TOUR, ""), token=csrf_token())  # fmt: skip
    return make_response(render_template(f"web/{template}.html", view=view, page=frame), status)


def here() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


def theme() -> Theme:
    chosen = request.cookies.get(THEME, "auto")
    return next((each for each in THEMES if each == chosen), "auto")


def notices() -> list[Notice]:
    said = cast(list[tuple[Level, str]], get_flashed_messages(with_categories=True))
    site: Site = current_app.extensions["trastienda"]
    safe = [Notice(_("Safe mode: only the plugins that come with the core are on, and nothing is written."), "warning")]
    return [*(safe if site.settings.safe_mode else ()), *(Notice(text, level) for level, text in said)]


def go(address: str, done: str = "", *, refused: str = "") -> AnyResponse:
    """Answer a form by a page of its own, with what there is to say on it."""
    if done:
        flash(done, "done")
    if refused:
        flash(refused, "refused")
    return redirect(address, 303)


def local(address: str) -> str:
    """An address of this server, the start page for any other."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if plain else addresses.HOME


def keep(response: AnyResponse, name: str, value: str, site: Site) -> None:
    """Remember a choice in this browser."""
    response.set_cookie(name, value, max_age=A_YEAR, httponly=True, samesite="Lax", secure=site.settings.secure_cookies)


# -- errors
def error_page(error: Exception, status: int) -> Response | AnyResponse:
    """What the application answers, away from the API, when a request fails."""
    if status == 401:
        response = redirect(addresses.with_query(addresses.SIGN_IN, [("next", here())] if here() != "/" else []), 303)
        if COOKIE in request.cookies:
            response.delete_cookie(COOKIE)
        return response
    visitor = _visitor_of_error()
    title, message = _words(status, error)
    hint = _("Your roles do not allow it. If you need it, ask an administrator and say:") if status == 403 else ""
    number = g.get("request_id", "") if status >= 500 else ""
    again = [Link(_("Try again"), here())] if status == 503 and request.method == "GET" else []
    links = again + (
        [Link(_("Back to the start"), addresses.HOME)]
        if g.get("identity") is not None
        else [Link(_("Sign in"), addresses.SIGN_IN)]
    )
    return show("error", ErrorView(status, title, message, number, tuple(links), hint), status=status, visitor=visitor)


def _visitor_of_error() -> Visit | None:
    """Nobody, where finding out who it is is what failed."""
    try:
        return visit() if g.get("identity") is not None else None
    except TrastiendaError:
        return None
    except Exception:  # the database may be what failed: the page must come all the same
        return None


def _words(status: int, error: Exception) -> tuple[str, str]:
    said = _(str(error)) if isinstance(error, TrastiendaError) else ""
    known = {
        400: (
            _("That was not understood"),
            said or _("The form may have expired. Go back, reload the page and try again."),
        ),
        403: (_("You may not do that"), said or _("Ask an administrator if you need to.")),
        404: (_("There is nothing here"), _("The page does not exist, or what it showed was deleted.")),
        405: (_("That was not understood"), _("Go back, reload the page and try again.")),
        409: (_("That is not possible"), said),
        413: (_("The file is too large"), _("Divide it, or ask an administrator to raise the limit.")),
        503: (_("Busy at the moment"), said or _("Nothing was written. Try again in a moment.")),
    }
    return known.get(status) or (
        (_("That is not possible"), said)
        if status < 500
        else (_("Something went wrong"), _("It is not your fault, and nothing was half written."))
    )


def on_startup(site: Site) -> None:
    site.error_page = error_page
