"""API tokens, sessions, and the memory of failed sign-ins."""
from __future__ import annotations

import peewee

from ...storage.models import Row, SharedRecord, User
from ...storage.sealing import SecretField


class Token(SharedRecord):
    """A key for programs. Only its digest is kept; it is shown once, when it is made."""

    user = peewee.ForeignKeyField(User, on_delete="CASCADE", verbose_name="User")
    name = peewee.CharField(80, verbose_name="Name", help_text="What it is for")
    digest = peewee.CharField(64, unique=True)
    scopes = peewee.CharField(400, default="", verbose_name="Scopes",
                              help_text="Patterns such as accounting.*, with spaces between; empty: all that he may")
    expires_on = peewee.DateField(null=True, verbose_name="Expires on")
    revoked = peewee.BooleanField(default=False, verbose_name="Revoked")

    class Meta:
        table_name = "identity_token"


class Account(SharedRecord):
    """A user's account at an OpenID Connect provider, which knows it as `subject`."""

    user = peewee.ForeignKeyField(User, on_delete="CASCADE", verbose_name="User")
    issuer = peewee.CharField(300, verbose_name="Provider", help_text="As the setting oidc_issuer has it")
    subject = peewee.CharField(255, verbose_name="Account there", help_text="What the provider calls the account")

    class Meta:
        table_name = "identity_account"
        indexes = ((("issuer", "subject"), True),)


class TokenUse(Row):
    """When a token was last used; a stamp, not an entity: neither versioned nor audited."""

    token = peewee.ForeignKeyField(Token, primary_key=True, on_delete="CASCADE")
    last_used_at = peewee.DateTimeField()

    class Meta:
        table_name = "identity_token_use"


class Session(Row):
    """A signed-in browser. The cookie holds the secret, the table its digest.

    `stage` is `open` where all was proven, `code` while the second factor is still asked for, and `setup` while the
    user must set one up first.
    """

    digest = peewee.CharField(64, primary_key=True)
    user = peewee.ForeignKeyField(User, on_delete="CASCADE")
    started_at = peewee.DateTimeField()
    seen_at = peewee.DateTimeField()
    address = peewee.CharField(60, default="")
    agent = peewee.CharField(200, default="")
    stage = peewee.CharField(10, default="open")

    class Meta:
        table_name = "identity_session"


class SecondFactor(Row):
    """A user's time-based codes (RFC 6238); not asked for before a first code confirmed them."""

    user = peewee.ForeignKeyField(User, primary_key=True, on_delete="CASCADE")
    secret = SecretField()
    confirmed = peewee.BooleanField(default=False)
    last_step = peewee.BigIntegerField(default=0, help_text="Of the last code that was taken; none is taken twice")

    class Meta:
        table_name = "identity_second_factor"


class RecoveryCode(Row):
    """Taken once instead of a code, when the telephone is lost. Digests alone are kept."""

    id = peewee.BigAutoField()
    user = peewee.ForeignKeyField(User, on_delete="CASCADE")
    digest = peewee.CharField(64)
    used_at = peewee.DateTimeField(null=True)

    class Meta:
        table_name = "identity_recovery_code"


class PasswordReset(Row):
    """A link that was mailed; its secret is in the mail alone."""

    digest = peewee.CharField(64, primary_key=True)
    user = peewee.ForeignKeyField(User, on_delete="CASCADE")
    expires_at = peewee.DateTimeField()

    class Meta:
        table_name = "identity_password_reset"


class Arrival(Row):
    """A departure for the provider from which somebody came back: none counts twice, whoever kept its cookie."""

    digest = peewee.CharField(64, primary_key=True)
    at = peewee.DateTimeField()

    class Meta:
        table_name = "identity_arrival"


class Attempt(Row):
    """Failed sign-ins in a row, by name and by address; kept in the database so that all workers know."""

    subject = peewee.CharField(200, primary_key=True)
    failures = peewee.IntegerField(default=0)
    last_at = peewee.DateTimeField()

    class Meta:
        table_name = "identity_attempt"
