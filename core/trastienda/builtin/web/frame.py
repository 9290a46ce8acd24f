"""The parts of the frame that are alike on every page, rendered once for each language and appearance."""

from __future__ import annotations

from functools import cache

from flask import render_template
from markupsafe import Markup, escape

from ...languages import LANGUAGES, current_language
from .views.frame import Theme
from .views.parts import Choice

#: They stand for the token of a request and for the address of its page.
TOKEN, PLACE = "\x01", "\x02"


def choices(*, user: bool, theme: Theme, path: str, token: str) -> Markup:
    """What drops down under one's name, or without a `user` under Display."""
    html = _choices(current_language(), theme, user)
    return Markup(html.replace(TOKEN, escape(token)).replace(PLACE, escape(path)))


def dialogs() -> Markup:
    """Those that the script opens: the palette, the keys, the question."""
    return _dialogs(current_language())


@cache
def _choices(language: str, theme: Theme, user: bool) -> str:
    languages = [Choice(code, name, code == language) for code, name in LANGUAGES.items()]
    return render_template(
        "web/_choices.html", languages=languages, theme=theme, user=user, path=PLACE, token=TOKEN
    )


@cache
def _dialogs(_language: str) -> Markup:
    return Markup(render_template("web/_dialogs.html"))
