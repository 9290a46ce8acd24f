"""Who somebody is: by password and code at the door, then by session or token with every request."""
from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Request

from ...errors import Busy, NotSignedIn
from ...languages import gettext
from ...security.actor import Identity
from ...storage.models import User
from . import second_factor, sessions
from .models import TokenUse
from .passwords import digest_of, hasher, nobodys_hash, verify
from .sessions import CODE, COOKIE, OPEN, SETUP
from .throttling import TooManyAttempts, begin_attempt, end_attempt, forget_old_attempts, now, subject_of

if TYPE_CHECKING:
    from ...site import Site

__all__ = ["COOKIE", "SignedIn", "TooManyAttempts", "authenticate", "digest_of", "finish", "now", "sign_in", "sign_out"]

STAMP_EVERY = timedelta(minutes=1)
_TOKEN = """
    SELECT k.id, k.scopes, s.last_used_at, u.id, u.name, u.full_name, u.language, u.default_company_id
    FROM identity_token k JOIN core_user u ON u.id = k.user_id LEFT JOIN identity_token_use s ON s.token_id = k.id
    WHERE k.digest = ? AND k.revoked = ? AND u.active = ? AND (k.expires_on IS NULL OR k.expires_on >= ?)"""


@dataclass(frozen=True)
class SignedIn:
    """The secret of a session, and what is still wanting: `open`, `code` or `setup`."""

    secret: str
    stage: str


def sign_in(site: Site, *, name: str, password: str, address: str, agent: str = "", instead_of: str = "") -> SignedIn:
    """A session by name and password; raises NotSignedIn, or TooManyAttempts before it even looks.

    `instead_of` is the secret of the session that the browser had: a sign-in never goes on with an old one.
    """
    subjects = [subject_of("name", name), subject_of("address", address)]
    begin_attempt(site, subjects)
    user = User.get_or_none(User.name == name, User.active)
    known = user.password_hash if user is not None and user.password_hash else nobodys_hash()
    if not verify(known, password) or user is None or not user.password_hash:
        raise NotSignedIn(gettext("The name or the password is wrong"))
    with site.database.write():
        end_attempt(subjects)
        forget_old_attempts()
        if hasher().check_needs_rehash(known):
            User.update(password_hash=hasher().hash(password)).where(User.id == user.id).execute()
    stage = CODE if second_factor.is_on(user.id) else SETUP if second_factor.is_required(site, user) else OPEN
    secret = sessions.begin(site, user.id, stage=stage, address=address, agent=agent, instead_of=instead_of)
    return SignedIn(secret, stage)


def finish(site: Site, secret: str, *, code: str, address: str, agent: str = "") -> SignedIn:
    """The second step: an open session for one that waits for a code. Raises NotSignedIn, or TooManyAttempts."""
    session = sessions.find(site, secret, stages=(CODE,))
    if session is None:
        raise NotSignedIn(gettext("It took too long: begin again"))
    user = session.__data__["user"]
    second_factor.prove(site, user, code)
    return SignedIn(sessions.begin(site, user, stage=OPEN, address=address, agent=agent, instead_of=secret), OPEN)


def sign_out(site: Site, secret: str) -> None:
    sessions.end(site, secret)


def authenticate(request: Request, site: Site) -> Identity | None:
    """By token (`Authorization: Bearer`), else by the session's cookie; raises NotSignedIn for a bad token."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _by_token(site, secret.strip())
    cookie = request.cookies.get(COOKIE)
    session = sessions.find(site, cookie) if cookie else None
    return Identity(user=session.user, via="web", by_cookie=True) if session is not None else None


def _by_token(site: Site, secret: str) -> Identity:
    """One query for the token and its user: it is asked with every request of a program."""
    moment = now()
    row = site.database.execute_sql(_TOKEN.replace("?", site.database.placeholder), (
        digest_of(secret), False, True, moment.date())).fetchone()
    if row is None:
        raise NotSignedIn(gettext("The token is unknown, revoked or expired"))
    token, scopes, used, identity, name, full_name, language, company = row
    if used is None or str(used)[:19] < str(moment - STAMP_EVERY):
        with suppress(Busy), site.database.write(patience=0):
            TokenUse.insert(token=token, last_used_at=moment).on_conflict(
                conflict_target=[TokenUse.token], update={TokenUse.last_used_at: moment}).execute()
    user = User(id=identity, name=name, full_name=full_name, language=language, default_company=company)
    return Identity(user=user, via="api", scopes=tuple(scopes.split()) or None)
