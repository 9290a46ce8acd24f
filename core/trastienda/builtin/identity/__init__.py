"""Users, roles, companies, tokens and sign-in."""
from ...entities.declarations import Action, Entity, Lines
from ...languages import lazy_gettext as _
from ...plugin import Plugin, Service
from ...storage.models import Company, RoleAssignment, User
from .administration import add_token, add_user, disable, enable, revoke, set_password, zone_exists
from .models import Attempt, Session, Token, TokenUse
from .signing_in import authenticate

plugin = Plugin(
    "identity",
    label=_("Identity"),
    description=_("Users, roles, companies, tokens and sign-in"),
    entities=[
        Entity("identity.company", Company, key=Company.code, title=Company.name, path="companies", label=_("Company"),
               plural=_("Companies"), search=[Company.code, Company.name], rules=[zone_exists]),
        Entity("identity.user", User, key=User.name, title=User.full_name, label=_("User"), plural=_("Users"),
               columns=[User.name, User.full_name, User.email, User.active, User.language],
               search=[User.name, User.full_name, User.email], hidden=[User.password_hash], readonly=[User.active],
               lines=[Lines(RoleAssignment.user, name="roles", label=_("Roles"))],
               actions=[Action("set-password", set_password, label=_("Set password")),
                        Action("disable", disable, label=_("Disable"), confirm=True),
                        Action("enable", enable, label=_("Enable"))]),
        Entity("identity.token", Token, label=_("API token"), plural=_("API tokens"), hidden=[Token.digest],
               columns=[Token.user, Token.name, Token.scopes, Token.expires_on, Token.revoked],
               search=[Token.name], order=[-Token.id], writable=False,
               actions=[Action("revoke", revoke, label=_("Revoke"), confirm=True)]),
    ],
    tables=[TokenUse, Session, Attempt],
    services=[Service("identity.add-user/1", add_user), Service("identity.add-token/1", add_token)],
    authenticator=authenticate,
)
