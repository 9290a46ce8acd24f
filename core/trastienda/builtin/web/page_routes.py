"""The start page."""

from __future__ import annotations

from flask import Response, g
from werkzeug.wrappers import Response as AnyResponse

from ...api.context import NoCompany
from ...errors import NotFound
from . import addresses
from .blueprint import COMPANY, go, keep, show, visit, web
from .menus import menu_of
from .panels import panels_of
from .session_routes import this_site
from .starting import recent, waiting
from .views.start import HomeView, NoRoleView


@web.get("/", endpoint="home")
def home() -> Response | AnyResponse:
    try:
        visitor = visit()
    except NoCompany:
        return show("no_role", NoRoleView(g.identity.user.name))
    except NotFound:
        return _another_company()
    groups = menu_of(visitor).groups
    view = HomeView(panels_of(visitor), groups, tuple(waiting(visitor)), tuple(recent(visitor)))
    return show("home", view, visitor=visitor)


def _another_company() -> AnyResponse:
    """The one that this browser remembers is no longer open to the visitor."""
    if not g.get("companies"):
        raise NotFound
    response = go(addresses.HOME)
    keep(response, COMPANY, g.companies[0].code, this_site())
    return response
