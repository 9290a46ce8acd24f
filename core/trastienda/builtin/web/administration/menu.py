"""What the menu's group for administrators has beside the lists of users, companies and tokens."""

from __future__ import annotations

from .... import mails
from ....api.settings import INSTALLATION
from ....entities import number_formats
from ....entities.audited import AUDIT
from ....entities.privacy import GUARD, people
from ....languages import gettext as _
from ..views.frame import MenuItem
from ..visit import Visit
from . import places
from .backing_up import may_back_up


def items(visit: Visit) -> list[MenuItem]:
    offered = []
    pages = {each.page for each in visit.site.registry.settings.values() if visit.may_on(each.guard, "read")}
    if "" in pages or visit.may_on(INSTALLATION, "read"):
        offered.append((_("Settings"), places.SETTINGS))
    if number_formats.PAGE in pages:
        offered.append((_("Document numbers"), places.NUMBERS))
    if "letterhead" in pages:
        offered.append((_("Letterhead"), places.LETTERHEAD))
    if mails.PAGE in pages:
        offered.append((_("Words of mails"), places.MAILS))
    if visit.may_on("identity.role", "read"):
        offered.append((_("Roles"), places.ROLES))
    if visit.may_on("identity.rights", "run"):
        offered.append((_("Who may do what"), places.RIGHTS))
    if visit.may_on(AUDIT, "read"):
        offered.append((_("Who did what"), places.AUDIT))
    if people(visit.site) and (visit.may_on(GUARD, "export") or visit.may_on(GUARD, "erase")):
        offered.append((_("A person's data"), places.PRIVACY))
    if visit.may_on("delivery.job", "retry"):
        offered.append((_("Jobs at a glance"), places.JOBS))
    if visit.may_on("delivery.mail", "read"):
        offered.append((_("Outbox"), places.OUTBOX))
    if may_back_up(visit):
        offered.append((_("Backups"), places.BACKUPS))
    return [MenuItem(label, url, kind="tool") for label, url in offered]
