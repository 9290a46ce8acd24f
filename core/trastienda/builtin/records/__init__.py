"""What goes with every record, whoever's it is: attached files, comments, the import that made it; saved views."""

from ...entities.declarations import Entity, Grant, Lines, LiveExtensions, Role, Transition
from ...entities.settings_forms import SettingsForm
from ...jobs.declarations import LongJob
from ...languages import lazy_gettext as _
from ...plugin import (
    Check,
    InTransaction,
    Plugin,
    Route,
    Service,
    changed,
    created,
    deleted,
    disclosed,
    erased,
    imported,
)
from ...reports.panels import Panel
from . import attachments, commands, comments, custom_field_rules
from .attachments import Attachment, FileLimits, attach, detach, download, known_endings, list_attachments, missing
from .comments import Comment, CommentLimits, change_comment, comment, list_comments, remove_comment, whole_minutes
from .custom_columns import extensions, version
from .custom_field_rules import (
    add_column,
    count_values,
    drop_column,
    has_fitting_default,
    is_sound,
    keep_what_is_stored,
)
from .custom_fields import CustomField, CustomFieldWording
from .import_jobs import JOB, ImportFile, import_later, run_import
from .imports import ImportBatch, own_imports, remember, undo
from .mappings import (
    ImportMapping,
    MappedColumn,
    check_mapping,
    mapping_named,
    own_and_check_mapping,
    own_mappings,
)
from .saved_views import SavedView, check, fits, own, own_and_check, readable, views_for

EVERY_NIGHT = "40 3 * * *"
_FILES, _FILE = "attachments", "attachments/<int:attachment>"
_COMMENTS, _COMMENT = "comments", "comments/<int:comment>"

plugin = Plugin(
    "records",
    label=_("Records"),
    description=_("Attached files, comments and fields of one's own on every record; saved views; undoing of imports"),
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
        Entity(
            "records.custom-field",
            CustomField,
            label=_("Custom field"),
            plural=_("Custom fields"),
            columns=[CustomField.entity, CustomField.name, CustomField.label, CustomField.kind, CustomField.active],
            search=[CustomField.name, CustomField.label],
            order=[CustomField.entity, CustomField.name],
            lines=[Lines(CustomFieldWording.field, name="wordings", label=_("In other languages"))],
            rules=[is_sound, has_fitting_default],
            archive=CustomField.active,
            central=True,
        ),
        Entity(
            "records.import",
            ImportBatch,
            label=_("Import batch"),
            plural=_("Import batches"),
            columns=[ImportBatch.at, ImportBatch.entity, ImportBatch.file, ImportBatch.user, ImportBatch.created,
                     ImportBatch.updated, ImportBatch.state],
            search=[ImportBatch.file],
            order=[-ImportBatch.id],
            hidden=[ImportBatch.batch],
            undone=["undone"],
            writable=False,
            actions=[Transition("undo", "done", "undone", undo, label=_("Undo the import"), confirm=True)],
        ),
        Entity(
            "records.mapping",
            ImportMapping,
            key=ImportMapping.name,
            label=_("Import mapping"),
            plural=_("Import mappings"),
            columns=[ImportMapping.entity, ImportMapping.name, ImportMapping.owner],
            search=[ImportMapping.name],
            readonly=[ImportMapping.owner],
            lines=[Lines(MappedColumn.mapping, name="columns", label=_("Columns"))],
        ),
    ],
    tables=[Attachment, Comment, ImportFile],
    live=[LiveExtensions("custom", version, extensions)],
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
                Grant("records.import", ["read", "undo"], where=own_imports),
                Grant("records.mapping", ["read"]),
                Grant("records.mapping", ["create", "update", "delete"], where=own_mappings),
            ],
            label=_("Views, imports and mappings of one's own"),
            everyone=True,
        ),
    ],
    services=[
        Service("records.views/1", views_for),
        Service("records.import-mapping/1", mapping_named),
        Service("records.import-later/1", import_later),
    ],
    jobs=[
        LongJob(JOB, run_import, label=_("Import of a file")),
        LongJob("records.sweep", attachments.sweep_nightly, label=_("Remove files that no record has any more"),
                schedule=EVERY_NIGHT, priority="background"),
    ],
    subscribers=[
        InTransaction(created(SavedView), own_and_check),
        InTransaction(changed(SavedView), check),
        InTransaction(created(CustomField), add_column),
        InTransaction(changed(CustomField), keep_what_is_stored),
        InTransaction(deleted(CustomField), drop_column),
        InTransaction(imported, remember),
        InTransaction(created(ImportMapping), own_and_check_mapping),
        InTransaction(changed(ImportMapping), check_mapping),
        InTransaction(deleted(), attachments.drop_all),
        InTransaction(deleted(), comments.drop_all),
        InTransaction(disclosed, attachments.disclose),
        InTransaction(disclosed, comments.disclose),
        InTransaction(erased, attachments.drop_all),
        InTransaction(erased, comments.drop_all),
        InTransaction(erased, custom_field_rules.drop_all),
    ],
    panels=[
        Panel("records.custom-field", count_values, on="records.custom-field", permission="records.custom-field",
              label=_("Values")),
    ],
    settings=[
        SettingsForm(FileLimits, label=_("Attached files"), rules=[known_endings]),
        SettingsForm(CommentLimits, label=_("Comments"), rules=[whole_minutes]),
    ],
    commands=[commands.sweep, commands.undo_import],
    checks=[Check("attached files", missing)],
)
