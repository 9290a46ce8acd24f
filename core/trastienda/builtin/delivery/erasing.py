"""What was sent to a person, or told of him, goes with his data."""
from __future__ import annotations

import peewee

from ...storage.models import SharedRecord
from ...work import Work
from .mail import Mail
from .notifications import Notification


def forget(work: Work, record: SharedRecord) -> None:
    """Mails to his addresses, sent or not, and notifications about his record."""
    entity = work.site.registry.entity_of(record)
    Notification.delete().where(Notification.entity == entity.name, Notification.record == record.id).execute()
    personal = entity.declared.personal
    values = [getattr(record, field.name) for field in personal.columns] if personal is not None else []
    if addresses := sorted({value.lower() for value in values if isinstance(value, str) and "@" in value}):
        Mail.delete().where(Mail.company == work.company.id, peewee.fn.LOWER(Mail.to).in_(addresses)).execute()
