"""What stands around every page, and the pages that say that there is none."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Literal

from markupsafe import Markup

from .parts import Choice, Link

Theme = Literal["auto", "light", "dark"]
Level = Literal["done", "warning", "refused"]


@dataclass(frozen=True)
class MenuItem:
    """`daily`: its records are what people make day by day."""

    label: str
    url: str
    _: KW_ONLY
    kind: Literal["list", "report", "tool"] = "list"
    plugin: str = ""
    create: Link | None = None
    daily: bool = False


@dataclass(frozen=True)
class MenuGroup:
    plugin: str
    label: str
    items: tuple[MenuItem, ...]


@dataclass(frozen=True)
class Notice:
    text: str
    level: Level = "done"
    link: Link | None = None


@dataclass(frozen=True)
class Unread:
    """A notification; to open it is to send a form to `url`."""

    subject: str
    at: str
    instant: str
    url: str


@dataclass(frozen=True)
class Bell:
    """`count` of what is unread is empty where all is read."""

    unread: tuple[Unread, ...]
    count: str
    read_url: str
    all_url: str


@dataclass(frozen=True)
class Tour:
    """A step of the guided tour, from 1; the offer of it has the number 0."""

    name: str
    title: str
    text: str
    number: int
    count: int


@dataclass(frozen=True)
class Page:
    """The frame around every page. Without a `user` there is no menu, as on the sign-in page."""

    locale: str
    theme: Theme
    path: str
    _: KW_ONLY
    user: str = ""
    menu: Markup = Markup()
    companies: tuple[Choice, ...] = ()
    choices: Markup = Markup()
    dialogs: Markup = Markup()
    notices: tuple[Notice, ...] = ()
    bell: Bell | None = None
    tour: Tour | None = None
    decimal_mark: str = "."
    group_mark: str = ","

    @property
    def company(self) -> str:
        return next((company.label for company in self.companies if company.chosen), "")


@dataclass(frozen=True)
class ErrorView:
    status: int
    title: str
    message: str
    request_id: str = ""
    links: tuple[Link, ...] = ()
    hint: str = ""
