"""What goes with every record, whoever's it is: saved views of lists."""

from ...entities.declarations import Entity, Grant, Role
from ...languages import lazy_gettext as _
from ...plugin import InTransaction, Plugin, Service, changed, created
from .saved_views import SavedView, check, fits, own, own_and_check, readable, views_for

plugin = Plugin(
    "records",
    label=_("Records"),
    description=_("Saved views of lists"),
    entities=[
        Entity(
            "records.view",
            SavedView,
            label=_("Saved view"),
            plural=_("Saved views"),
            columns=[SavedView.entity, SavedView.name, SavedView.owner, SavedView.shared_with, SavedView.is_default],
            search=[SavedView.name],
            order=[SavedView.entity, SavedView.name],
            readonly=[SavedView.owner],
            rules=[fits],
        ),
    ],
    roles=[
        Role(
            "records.everyone",
            [
                Grant("records.view", ["read"], where=readable),
                Grant("records.view", ["create", "update", "delete"], where=own),
            ],
            label=_("Saved views of one's own"),
            everyone=True,
        ),
    ],
    services=[Service("records.views/1", views_for)],
    subscribers=[InTransaction(created(SavedView), own_and_check), InTransaction(changed(SavedView), check)],
)
