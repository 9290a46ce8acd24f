"""Answers already given, by the key with which they were asked for."""
from __future__ import annotations

import peewee

from .models import Row
from .sealing import SecretField


class Answer(Row):
    user = peewee.BigIntegerField()
    company = peewee.BigIntegerField()
    route = peewee.CharField(300)
    key = peewee.CharField(200)
    body = peewee.CharField(64, help_text="Digest of the request's body")
    answer = SecretField()
    at = peewee.DateTimeField(index=True)

    class Meta:
        primary_key = peewee.CompositeKey("user", "company", "route", "key")
