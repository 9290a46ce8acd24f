"""The start page."""

from __future__ import annotations

from flask import Response

from .blueprint import show, visit, web
from .menus import menu_of
from .panels import panels_of
from .starting import recent, waiting
from .views.start import HomeView


@web.get("/", endpoint="home")
def home() -> Response:
    visitor = visit()
    groups = menu_of(visitor).groups
    view = HomeView(panels_of(visitor), groups, tuple(waiting(visitor)), tuple(recent(visitor)))
    return show("home", view, visitor=visitor)
