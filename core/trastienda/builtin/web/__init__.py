"""The screens that staff use, over the same read and write path as every other door."""

from ...entities.settings_forms import SettingsForm
from ...languages import lazy_gettext as _
from ...plugin import Plugin, Setup
from . import (
    action_routes,
    bell,
    beside,
    condition_routes,
    import_progress,
    import_routes,
    list_routes,
    page_routes,
    provider_routes,
    quick_routes,
    record_routes,
    report_mail_routes,
    report_routes,
    session_routes,
    shape_routes,
    tour_routes,
)
from .administration import (
    audit_pages,
    backing_up,
    backup_pages,
    door_pages,
    jobs_pages,
    letterhead_pages,
    mails_pages,
    mine_pages,
    numbers_pages,
    outbox_pages,
    overview,
    privacy_pages,
    roles_pages,
    settings_pages,
)
from .blueprint import on_startup, web
from .first_run import await_first_run
from .tour import Welcome, welcome_in_demo

__all__ = [
    "action_routes",
    "door_pages",
    "letterhead_pages",
    "mails_pages",
    "mine_pages",
    "numbers_pages",
    "audit_pages",
    "backup_pages",
    "jobs_pages",
    "outbox_pages",
    "privacy_pages",
    "bell",
    "beside",
    "condition_routes",
    "import_progress",
    "import_routes",
    "list_routes",
    "overview",
    "page_routes",
    "plugin",
    "quick_routes",
    "record_routes",
    "roles_pages",
    "report_mail_routes",
    "report_routes",
    "provider_routes",
    "session_routes",
    "shape_routes",
    "settings_pages",
    "tour_routes",
]

plugin = Plugin(
    "web",
    label=_("Web pages"),
    description=_("The pages that staff work with"),
    routes=[web],
    services=[await_first_run],
    jobs=[backing_up.BACK_UP],
    settings=[SettingsForm(Welcome, label=_("Welcome"))],
    setup=Setup(demo=welcome_in_demo),
    on_startup=on_startup,
)
