"""On the way in: the second step, and a forgotten password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass

from flask import Response, g, request, session
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from ....errors import Invalid, NotSignedIn
from ....languages import gettext as _
from ...identity.passwords import ask_reset, reset_password
from ...identity.signing_in import COOKIE, finish
from ...identity.throttling import TooManyAttempts
from .. import addresses
from ..blueprint import go, local, show, web
from ..providers import FROM_PROVIDER
from ..session_routes import come_through, this_site
from ..views.fields import FieldView
from ..views.parts import ErrorLink, Link
from . import places


@dataclass(frozen=True)
class DoorView:
    """A small form before one is in."""

    title: str
    url: str
    fields: tuple[FieldView, ...]
    submit: str
    back: Link
    _: KW_ONLY
    message: str = ""
    picture: Markup = Markup()
    hidden: tuple[tuple[str, str], ...] = ()
    errors: tuple[ErrorLink, ...] = ()


def to_sign_in() -> Link:
    return Link(_("Sign in"), addresses.SIGN_IN)


def too_many(error: TooManyAttempts) -> str:
    return _("Too many attempts. Try again in %(seconds)s seconds.", seconds=error.extra["wait"])


def wrong_of(error: NotSignedIn | TooManyAttempts | Invalid) -> tuple[str, int]:
    """What to say, and the answer's status."""
    if isinstance(error, TooManyAttempts):
        return too_many(error), error.status
    if isinstance(error, Invalid):
        return next(text for texts in error.errors.values() for text in texts), error.status
    return _(str(error)), 422


def code_field(wrong: str = "") -> FieldView:
    return FieldView(
        "code",
        _("Code"),
        required=True,
        help=_("Six digits from the application, or a recovery code"),
        autocomplete="one-time-code",
        autofocus=True,
        errors=(wrong,) if wrong else (),
    )


def links(fields: Sequence[FieldView]) -> tuple[ErrorLink, ...]:
    return tuple(ErrorLink(text, field.label, field.id) for field in fields for text in field.errors)


@web.get(places.CODE, endpoint="sign_in_code")
def ask_code() -> Response | AnyResponse:
    return go(addresses.HOME) if g.identity is not None else _code_page()


@web.post(places.CODE)
def take_code() -> Response | AnyResponse:
    site, secret = this_site(), request.cookies.get(COOKIE, "")
    try:
        found = finish(
            site,
            secret,
            code=request.form.get("code", ""),
            address=request.remote_addr or "",
            agent=request.user_agent.string,
        )
    except (NotSignedIn, TooManyAttempts) as error:
        wrong, status = wrong_of(error)
        return _code_page(wrong, status)
    wanted = local(request.form.get("next", addresses.HOME))
    return come_through(site, found, wanted, from_provider=FROM_PROVIDER in session)


def _code_page(wrong: str = "", status: int = 200) -> Response:
    fields = (code_field(wrong),)
    hidden = (("next", request.values.get("next", "")),)
    view = DoorView(
        _("Second step"), places.CODE, fields, _("Sign in"), to_sign_in(), hidden=hidden, errors=links(fields)
    )
    return show("administration/door", view, status=status)


@web.get(places.FORGOTTEN, endpoint="forgotten")
def ask_name_of_forgetful() -> Response:
    fields = (FieldView("name", _("Name or e-mail address"), required=True, autocomplete="username", autofocus=True),)
    return show(
        "administration/door",
        DoorView(
            _("Password forgotten?"),
            places.FORGOTTEN,
            fields,
            _("Send me a link"),
            to_sign_in(),
            message=_("A link to choose a new password goes to the address that is known of you."),
        ),
    )


@web.post(places.FORGOTTEN)
def send_link() -> Response:
    """The same answer whether or not there is such a user."""
    said, status = _("If there is such a user, a link is on its way. It works for an hour."), 200
    try:
        ask_reset(this_site(), name=request.form.get("name", "").strip(), address=request.remote_addr or "")
    except TooManyAttempts as error:
        said, status = too_many(error), error.status
    view = DoorView(_("Password forgotten?"), places.FORGOTTEN, (), "", to_sign_in(), message=said)
    return show("administration/door", view, status=status)


@web.get(places.RESET, endpoint="reset_password")
def ask_new_password() -> Response:
    return _reset_page(request.args)


@web.post(places.RESET)
def take_new_password() -> Response | AnyResponse:
    form = request.form
    try:
        reset_password(
            this_site(),
            secret=form.get("token", ""),
            new=form.get("password", ""),
            address=request.remote_addr or "",
        )
    except (NotSignedIn, TooManyAttempts, Invalid) as error:
        wrong, status = wrong_of(error)
        return _reset_page(form, wrong, status)
    return go(addresses.SIGN_IN, _("The password is set: sign in with it."))


def _reset_page(given: Mapping[str, str], wrong: str = "", status: int = 200) -> Response:
    fields = (
        FieldView(
            "password",
            _("New password"),
            "password",
            required=True,
            autocomplete="new-password",
            autofocus=True,
            errors=(wrong,) if wrong else (),
        ),
    )
    hidden = (("token", given.get("token", "")),)
    title = _("New password")
    view = DoorView(title, places.RESET, fields, _("Save"), to_sign_in(), hidden=hidden, errors=links(fields))
    return show("administration/door", view, status=status)
