"""Where one comes in: the first run, signing in, the start page and its panels, plugins, administration."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from markupsafe import Markup

from .fields import FieldView, Section
from .frame import MenuGroup
from .parts import Cell, Column, ErrorLink, Link, Row


@dataclass(frozen=True)
class SignInView:
    fields: tuple[FieldView, ...]
    errors: tuple[ErrorLink, ...] = ()
    next: str = ""
    forgotten_url: str = ""
    provider: Link | None = None
    provider_out: Link | None = None


@dataclass(frozen=True)
class NoRoleView:
    """For whoever is signed in and may do nothing anywhere; administrators know him by `name`."""

    name: str


@dataclass(frozen=True)
class PanelFigure:
    label: str
    cell: Cell
    attention: bool = False


@dataclass(frozen=True)
class PanelToDo:
    link: Link
    due: str = ""


@dataclass(frozen=True)
class PanelTable:
    """A chart, or else a few rows; `link` leads to all of it."""

    title: str
    _: KW_ONLY
    link: Link | None = None
    chart: Markup = Markup()
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Panel:
    """Something a plugin shows on the start page or beside a record; `failed` says why it cannot."""

    name: str
    title: str
    _: KW_ONLY
    figures: tuple[PanelFigure, ...] = ()
    todos: tuple[PanelToDo, ...] = ()
    tables: tuple[PanelTable, ...] = ()
    failed: str = ""


@dataclass(frozen=True)
class FirstRunView:
    """The code is asked for first; `unlocked` carries it along with the questions."""

    sections: tuple[Section, ...]
    errors: tuple[ErrorLink, ...] = ()
    unlocked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class HomeView:
    """`waiting` counts what waits for the visitor, `recent` is what he last worked on."""

    panels: tuple[Panel, ...]
    menu: tuple[MenuGroup, ...]
    waiting: tuple[Link, ...] = ()
    recent: tuple[Link, ...] = ()

    @property
    def shortcuts(self) -> tuple[Link, ...]:
        """To make what is worked on day by day."""
        return tuple(item.create for group in self.menu for item in group.items if item.daily and item.create)


@dataclass(frozen=True)
class PluginCard:
    """A plugin that is on: what it says of itself, what it added, and how often it failed, with what happened last
    for administrators."""

    name: str
    label: str
    version: str
    description: str
    requires: tuple[str, ...]
    added: tuple[Link, ...]
    failed: str = ""
    what: str = ""
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True)
class PluginsView:
    """`looked`: whoever may is told how the plugins are, `checked` with their own checks run just now."""

    plugins: tuple[PluginCard, ...]
    looked: bool = False
    checked: bool = False


@dataclass(frozen=True)
class AdministrationSection:
    """Pages of one purpose, each with a line on what it is for."""

    label: str
    links: tuple[tuple[Link, str], ...]


@dataclass(frozen=True)
class AdministrationView:
    sections: tuple[AdministrationSection, ...]
