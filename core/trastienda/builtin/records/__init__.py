"""What goes with every record, whoever's it is: attached files, comments; and saved views of lists."""

from ...entities.declarations import Entity, Grant, Role
from ...entities.settings_forms import SettingsForm
from ...languages import lazy_gettext as _
from ...plugin import Check, InTransaction, Plugin, Route, Service, changed, created, deleted
from . import attachments, commands, comments
from .attachments import Attachment, FileLimits, attach, detach, download, known_endings, list_attachments, missing
from .comments import Comment, CommentLimits, change_comment, comment, list_comments, remove_comment, whole_minutes
from .saved_views import SavedView, check, fits, own, own_and_check, readable, views_for

_FILES, _FILE = "attachments", "attachments/<int:attachment>"
_COMMENTS, _COMMENT = "comments", "comments/<int:comment>"

plugin = Plugin(
    "records",
    label=_("Records"),
    description=_("Attached files and comments on every record; saved views of lists"),
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
    tables=[Attachment, Comment],
    routes=[
        Route(_FILES, list_attachments, permission="read", on_record=True),
        Route(_FILES, attach, permission="update", methods=["POST"], on_record=True, status=201),
        Route(_FILE, download, permission="read", on_record=True),
        Route(_FILE, detach, permission="update", methods=["DELETE"], on_record=True, status=204),
        Route(_COMMENTS, list_comments, permission="read", on_record=True),
        Route(_COMMENTS, comment, permission="read", methods=["POST"], on_record=True, status=201),
        Route(_COMMENT, change_comment, permission="read", methods=["PATCH"], on_record=True),
        Route(_COMMENT, remove_comment, permission="read", methods=["DELETE"], on_record=True, status=204),
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
    subscribers=[
        InTransaction(created(SavedView), own_and_check),
        InTransaction(changed(SavedView), check),
        InTransaction(deleted(), attachments.drop_all),
        InTransaction(deleted(), comments.drop_all),
    ],
    settings=[
        SettingsForm(FileLimits, label=_("Attached files"), rules=[known_endings]),
        SettingsForm(CommentLimits, label=_("Comments"), rules=[whole_minutes]),
    ],
    commands=[commands.sweep],
    checks=[Check("attached files", missing)],
)
