"""Passwords: argon2id, changing one's own, and the link by which a forgotten one is replaced."""
from __future__ import annotations

import secrets
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ...errors import Invalid, NotSignedIn, Refusal
from ...languages import gettext, speaking
from ...security.actor import Actor
from ...storage.models import Company, User
from ...work import Work
from .mails import INVITATION, PASSWORD_RESET
from .models import PasswordReset, Session
from .throttling import begin_attempt, end_attempt, now, subject_of

if TYPE_CHECKING:
    from ...site import Site

MIN_PASSWORD = 10
RESET_LASTS = timedelta(hours=1)
INVITATION_LASTS = timedelta(days=3)
MAIL = "mail.send-template/1"
MAIL_RESET = "identity.mail-reset"


@lru_cache(maxsize=1)
def hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def nobodys_hash() -> str:
    """The hash of a password that nobody has, so that an unknown name takes as long as a known one."""
    return hasher().hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """Raises Invalid for a password that is too short or too long to be sensible."""
    if not MIN_PASSWORD <= len(password) <= 200:
        raise Invalid({"password": [gettext("From %(least)s to 200 characters.", least=MIN_PASSWORD)]})
    return hasher().hash(password)


def verify(known: str, password: str) -> bool:
    try:
        return hasher().verify(known, password[:200])
    except (VerificationError, InvalidHashError):
        return False


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def himself(site: Site, user: User) -> tuple[Actor, Company]:
    """A user who changes nothing but his own sign-in: he needs no role for that."""
    company = next(iter(site.companies_of(user)), None) or Company.select().order_by(Company.id).first()
    return Actor(user=user.id, name=user.name, via="web", language=user.language), company or Company()


# -- one's own
def require_password(site: Site, user: User, password: str) -> None:
    """Raises NotSignedIn for a wrong one, TooManyAttempts after several."""
    subjects = [subject_of("password", str(user.id))]
    begin_attempt(site, subjects)
    known = User.get_by_id(user.id).password_hash
    if not verify(known or nobodys_hash(), password) or not known:
        raise NotSignedIn(gettext("The password is wrong"))
    with site.database.write():
        end_attempt(subjects)


def change_password(site: Site, user: User, *, current: str, new: str) -> None:
    """Ends every session of the user, this one as well."""
    require_password(site, user, current)
    hashed = hash_password(new)
    actor, company = himself(site, user)
    site.write(actor, company, lambda work: replace_password(work, user.id, hashed, action="change-password"))


def replace_password(work: Work, identity: int, hashed: str, *, action: str) -> None:
    """What setting, changing and resetting have in common: sessions and links end, the log tells of it."""
    user = work.get(User, identity)
    work.lock(user).password_hash = hashed
    work.note(user, action)
    work.execute(Session.delete().where(Session.user == user.id))
    work.execute(PasswordReset.delete().where(PasswordReset.user == user.id))


# -- forgotten
def can_mail(site: Site) -> bool:
    return MAIL in site.registry.services


def ask_reset(site: Site, *, name: str, address: str) -> None:
    """Have a link mailed to whoever has this name or address, if anybody has; the caller learns nothing of it, not
    even by the time it takes: whom it is for is looked up by the worker.

    Raises TooManyAttempts: every request counts, since each may send a mail.
    """
    begin_attempt(site, [subject_of("reset", name), subject_of("reset-from", address)])
    company = Company.select().order_by(Company.id).first()
    wanted = "".join(each for each in name[:254] if each.isprintable())
    if wanted and company is not None and can_mail(site):
        site.write(Actor.system("sign-in"), company, lambda work: work.enqueue(MAIL_RESET, {"name": wanted}))


def mail_reset(work: Work, *, name: str) -> None:
    """The job: a link to the one user who is meant, in his language."""
    same = (User.name == name) | (User.email == name)
    found = list(User.select().where(same, User.active, User.email != "").limit(2))
    if len(found) == 1:
        with speaking(found[0].language or work.company.language):
            mail_link(work, found[0], lasts=RESET_LASTS)


def mail_link(work: Work, user: User, *, lasts: timedelta, invited: bool = False) -> None:
    """Make a link and mail it. It leads to the configured address, whatever host the request named."""
    if not can_mail(work.site):
        raise Refusal(gettext("No mail can be sent: the plugin that does it is not on"))
    if not user.email:
        raise Refusal(gettext("%(user)s has no e-mail address", user=user.name))
    secret = secrets.token_urlsafe(32)
    work.execute(PasswordReset.delete().where(PasswordReset.expires_at < now()))
    work.execute(PasswordReset.insert(digest=digest_of(secret), user=user.id, expires_at=now() + lasts))
    link = f"{work.site.settings.public_url or f'http://{work.site.settings.bind}'}/sign-in/reset?token={secret}"
    template = INVITATION if invited else PASSWORD_RESET
    work.service(MAIL)(work, template.name, to=user.email, language=user.language, values={
        "name": user.full_name or user.name, "link": link, "hours": str(int(lasts.total_seconds() // 3600))})


def invite(work: Work, user: User) -> None:
    """Mail the user a link by which he chooses his first password."""
    mail_link(work, user, lasts=INVITATION_LASTS, invited=True)


def reset_password(site: Site, *, secret: str, new: str, address: str) -> None:
    """By a mailed link; raises NotSignedIn for one that is unknown, used or too old. It still asks for the code."""
    subjects = [subject_of("reset-from", address)]
    begin_attempt(site, subjects)
    digest = digest_of(secret)
    row = PasswordReset.get_or_none(PasswordReset.digest == digest, PasswordReset.expires_at >= now())
    if row is None or not row.user.active:
        raise NotSignedIn(gettext("The link is unknown, was used, or is too old"))
    hashed = hash_password(new)
    actor, company = himself(site, row.user)

    def body(work: Work) -> None:
        if not work.execute(PasswordReset.delete().where(PasswordReset.digest == digest)):
            raise NotSignedIn(gettext("The link is unknown, was used, or is too old"))
        replace_password(work, row.__data__["user"], hashed, action="reset-password")
        end_attempt(subjects)

    site.write(actor, company, body)
