"""Everything that a plugin may use; nothing else of the core is public."""
from __future__ import annotations

from .entities.compiled import Column, CompiledEntity
from .entities.declarations import (
    Action,
    Computed,
    Entity,
    Extension,
    Fault,
    Grant,
    Lines,
    LiveExtensions,
    Locked,
    Personal,
    Retention,
    Role,
    Section,
    Tally,
    Transition,
)
from .entities.numbering import Numbering
from .entities.offering import WrongState
from .entities.prepared import Prepared
from .entities.settings_forms import SettingsForm, setting
from .entities.values import Upload
from .errors import (
    BadQuery,
    Busy,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    Refusal,
    Stale,
    TrastiendaError,
)
from .isolation import NoSuchService
from .jobs.declarations import Job, JobStopped, LongJob, TryAgain
from .jobs.running import RunningJob
from .languages import current_language, gettext, lazy_gettext, number_text
from .mails import MailTemplate
from .placeholders import Placeholder
from .plugin import (
    AfterCommit,
    BeforeCommit,
    Changed,
    Check,
    Disclosure,
    Event,
    Format,
    InTransaction,
    Plugin,
    RecordAt,
    Route,
    Service,
    Setup,
    changed,
    created,
    deleted,
    disclosed,
    entered,
    erased,
    hookimpl,
    hookspec,
)
from .prints.declarations import Barcode, Block, Document, Field, Letterhead, Note, Print, Signatures, Totals
from .reports.declarations import Bars, Curve, Link, Money, Quantity, Rate, Ref, Report, Styled
from .reports.panels import Excerpt, Figure, Panel, Rows, ToDo
from .security.actor import Actor, Identity
from .site import Site
from .storage.fields import (
    ChoiceField,
    MoneyField,
    QuantityField,
    RateField,
    ScaledField,
    StateField,
    total,
)
from .storage.models import Child, Company, Extra, Record, Row, SharedRecord, User
from .storage.sealing import SecretField
from .work import NoSuchRecord, Work

__version__ = "0.1.0"

__all__ = [
    "Action", "Actor", "AfterCommit", "BadQuery", "Barcode", "Bars", "BeforeCommit", "Block", "Busy", "Changed",
    "Check", "Child", "ChoiceField", "Column", "Company", "CompiledEntity", "Computed", "Curve", "Disclosure",
    "Document", "Entity", "Event", "Excerpt", "Extension", "Extra", "Fault", "Field", "Figure", "Forbidden", "Format",
    "Grant", "Identity", "InTransaction", "Invalid", "Job", "JobStopped", "Letterhead", "Lines", "Link",
    "LiveExtensions", "Locked", "LongJob", "MailTemplate", "Money", "MoneyField", "NoSuchRecord", "NoSuchService",
    "NotFound", "NotSignedIn", "Note", "Numbering", "Panel", "Personal", "Placeholder", "Plugin", "Prepared", "Print",
    "Quantity", "QuantityField", "Rate", "RateField", "Record", "RecordAt", "Ref", "Refusal", "Report", "Retention",
    "Role", "Route", "Row", "Rows", "RunningJob", "ScaledField", "SecretField", "Section", "Service", "SettingsForm",
    "Setup", "SharedRecord", "Signatures", "Site", "Stale", "StateField", "Styled", "Tally", "ToDo", "Totals",
    "Transition", "TrastiendaError", "TryAgain", "Upload", "User", "Work", "WrongState", "changed", "created",
    "current_language", "deleted", "disclosed", "entered", "erased", "gettext", "hookimpl", "hookspec", "lazy_gettext",
    "number_text", "setting", "total",
]
