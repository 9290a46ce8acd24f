"""Signed-in browsers: begun, kept alive, listed and ended."""
from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ...errors import Busy
from ...storage.models import User
from .models import Session
from .passwords import digest_of
from .throttling import now

if TYPE_CHECKING:
    from ...site import Site

COOKIE = "trastienda_session"
OPEN, CODE, SETUP = "open", "code", "setup"
#: How long somebody may take between his password and his code.
UNFINISHED = timedelta(minutes=10)
STAMP_EVERY = timedelta(minutes=1)
HANDLE = 16


@dataclass(frozen=True)
class Known:
    """One of a user's sessions, as he is shown it; `handle` names it and opens nothing."""

    handle: str
    address: str
    agent: str
    started_at: datetime
    seen_at: datetime
    current: bool


def begin(site: Site, user: int, *, stage: str, address: str, agent: str, instead_of: str = "") -> str:
    """A new session's secret; the one that the browser had before ends."""
    secret, moment = secrets.token_urlsafe(32), now()
    with site.database.write():
        Session.delete().where(Session.started_at < moment - timedelta(
            minutes=site.settings.session_absolute_minutes)).execute()
        if instead_of:
            Session.delete().where(Session.digest == digest_of(instead_of)).execute()
        Session.insert(digest=digest_of(secret), user=user, started_at=moment, seen_at=moment, stage=stage,
                       address=address[:60], agent=agent[:200]).execute()
    return secret


def end(site: Site, secret: str) -> None:
    with site.database.write():
        Session.delete().where(Session.digest == digest_of(secret)).execute()


def find(site: Site, secret: str, *, stages: Sequence[str] = (OPEN,)) -> Session | None:
    """The session with its user, if it is in one of these stages and still good; kept alive."""
    session = Session.select(Session, User).join(User).where(Session.digest == digest_of(secret)).first()
    if session is None or not session.user.active:
        return None
    moment = now()
    if is_over(site, session, moment):
        end(site, secret)
        return None
    if session.stage not in stages:
        return None
    if session.seen_at < moment - STAMP_EVERY:
        with suppress(Busy), site.database.write(patience=0):
            Session.update(seen_at=moment).where(Session.digest == session.digest).execute()
    return session  # type: ignore[no-any-return]  # peewee's queries have no types


def is_over(site: Site, session: Session, moment: datetime) -> bool:
    idle = timedelta(minutes=site.settings.session_idle_minutes)
    longest = timedelta(minutes=site.settings.session_absolute_minutes)
    if session.stage == CODE:
        longest = min(longest, UNFINISHED)
    return session.seen_at < moment - idle or session.started_at < moment - longest


def of_user(site: Site, user: int, current: str) -> list[Known]:
    """His open sessions, the last used first."""
    mine = digest_of(current)
    rows = Session.select().where(Session.user == user, Session.stage == OPEN).order_by(Session.seen_at.desc())
    return [Known(row.digest[:HANDLE], row.address, row.agent, row.started_at, row.seen_at, row.digest == mine)
            for row in rows if not is_over(site, row, now())]


def revoke(site: Site, user: int, *, handle: str = "", but: str = "") -> int:
    """End one of the user's sessions, or (without a handle) all but the one of this secret; how many ended."""
    if handle and len(handle) != HANDLE:
        return 0
    chosen = Session.digest.startswith(handle) if handle else Session.digest != digest_of(but)
    with site.database.write():
        return int(Session.delete().where(Session.user == user, chosen).execute())
