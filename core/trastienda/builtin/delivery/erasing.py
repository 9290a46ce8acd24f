"""What was sent to a person, or told of him, is part of his data and goes with them."""
from __future__ import annotations

from typing import Any

import peewee

from ...plugin import Disclosure
from ...storage.models import SharedRecord
from ...work import Work
from .mail import Mail
from .notifications import Notification


def disclose(work: Work, found: Disclosure) -> None:
    """For the person whom the record tells of: the mails that he was sent."""
    model: Any = work.site.registry.entities[found.entity].model
    mails = list(_mails_to(work, model.get_by_id(found.record), Mail.select()).order_by(Mail.id))
    if mails:
        found.parts["mails"] = [{"to": mail.to, "subject": mail.subject, "at": f"{mail.created_at.isoformat()}Z"}
                                for mail in mails]


def forget(work: Work, record: SharedRecord) -> None:
    """Mails to his addresses, sent or not, and notifications about his record."""
    entity = work.site.registry.entity_of(record)
    Notification.delete().where(Notification.entity == entity.name, Notification.record == record.id).execute()
    _mails_to(work, record, Mail.delete()).execute()


def _mails_to(work: Work, record: SharedRecord, query: Any) -> Any:
    """Of the company's, those to an address that stands in a personal column of the record."""
    personal = work.site.registry.entity_of(record).declared.personal
    values = [getattr(record, field.name) for field in personal.columns] if personal is not None else []
    addresses = sorted({value.lower() for value in values if isinstance(value, str) and "@" in value})
    return query.where(Mail.company == work.company.id, peewee.fn.LOWER(Mail.to).in_(addresses))
