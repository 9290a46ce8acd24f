"""What everybody looks after himself: his password, his second factor, his sessions."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, g, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from ....errors import Invalid, NotSignedIn, Refusal
from ....languages import gettext as _
from ....storage.models import User
from ...identity import second_factor, sessions
from ...identity.passwords import change_password, require_password
from ...identity.sessions import COOKIE, OPEN, SETUP
from ...identity.signing_in import SignedIn
from ...identity.throttling import TooManyAttempts
from .. import addresses
from ..blueprint import go, show, visit, web
from ..session_routes import come_through, this_site
from ..views.fields import FieldView
from ..views.parts import Link
from ..views.records import ConfirmView
from ..visit import Visit
from . import places
from .door_pages import DoorView, code_field, links, to_sign_in, wrong_of


@dataclass(frozen=True)
class CodesView:
    codes: tuple[str, ...]
    next: Link


@dataclass(frozen=True)
class SessionRow:
    handle: str
    agent: str
    address: str
    started: str
    seen: str
    current: bool


@dataclass(frozen=True)
class SessionsView:
    sessions: tuple[SessionRow, ...]


def cookie() -> str:
    return request.cookies.get(COOKIE, "")


def in_person() -> Visit:
    """Raises NotSignedIn for a program: a token does what its scopes say, and its user's own door is not among it."""
    visitor = visit()
    if not g.identity.by_cookie:
        raise NotSignedIn(_("Sign in by your browser for this"))
    return visitor


def _again(user: User) -> SignedIn:
    """A new session for whoever just proved who he is."""
    secret = sessions.begin(
        this_site(),
        user.id,
        stage=OPEN,
        address=request.remote_addr or "",
        agent=request.user_agent.string,
        instead_of=cookie(),
    )
    return SignedIn(secret, OPEN)


# -- password
def _password_field(name: str, label: str, kept: str, wrong: str = "") -> FieldView:
    return FieldView(
        name, label, "password", required=True, autocomplete=kept, errors=(wrong,) if wrong else ()
    )


@web.get(places.PASSWORD, endpoint="my_password")
def password_page() -> Response:
    return _password_page()


def _password_page(current: str = "", new: str = "", status: int = 200) -> Response:
    visitor = in_person()
    fields = (
        _password_field("current", _("Current password"), "current-password", current),
        _password_field("password", _("New password"), "new-password", new),
    )
    view = ConfirmView(
        _("Change password"),
        Link(_("Back to the start"), addresses.HOME),
        places.PASSWORD,
        _("Save"),
        message=_("You stay signed in here; all other places where you are signed in end."),
        fields=fields,
        errors=links(fields),
    )
    return show("confirm", view, status=status, visitor=visitor)


@web.post(places.PASSWORD)
def change_own_password() -> Response | AnyResponse:
    in_person()
    site, user = this_site(), g.identity.user
    try:
        change_password(
            site, user, current=request.form.get("current", ""), new=request.form.get("password", "")
        )
    except (NotSignedIn, TooManyAttempts, Invalid) as error:
        wrong, status = wrong_of(error)
        sides = ("", wrong) if isinstance(error, Invalid) else (wrong, "")
        return _password_page(*sides, status=status)
    return come_through(site, _again(user), addresses.HOME)


# -- second factor
def _whoever() -> User:
    """Signed in, or held up until the second factor is set up; raises NotSignedIn."""
    session = sessions.find(this_site(), cookie(), stages=(OPEN, SETUP)) if cookie() else None
    if session is None:
        raise NotSignedIn(_("Sign in, or send a token"))
    return session.user


@web.get(places.SECOND_FACTOR, endpoint="second_factor")
def second_factor_page() -> Response:
    user = _whoever()
    return _off_page(user) if second_factor.is_on(user.id) else _setup_page(user)


def _setup_page(user: User, wrong: str = "", status: int = 200) -> Response:
    secret = second_factor.prepare(this_site(), user)
    fields = (code_field(wrong),)
    view = DoorView(
        _("Set up the second factor"),
        places.SECOND_FACTOR,
        fields,
        _("Switch on"),
        Link(_("Back to the start"), addresses.HOME) if g.identity is not None else to_sign_in(),
        message=_("Read this with an authenticator application, or type %(secret)s there; then enter the code "
                  "that it shows.", secret=secret),
        picture=Markup(second_factor.picture(user, secret)),
        errors=links(fields),
    )
    return show("administration/door", view, status=status, visitor=visit() if g.identity is not None else None)


@web.post(places.SECOND_FACTOR)
def set_up() -> Response | AnyResponse:
    user = _whoever()
    try:
        codes = second_factor.confirm(this_site(), user, request.form.get("code", ""))
    except Refusal as error:
        return go(places.SECOND_FACTOR, refused=str(error))
    except (NotSignedIn, TooManyAttempts) as error:
        wrong, status = wrong_of(error)
        return _setup_page(user, wrong, status)
    again = come_through(this_site(), _again(user), addresses.HOME)
    page = show("administration/codes", CodesView(tuple(codes), Link(_("Go on"), addresses.HOME)))
    page.headers.extend([(name, value) for name, value in again.headers if name == "Set-Cookie"])
    return page


def _off_page(user: User, wrong: str = "", status: int = 200) -> Response:
    fields = (_password_field("password", _("Password"), "current-password", wrong),)
    left = second_factor.codes_left(user.id)
    view = ConfirmView(
        _("Second factor"),
        Link(_("Back to the start"), addresses.HOME),
        places.SECOND_FACTOR_OFF,
        _("Switch off"),
        message=_("The second factor is on; %(count)s recovery codes are left.", count=left),
        fields=fields,
        errors=links(fields),
        danger=True,
    )
    return show("confirm", view, status=status, visitor=visit())


@web.post(places.SECOND_FACTOR_OFF)
def switch_off() -> Response | AnyResponse:
    in_person()
    site, user = this_site(), g.identity.user
    try:
        require_password(site, user, request.form.get("password", ""))
        second_factor.switch_off_own(site, user)
    except Refusal as error:
        return go(places.SECOND_FACTOR, refused=str(error))
    except (NotSignedIn, TooManyAttempts) as error:
        wrong, status = wrong_of(error)
        return _off_page(user, wrong, status)
    return go(addresses.HOME, _("The second factor is off."))


# -- sessions
@web.get(places.SESSIONS, endpoint="my_sessions")
def sessions_page() -> Response:
    visitor = in_person()
    rows = tuple(
        SessionRow(
            each.handle,
            each.agent,
            each.address,
            visitor.reader.moment(each.started_at.isoformat()),
            visitor.reader.moment(each.seen_at.isoformat()),
            each.current,
        )
        for each in sessions.of_user(visitor.site, g.identity.user.id, cookie())
    )
    return show("administration/sessions", SessionsView(rows), visitor=visitor)


@web.post(places.SESSIONS)
def end_sessions() -> AnyResponse:
    visitor = in_person()
    ended = sessions.revoke(
        visitor.site, g.identity.user.id, handle=request.form.get("handle", ""), but=cookie()
    )
    return go(places.SESSIONS, _("%(count)s ended.", count=ended))
