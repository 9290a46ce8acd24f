"""Signing in and out: passwords (argon2id), sessions, throttling."""
from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Request

from ...errors import Busy, Invalid, NotSignedIn, TrastiendaError
from ...languages import gettext
from ...security.actor import Identity
from ...storage.models import User
from .models import Attempt, Session, TokenUse

if TYPE_CHECKING:
    from ...site import Site

COOKIE = "trastienda_session"
FREE_FAILURES = 5
LONGEST_WAIT = 900
MIN_PASSWORD = 10
STAMP_EVERY = timedelta(minutes=1)
_TOKEN = """
    SELECT k.id, k.scopes, s.last_used_at, u.id, u.name, u.full_name, u.language, u.default_company_id
    FROM identity_token k JOIN core_user u ON u.id = k.user_id LEFT JOIN identity_token_use s ON s.token_id = k.id
    WHERE k.digest = ? AND k.revoked = ? AND u.active = ? AND (k.expires_on IS NULL OR k.expires_on >= ?)"""


class TooManyAttempts(TrastiendaError):
    """Wait before the next try; `extra["wait"]` says how many seconds."""

    status = 429
    title = "Too many attempts"

    def __init__(self, seconds: int) -> None:
        super().__init__(gettext("Too many failed attempts; try again in %(seconds)s seconds", seconds=seconds))
        self.extra = {"wait": seconds}


@lru_cache(maxsize=1)
def hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _nobody() -> str:
    """The hash of a password that nobody has, so that an unknown name takes as long as a known one."""
    return hasher().hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """Raises Invalid for a password that is too short or too long to be sensible."""
    if not MIN_PASSWORD <= len(password) <= 200:
        raise Invalid({"password": [gettext("From %(least)s to 200 characters.", least=MIN_PASSWORD)]})
    return hasher().hash(password)


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def sign_in(site: Site, *, name: str, password: str, address: str) -> str:
    """The secret of a new session; raises NotSignedIn, or TooManyAttempts before it even looks."""
    subjects = [f"name {name[:100].lower()}", f"address {address}"]
    _refuse_if_throttled(subjects)
    user = User.get_or_none(User.name == name, User.active)
    known = user.password_hash if user is not None and user.password_hash else _nobody()
    if not _verify(known, password[:200]) or user is None:
        with site.database.write():
            for subject in subjects:
                _count_failure(subject)
        raise NotSignedIn(gettext("The name or the password is wrong"))
    secret = secrets.token_urlsafe(32)
    with site.database.write():
        Attempt.delete().where(Attempt.subject == subjects[0]).execute()
        Session.delete().where(Session.started_at < now() - timedelta(
            minutes=site.settings.session_absolute_minutes)).execute()
        Session.insert(digest=digest_of(secret), user=user.id, started_at=now(), seen_at=now(),
                       address=address[:60]).execute()
        if hasher().check_needs_rehash(known):
            User.update(password_hash=hasher().hash(password)).where(User.id == user.id).execute()
    return secret


def sign_out(site: Site, secret: str) -> None:
    with site.database.write():
        Session.delete().where(Session.digest == digest_of(secret)).execute()


def _verify(known: str, password: str) -> bool:
    try:
        return hasher().verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


def _refuse_if_throttled(subjects: list[str]) -> None:
    for attempt in Attempt.select().where(Attempt.subject.in_(subjects), Attempt.failures >= FREE_FAILURES):
        wait = min(2 ** (attempt.failures - FREE_FAILURES + 1), LONGEST_WAIT)
        left = attempt.last_at + timedelta(seconds=wait) - now()
        if left > timedelta(0):
            raise TooManyAttempts(int(left.total_seconds()) + 1)


def _count_failure(subject: str) -> None:
    Attempt.insert(subject=subject, failures=1, last_at=now()).on_conflict(
        conflict_target=[Attempt.subject], update={Attempt.failures: Attempt.failures + 1, Attempt.last_at: now()},
    ).execute()


def authenticate(request: Request, site: Site) -> Identity | None:
    """By token (`Authorization: Bearer`), else by the session's cookie; raises NotSignedIn for a bad token."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _by_token(site, secret.strip())
    cookie = request.cookies.get(COOKIE)
    return _by_session(site, cookie) if cookie else None


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


def _by_session(site: Site, secret: str) -> Identity | None:
    session = Session.select(Session, User).join(User).where(Session.digest == digest_of(secret)).first()
    if session is None or not session.user.active:
        return None
    moment, settings = now(), site.settings
    if (session.seen_at < moment - timedelta(minutes=settings.session_idle_minutes)
            or session.started_at < moment - timedelta(minutes=settings.session_absolute_minutes)):
        sign_out(site, secret)
        return None
    if session.seen_at < moment - STAMP_EVERY:
        with suppress(Busy), site.database.write(patience=0):
            Session.update(seen_at=moment).where(Session.digest == session.digest).execute()
    return Identity(user=session.user, via="web", by_cookie=True)
