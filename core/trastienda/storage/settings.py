"""A company's settings, as its administrators edit them."""
from __future__ import annotations

import peewee

from .models import Record


class Setting(Record):
    name = peewee.CharField(120, help_text="`<plugin>.<settings class>`")
    value = peewee.TextField(default="{}", help_text="A JSON object; what it leaves out has its default")

    class Meta:
        indexes = ((("company", "name"), True),)
