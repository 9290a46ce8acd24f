"""What a user should see when he next looks: a line, and the record that it is about."""
from __future__ import annotations

import peewee

from ...errors import Invalid
from ...jobs.queue import naive
from ...languages import gettext, lazy_gettext
from ...mails import MailTemplate
from ...placeholders import Placeholder
from ...security.actor import Actor
from ...storage.models import Record, SharedRecord, User
from ...storage.rows import insert_rows
from ...work import Work
from .templates import send_template

NOTIFICATION_MAIL = MailTemplate(
    "delivery.notification", "{subject}", "{text}", label=lazy_gettext("Notification by mail"),
    values=[Placeholder("subject", label=lazy_gettext("what it is about"), sample=lazy_gettext("A job has failed")),
            Placeholder("text", label=lazy_gettext("what there is to say"), required=True,
                        sample=lazy_gettext("Somebody should look at it.")),
            Placeholder("name", label=lazy_gettext("the name of who gets it"), sample="Ana")])


class Notification(Record):
    """One user's; `entity` and `record` say what it is about."""

    user = peewee.ForeignKeyField(User, on_delete="CASCADE", verbose_name="User")
    subject = peewee.CharField(200, verbose_name="Subject")
    text = peewee.TextField(default="", verbose_name="Text")
    entity = peewee.CharField(80, null=True, verbose_name="Entity")
    record = peewee.BigIntegerField(null=True, verbose_name="Record")
    created_at = peewee.DateTimeField(verbose_name="Created at")
    read_at = peewee.DateTimeField(null=True, verbose_name="Read at")

    class Meta:
        table_name = "delivery_notification"
        indexes = ((("user", "company", "read_at"), False),)


def notify(work: Work, *, user: User, subject: str, text: str = "", record: SharedRecord | None = None,
           by_mail: bool = False) -> int:
    """Tell a user, if and when this work is committed; the notification's id. `by_mail` writes to him as well, where
    he has an address."""
    if not subject or len(subject) > 200 or not subject.isprintable():
        raise Invalid({"subject": [gettext("One line of 1 to 200 characters.")]})
    (identity,) = work.site.database.reserve_ids("delivery_notification", 1)
    entity = work.site.registry.entity_of(record).name if record is not None else None
    insert_rows(work.site.database, Notification, [Notification(
        id=identity, company=work.company.id, user=user.id, subject=subject, text=text, entity=entity,
        record=record.id if record is not None else None, created_at=naive(work.now))])
    if by_mail and user.email:
        send_template(work, NOTIFICATION_MAIL.name, to=user.email, language=user.language, values={
            "subject": subject, "text": text or subject, "name": user.full_name or user.name})
    return int(identity)


def own(actor: Actor) -> peewee.Node:
    """The actor's own notifications."""
    return Notification.user == (actor.user or 0)


def mark_read(work: Work, notification: Notification) -> None:
    notification.read_at = notification.read_at or naive(work.now)
