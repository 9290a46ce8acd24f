"""The frame around every page: menu, companies, languages, notices."""

from __future__ import annotations

from collections.abc import Sequence

from ...languages import current_language
from ...reports.text import language
from ...storage.models import Company
from .frame import choices, dialogs
from .menus import menu_of
from .tour import tour_at
from .unread import bell_of
from .views.frame import Notice, Page, Theme
from .views.parts import Choice
from .visit import Visit


def page(
    visit: Visit | None,
    *,
    path: str,
    theme: Theme,
    companies: Sequence[Company] = (),
    notices: Sequence[Notice] = (),
    tour: str = "",
    token: str = "",
) -> Page:
    """Without a visit (nobody signed in) there is only the bar; `tour` is what this browser keeps of the tour."""
    here = current_language()
    speech = language(here)
    under_name = choices(user=visit is not None, theme=theme, path=path, token=token)
    if visit is None:
        return Page(here, theme, path, choices=under_name, notices=tuple(notices))
    return Page(
        here,
        theme,
        path,
        user=visit.actor.name,
        menu=menu_of(visit).at(path),
        choices=under_name,
        dialogs=dialogs(),
        notices=tuple(notices),
        companies=tuple(Choice(each.code, each.name, each.id == visit.company.id) for each in companies),
        bell=bell_of(visit),
        tour=tour_at(visit, tour, path),
        decimal_mark=speech.decimal,
        group_mark=speech.group,
    )
