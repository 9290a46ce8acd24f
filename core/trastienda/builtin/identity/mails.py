"""The mails by which people come in: an invitation, and a link for a forgotten password."""
from __future__ import annotations

from ...languages import lazy_gettext
from ...mails import MailTemplate
from ...placeholders import Placeholder

_VALUES = (
    Placeholder("name", label=lazy_gettext("the name of who gets it"), sample="Ana"),
    Placeholder("link", label=lazy_gettext("the link to choose a password, which works once"), required=True,
                sample="https://example.com/sign-in/reset?token=..."),
    Placeholder("hours", label=lazy_gettext("for how many hours it works"), sample="24"),
)
_TEXT = lazy_gettext(
    "{name}, choose your password here: {link}\n\nThe link works once, for {hours} hours.")

INVITATION = MailTemplate("identity.invitation", lazy_gettext("Your access to Trastienda"), _TEXT,
                          label=lazy_gettext("Invitation"), values=_VALUES)
PASSWORD_RESET = MailTemplate("identity.password-reset", lazy_gettext("A new password for Trastienda"), _TEXT,
                              label=lazy_gettext("Forgotten password"), values=_VALUES)
