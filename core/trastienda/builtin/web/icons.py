"""Bootstrap's icons, one at a time, set inline: its whole sprite weighs a megabyte."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from markupsafe import Markup

_SPRITE = files("flask_bootstrap") / "static" / "bootstrap5" / "icons" / "bootstrap-icons.svg"


@cache
def icon(name: str) -> Markup:
    """The icon as decoration, hidden from screen readers; KeyError for one that Bootstrap lacks."""
    symbol = re.search(rf'<symbol[^>]*\bid="{re.escape(name)}"[^>]*>(.*?)</symbol>', _SPRITE.read_text(), re.S)
    if symbol is None:
        raise KeyError(name)
    body = symbol.group(1).strip()
    return Markup(
        f'<svg class="icon" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true" focusable="false">{body}</svg>'
    )
