"""The second factor: time-based codes (RFC 6238) of an application on the user's telephone, and recovery codes."""
from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyotp
import segno

from ...entities.settings_forms import SettingsForm, setting
from ...errors import NotSignedIn, Refusal
from ...languages import gettext, lazy_gettext
from ...security.actor import Actor
from ...storage.models import RoleAssignment, User
from ...work import Work
from .models import RecoveryCode, SecondFactor
from .passwords import digest_of, himself
from .throttling import begin_attempt, end_attempt, now, subject_of

if TYPE_CHECKING:
    from ...site import Site

ISSUER = "Trastienda"
STEP = 30
#: A clock may be this many steps off.
TOLERANCE = 1
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class SignIn:
    """How a company's people sign in."""

    second_factor: str = setting(
        "", label=lazy_gettext("Roles that need a second factor"),
        help=lazy_gettext("Their names with spaces between, or * for all"))


def roles_are_named(chosen: SignIn) -> Iterator[tuple[str, str]]:
    if any("," in name for name in chosen.second_factor.split()):
        yield "second_factor", gettext("Put spaces between the names.")


SIGN_IN = SettingsForm(SignIn, label=lazy_gettext("Signing in"), rules=[roles_are_named])


def is_on(user: int) -> bool:
    return bool(SecondFactor.select().where(SecondFactor.user == user, SecondFactor.confirmed).exists())


def is_required(site: Site, user: User) -> bool:
    """Whether any company in which he has a role asks it of that role."""
    held = [(each.role, each.__data__["in_company"])
            for each in RoleAssignment.select().where(RoleAssignment.user == user.id)]
    for company in site.companies_of(user):
        wanted = site.work(Actor.system("sign-in"), company).settings(SignIn).second_factor.split()
        if wanted and any(where in (None, company.id) and ("*" in wanted or role in wanted) for role, where in held):
            return True
    return False


# -- setting up
def prepare(site: Site, user: User) -> str:
    """The secret to show, kept until a code confirms it; raises Refusal where one is on already."""
    row = SecondFactor.get_or_none(SecondFactor.user == user.id)
    if row is not None and row.confirmed:
        raise Refusal(gettext("The second factor is on already"))
    if row is not None:
        return str(row.secret)
    secret = pyotp.random_base32()
    with site.database.write():
        SecondFactor.insert(user=user.id, secret=secret).on_conflict_ignore().execute()
    return str(SecondFactor.get_by_id(user.id).secret)


def picture(user: User, secret: str) -> str:
    """The QR code that the application reads, as SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user.name, issuer_name=ISSUER)
    made: str = segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff", dark="#000")
    return made


def confirm(site: Site, user: User, code: str) -> list[str]:
    """Switch it on by a first code; the recovery codes, shown this once. Raises NotSignedIn for a wrong code."""
    row = SecondFactor.get_or_none(SecondFactor.user == user.id)
    if row is None or row.confirmed:
        raise Refusal(gettext("The second factor is on already"))
    _take_code(site, user.id, code)
    codes = ["-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(2))
             for _ in range(RECOVERY_CODES)]

    def body(work: Work) -> None:
        work.execute(SecondFactor.update(confirmed=True).where(SecondFactor.user == user.id))
        work.execute(RecoveryCode.delete().where(RecoveryCode.user == user.id))
        work.execute(RecoveryCode.insert_many([{"user": user.id, "digest": digest_of(each)} for each in codes]))
        work.note(work.get(User, user.id), "second-factor-on")

    site.write(*himself(site, user), body)
    return codes


def switch_off(work: Work, user: User) -> None:
    """Sign-in asks for the password alone again."""
    work.execute(SecondFactor.delete().where(SecondFactor.user == user.id))
    work.execute(RecoveryCode.delete().where(RecoveryCode.user == user.id))


def switch_off_own(site: Site, user: User) -> None:
    """Raises Refusal where a role of his needs it."""
    if is_required(site, user):
        raise Refusal(gettext("A role of yours needs the second factor"))

    def body(work: Work) -> None:
        record = work.get(User, user.id)
        switch_off(work, record)
        work.note(record, "second-factor-off")

    site.write(*himself(site, user), body)


# -- proving
def prove(site: Site, user: int, code: str) -> None:
    """A code of the application, or a recovery code; each counts once. Raises NotSignedIn, or TooManyAttempts."""
    typed = code.strip().lower()
    if len(typed) > 8:
        _take_recovery_code(site, user, typed)
    else:
        _take_code(site, user, typed)


def _take_code(site: Site, user: int, code: str) -> None:
    subjects = [subject_of("code", str(user))]
    begin_attempt(site, subjects)
    step = step_of(SecondFactor.get_by_id(user).secret, code.replace(" ", ""), int(datetime.now(UTC).timestamp()))
    if step is not None:
        with site.database.write():
            taken = SecondFactor.update(last_step=step).where(
                SecondFactor.user == user, SecondFactor.last_step < step).execute()
            if taken:
                end_attempt(subjects)
                return
    raise NotSignedIn(gettext("The code is wrong or was used"))


def step_of(secret: str, code: str, seconds: int) -> int | None:
    """Which step of time a code belongs to, among those near; none for a wrong code."""
    totp = pyotp.TOTP(secret)
    near: Sequence[int] = range(seconds // STEP - TOLERANCE, seconds // STEP + TOLERANCE + 1)
    return next((step for step in near if pyotp.utils.strings_equal(totp.at(step * STEP), code)), None)


def _take_recovery_code(site: Site, user: int, typed: str) -> None:
    subjects = [subject_of("code", str(user))]
    begin_attempt(site, subjects)
    with site.database.write():
        unused = (RecoveryCode.digest == digest_of(typed)) & RecoveryCode.used_at.is_null()
        if RecoveryCode.update(used_at=now()).where(RecoveryCode.user == user, unused).execute():
            end_attempt(subjects)
            return
    raise NotSignedIn(gettext("The code is wrong or was used"))


def codes_left(user: int) -> int:
    return int(RecoveryCode.select().where(RecoveryCode.user == user, RecoveryCode.used_at.is_null()).count())
