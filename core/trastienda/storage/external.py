"""What other systems call a record."""
from __future__ import annotations

import peewee

from .models import Row


class ExternalId(Row):
    company = peewee.BigIntegerField(help_text="0 for what all companies share")
    entity = peewee.CharField(80)
    name = peewee.CharField(200)
    record = peewee.BigIntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("company", "entity", "name")
