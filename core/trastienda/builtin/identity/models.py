"""API tokens, sessions, and the memory of failed sign-ins."""
from __future__ import annotations

import peewee

from ...storage.models import Row, SharedRecord, User


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


class TokenUse(Row):
    """When a token was last used; a stamp, not an entity: neither versioned nor audited."""

    token = peewee.ForeignKeyField(Token, primary_key=True, on_delete="CASCADE")
    last_used_at = peewee.DateTimeField()

    class Meta:
        table_name = "identity_token_use"


class Session(Row):
    """A signed-in browser. The cookie holds the secret, the table its digest."""

    digest = peewee.CharField(64, primary_key=True)
    user = peewee.ForeignKeyField(User, on_delete="CASCADE")
    started_at = peewee.DateTimeField()
    seen_at = peewee.DateTimeField()
    address = peewee.CharField(60, default="")

    class Meta:
        table_name = "identity_session"


class Attempt(Row):
    """Failed sign-ins in a row, by name and by address; kept in the database so that all workers know."""

    subject = peewee.CharField(200, primary_key=True)
    failures = peewee.IntegerField(default=0)
    last_at = peewee.DateTimeField()

    class Meta:
        table_name = "identity_attempt"
