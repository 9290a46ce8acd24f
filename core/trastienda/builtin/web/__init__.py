"""The screens that staff use, over the same read and write path as every other door."""

from ...languages import lazy_gettext as _
from ...plugin import Plugin
from . import action_routes, beside, import_routes, list_routes, page_routes, record_routes, session_routes
from .administration import audit_pages, door_pages, mine_pages, roles_pages, settings_pages
from .blueprint import on_startup, web

__all__ = [
    "action_routes",
    "door_pages",
    "mine_pages",
    "audit_pages",
    "beside",
    "import_routes",
    "list_routes",
    "page_routes",
    "plugin",
    "record_routes",
    "roles_pages",
    "session_routes",
    "settings_pages",
]

plugin = Plugin(
    "web",
    label=_("Web pages"),
    description=_("The pages that staff work with"),
    routes=[web],
    on_startup=on_startup,
)
