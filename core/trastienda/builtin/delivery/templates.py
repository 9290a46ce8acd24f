"""Texts with places for values. A template says where a value goes, and can do nothing else."""
from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Template

from ...errors import Invalid
from ...languages import gettext


def fill(template: str, values: Mapping[str, str], *, html: bool = False) -> str:
    """The template with each `$name` or `${name}` replaced; `$$` is a dollar sign.

    In HTML the values are escaped, the template is not. Raises Invalid for a name without a value.
    """
    parsed = Template(template)
    if not parsed.is_valid():
        raise Invalid({"template": [gettext("A $ that begins no name; write $$ for a dollar sign.")]})
    if unknown := sorted(set(parsed.get_identifiers()) - set(values)):
        raise Invalid({"template": [gettext("There is no value %(name)s.", name=", ".join(unknown))]})
    return parsed.substitute({name: escape(value) if html else value for name, value in values.items()})
