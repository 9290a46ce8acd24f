"""Whose account at the OpenID Connect provider is which user's: linked by hand, found by e-mail, or made."""
from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from peewee import IntegrityError, fn

from ...entities.declarations import Fault
from ...errors import NotSignedIn
from ...languages import gettext
from ...security.actor import Actor
from ...storage.models import Company, User
from ...work import Work
from . import second_factor, sessions
from .administration import add_user
from .authority import may_act_on, require_authority
from .models import Account, Arrival
from .oidc import Departure, Person, arrive
from .passwords import digest_of, himself
from .sessions import CODE, OPEN, SETUP
from .signing_in import SignedIn
from .throttling import now

#: Longer than anybody may take at the provider.
REMEMBERED = timedelta(hours=1)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...site import Site


def sign_in_from_provider(site: Site, begun: Departure, answer: Mapping[str, str], *, address: str, agent: str = "",
                          instead_of: str = "") -> SignedIn:
    """A session for whom the provider's answer vouches; raises NotSignedIn, or ProviderUnavailable."""
    _arrive_once(site, begun)
    user = user_of(site, arrive(site.settings, begun, answer))
    stage = OPEN
    if not site.settings.oidc_trusts_second_factor:
        stage = CODE if second_factor.is_on(user.id) else SETUP if second_factor.is_required(site, user) else OPEN
    secret = sessions.begin(site, user.id, stage=stage, address=address, agent=agent, instead_of=instead_of)
    return SignedIn(secret, stage)


def _arrive_once(site: Site, begun: Departure) -> None:
    moment = now()
    try:
        with site.database.write():
            Arrival.delete().where(Arrival.at < moment - REMEMBERED).execute()
            Arrival.insert(digest=digest_of(begun.state), at=moment).execute()
    except IntegrityError as error:
        raise NotSignedIn(gettext("The sign-in was not begun in this browser, or too long ago: begin again")) from error


def user_of(site: Site, person: Person) -> User:
    """The user that a person is here; raises NotSignedIn where he is nobody, or no longer somebody."""
    account = Account.get_or_none(Account.issuer == person.issuer, Account.subject == person.subject)
    user = account.user if account is not None else _by_email(site, person) or _made(site, person)
    if user is None:
        raise NotSignedIn(gettext("The provider knows you, but here you are no user: ask an administrator"))
    if not user.active:
        raise NotSignedIn(gettext("The provider knows you, but here you are disabled: ask an administrator"))
    return user


def _by_email(site: Site, person: Person) -> User | None:
    """By the verified address, where the settings say so and one user alone has it; linked from now on."""
    if site.settings.oidc_link != "email" or not person.email or not person.email.isascii():
        return None  # another alphabet's letters turn into ours where case is ignored: K (the kelvin sign) into k
    found = list(User.select().where(fn.LOWER(User.email) == person.email.lower()).limit(2))
    if len(found) != 1 or not found[0].active:
        return None
    site.write(*himself(site, found[0]), lambda work: _link(work, found[0], person))
    return found[0]


def _made(site: Site, person: Person) -> User | None:
    """A new user with the configured role; never one whose e-mail somebody here has already."""
    role = site.settings.oidc_create_role
    taken = person.email and User.select().where(fn.LOWER(User.email) == person.email.lower()).exists()
    if role is None or taken:
        return None
    code = site.settings.oidc_create_company
    company = site.company(code) if code else Company.select().order_by(Company.id).get()

    def body(work: Work) -> User:
        user = add_user(work, name=_free_name(person), password=None, roles=[role], company=company,
                        full_name=person.full_name[:120], email=person.email[:254])
        _link(work, user, person)
        return user

    return site.write(Actor.system("sign-in"), company, body)


def _free_name(person: Person) -> str:
    """From what the provider calls him; a number after it where somebody has that name."""
    wanted = re.sub(r"[^\w.@-]", "", person.name or person.email or person.full_name)[:50] or "user"
    names = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, 1_000_000))
    return next(name for name in names if not User.select().where(User.name == name).exists())


def _link(work: Work, user: User, person: Person) -> None:
    work.add(Account(user=user.id, issuer=person.issuer, subject=person.subject))


# -- linked by hand
def check_account(work: Work, account: Account) -> Iterator[Fault]:
    """Nobody links an account to a user who may do more than he, nor takes one from him."""
    former = Account.get_or_none(Account.id == account.id) if account.__data__.get("id") else None
    for each in {account.__data__["user"], former and former.__data__["user"]} - {None}:
        if work.actor.user is not None and not may_act_on(work, work.get(User, each)):
            yield Fault(Account.user, gettext("This user may do more than you."))


def refuse_unlinking(work: Work, account: Account) -> None:
    require_authority(work, work.get(User, account.__data__["user"]))
