"""Making users, companies and tokens: what the screens, the API and the command line share."""
from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, date
from zoneinfo import available_timezones

from babel.numbers import list_currencies

from ...entities.declarations import Fault
from ...errors import Invalid
from ...languages import LANGUAGES, gettext
from ...reports.declarations import Ref
from ...storage.models import Company, RoleAssignment, User
from ...work import Work
from .authority import find_role, require_authority
from .models import PasswordReset, Session, Token
from .passwords import digest_of, hash_password, invite
from .second_factor import switch_off


def set_password(work: Work, user: User, *, password: str) -> None:
    """A new password; every session of the user ends, and every link that was mailed to him."""
    require_authority(work, user)
    user.password_hash = hash_password(password)
    work.execute(Session.delete().where(Session.user == user.id))
    work.execute(PasswordReset.delete().where(PasswordReset.user == user.id))


def disable(work: Work, user: User) -> None:
    """He can no longer sign in, his tokens no longer work, his sessions end."""
    require_authority(work, user)
    user.active = False
    work.execute(Session.delete().where(Session.user == user.id))


def enable(work: Work, user: User) -> None:
    require_authority(work, user)
    user.active = True


def reset_second_factor(work: Work, user: User) -> None:
    """For whoever lost his telephone and his recovery codes: his password alone lets him in again."""
    require_authority(work, user)
    switch_off(work, user)


def invite_user(work: Work, user: User) -> None:
    """A mailed link by which he chooses his first password."""
    require_authority(work, user)
    invite(work, user)


def filled_in(text: str, _today: date) -> bool:
    return bool(text)


def revoke(work: Work, token: Token) -> None:
    require_authority(work, token.user)
    token.revoked = True


def add_user(work: Work, *, name: str, password: str | None, roles: list[str], full_name: str = "", email: str = "",
             company: Company | None = None) -> User:
    """A user with roles in `company`, or in all companies without one; raises Invalid."""
    unknown = [role for role in roles if find_role(work, role) is None]
    if unknown:
        raise Invalid({"roles": [gettext("There is no role %(name)s.", name=", ".join(unknown))]})
    user = User(name=name, full_name=full_name, email=email, default_company=company or work.company,
                password_hash=hash_password(password) if password is not None else None)
    return work.add(user, [RoleAssignment(role=role, in_company=company) for role in roles])


def add_token(work: Work, *, user: User, name: str, scopes: str = "", expires_on: date | None = None) -> str:
    """Make a token, good until the end of a day; the answer is its secret, which is kept nowhere. Raises Invalid."""
    if expires_on is not None and expires_on < work.now.astimezone(UTC).date():
        raise Invalid({"expires_on": [gettext("This day is over.")]})
    secret = f"tt_{secrets.token_urlsafe(32)}"
    work.add(Token(user=user, name=name, digest=digest_of(secret), scopes=scopes, expires_on=expires_on))
    return secret


def create_token(work: Work, *, user: Ref[User], name: str, scopes: str = "",
                 expires_on: date | None = None) -> dict[str, str]:
    """A token by which programs act as a user; its secret is told this once."""
    owner = work.get(User, user)
    require_authority(work, owner)
    return {"token": add_token(work, user=owner, name=name, scopes=scopes, expires_on=expires_on)}


def languages(_: Work) -> list[tuple[str, str]]:
    """Those that pages speak, each in its own words."""
    return list(LANGUAGES.items())


def zone_exists(company: Company) -> Iterator[Fault]:
    """Time zone, currency and country are names that the standards know."""
    if company.time_zone not in available_timezones():
        yield Fault(Company.time_zone, gettext("There is no such time zone."))
    if company.currency not in list_currencies():
        yield Fault(Company.currency, gettext("There is no such currency."))
