"""Users, roles, companies, tokens and sign-in."""
from ...entities.declarations import Action, Computed, Entity, Lines
from ...jobs.declarations import Job
from ...languages import lazy_gettext as _
from ...plugin import Check, InTransaction, Plugin, Route, Service, Setup, deleted
from ...security.permissions import AUDITOR
from ...storage.models import Company, RoleAssignment, StoredGrant, StoredRole, User
from .accounts import check_account, refuse_unlinking
from .administration import (
    add_token,
    add_user,
    create_token,
    disable,
    enable,
    filled_in,
    invite_user,
    languages,
    reset_second_factor,
    revoke,
    set_password,
    zone_exists,
)
from .authority import (
    accounts_here,
    check_role,
    check_user,
    companies_here,
    last_use,
    refuse_deletion,
    refuse_role_in_use,
    roles_to_give,
    tokens_here,
    users_here,
)
from .mails import INVITATION, PASSWORD_RESET
from .models import Account, Arrival, Attempt, PasswordReset, RecoveryCode, SecondFactor, Session, Token, TokenUse
from .oidc import provider_answers, refuse_without_libraries
from .passwords import MAIL_RESET, mail_reset
from .rights import EVERYONE, routes
from .second_factor import SIGN_IN
from .signing_in import authenticate

plugin = Plugin(
    "identity",
    label=_("Identity"),
    description=_("Users, roles, companies, tokens and sign-in"),
    mails=[INVITATION, PASSWORD_RESET],
    setup=Setup(sign_ins={"auditor": [AUDITOR.name]}),
    entities=[
        Entity("identity.company", Company, key=Company.code, title=Company.name, path="companies", label=_("Company"),
               plural=_("Companies"), search=[Company.code, Company.name], rules=[zone_exists], within=companies_here,
               choices={Company.language: languages}),
        Entity("identity.user", User, key=User.name, title=User.full_name, label=_("User"), plural=_("Users"),
               columns=[User.name, User.full_name, User.email, User.active, User.language],
               choices={User.language: languages}, search=[User.name, User.full_name, User.email],
               hidden=[User.password_hash], readonly=[User.active],
               lines=[Lines(RoleAssignment.user, name="roles", label=_("Roles"),
                            choices={RoleAssignment.role: roles_to_give})],
               checks=[check_user], within=users_here,
               actions=[Action("set-password", set_password, label=_("Set password")),
                        Action("disable", disable, label=_("Disable"), confirm=True, when={User.active: True}),
                        Action("enable", enable, label=_("Enable"), when={User.active: False}),
                        Action("invite", invite_user, label=_("Invite by mail"),
                               when={User.active: True, User.email: filled_in}),
                        Action("reset-second-factor", reset_second_factor, label=_("Reset second factor"),
                               confirm=True)]),
        Entity("identity.token", Token, label=_("API token"), plural=_("API tokens"), hidden=[Token.digest],
               computed=[Computed("last_used_at", last_use(), like=TokenUse.last_used_at, label=_("Last used"))],
               search=[Token.name], order=[-Token.id], writable=False, within=tokens_here,
               actions=[Action("revoke", revoke, label=_("Revoke"), confirm=True, when={Token.revoked: False})]),
        Entity("identity.account", Account, title=Account.subject, label=_("Provider's account"),
               plural=_("Providers' accounts"), columns=[Account.user, Account.issuer, Account.subject],
               search=[Account.subject], checks=[check_account], within=accounts_here),
        Entity("identity.role", StoredRole, key=StoredRole.name, title=StoredRole.label, label=_("Own role"),
               plural=_("Own roles"), search=[StoredRole.name, StoredRole.label], checks=[check_role],
               lines=[Lines(StoredGrant.role, name="grants", label=_("Grants"))]),
    ],
    tables=[TokenUse, Session, Attempt, SecondFactor, RecoveryCode, PasswordReset, Arrival],
    settings=[SIGN_IN],
    roles=[EVERYONE],
    routes=[*routes, Route("create-token", create_token, permission="identity.token", methods=["POST"])],
    subscribers=[InTransaction(deleted(User), refuse_deletion), InTransaction(deleted(StoredRole), refuse_role_in_use),
                 InTransaction(deleted(Account), refuse_unlinking)],
    jobs=[Job(MAIL_RESET, mail_reset, label=_("Mail a link for a new password"), priority="interactive")],
    checks=[Check("single sign-on", provider_answers)],
    on_startup=refuse_without_libraries,
    services=[Service("identity.add-user/1", add_user), Service("identity.add-token/1", add_token)],
    authenticator=authenticate,
)
