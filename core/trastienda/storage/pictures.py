"""Pictures of a company, such as its logo, named by their content."""
from __future__ import annotations

import peewee

from .models import Company, Row


class Picture(Row):
    company = peewee.ForeignKeyField(Company, on_delete="CASCADE")
    digest = peewee.CharField(64, help_text="SHA-256 of the content")
    content = peewee.BlobField()

    class Meta:
        primary_key = peewee.CompositeKey("company", "digest")
