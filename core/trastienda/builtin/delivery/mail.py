"""Mail: written in the transaction that wants it, sent after its commit by the worker."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import peewee

from ...errors import Invalid
from ...jobs.models import JobRecord
from ...jobs.queue import naive
from ...jobs.running import RunningJob
from ...languages import gettext
from ...storage.models import Record, Row
from ...storage.rows import insert_rows
from ...storage.sealing import SecretField
from ...work import Work
from .smtp import transmit

MOST_BYTES = 15 * 2**20


class Mail(Record):
    """One mail to one address. Its text is forgotten once it is sent: it may have held a secret."""

    to = peewee.CharField(254, verbose_name="Recipient")
    subject = peewee.CharField(200, verbose_name="Subject")
    text = SecretField()
    html = SecretField(null=True)
    created_at = peewee.DateTimeField(verbose_name="Created at")
    sent_at = peewee.DateTimeField(null=True, verbose_name="Sent at")
    job = peewee.ForeignKeyField(JobRecord, null=True, on_delete="SET NULL", verbose_name="Job")

    class Meta:
        table_name = "delivery_mail"


class MailAttachment(Row):
    """A file of a mail that is still to be sent."""

    id = peewee.BigAutoField()
    mail = peewee.ForeignKeyField(Mail, on_delete="CASCADE", backref="attachments")
    name = peewee.CharField(200)
    mimetype = peewee.CharField(100)
    content = peewee.BlobField()

    class Meta:
        table_name = "delivery_mail_attachment"


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    mimetype: str
    content: bytes


def send(work: Work, *, to: str, subject: str, text: str, html: str | None = None,
         attachments: Sequence[Attachment] = ()) -> int:
    """Have a mail sent if and when this work is committed; its id. Raises Invalid for what cannot be a mail."""
    errors = {"to": _address_fault(to), "subject": _subject_fault(subject),
              "attachments": _attachments_fault(attachments)}
    if found := {name: [fault] for name, fault in errors.items() if fault}:
        raise Invalid(found)
    database = work.site.database
    (identity,) = database.reserve_ids("delivery_mail", 1)
    job = work.enqueue("delivery.send-mail", {"mail": identity})
    mail = Mail(id=identity, company=work.company.id, to=to, subject=subject, text=text, html=html,
                created_at=naive(work.now), job=job)
    insert_rows(database, Mail, [mail])
    for each in attachments:
        MailAttachment.insert(mail=identity, name=each.name, mimetype=each.mimetype, content=each.content).execute()
    return int(identity)


def send_mail(job: RunningJob, *, mail: int) -> str:
    """The job: hands the mail to the server. It may be handed over twice when the worker dies in between; both have
    one Message-ID."""
    found = Mail.get_or_none(Mail.id == mail, Mail.company == job.company.id)
    if found is None or found.sent_at is not None:
        return "nothing to send"
    answer = transmit(job.site.settings, compose(job, found))

    def sent(work: Work) -> None:
        Mail.update(sent_at=naive(work.now), text="", html=None).where(Mail.id == mail).execute()
        MailAttachment.delete().where(MailAttachment.mail == mail).execute()

    job.write(sent)
    return answer


def compose(job: RunningJob, mail: Mail) -> EmailMessage:
    sender = str(job.site.settings.mail_from or "")
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, mail.to, mail.subject
    message["Date"] = format_datetime(job.site.clock())
    domain = sender.rpartition("@")[2].strip("> ")
    message["Message-ID"] = f"<trastienda-{job.company.id}-{mail.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    for each in MailAttachment.select().where(MailAttachment.mail == mail.id).order_by(MailAttachment.id):
        kind, _, subtype = each.mimetype.partition("/")
        message.add_attachment(bytes(each.content), maintype=kind, subtype=subtype, filename=each.name)
    return message


def _address_fault(to: str) -> str:
    try:
        address = Address(addr_spec=to)
    except (MessageError, ValueError, IndexError, AttributeError):
        address = None
    if address is None or not address.username or not address.domain or not to.isascii() or not _one_line(to) \
            or " " in to or len(to) > 254:
        return gettext("Not a mail address.")
    return ""


def _subject_fault(subject: str) -> str:
    return "" if _one_line(subject) and 1 <= len(subject) <= 200 else gettext("One line of 1 to 200 characters.")


def _attachments_fault(attachments: Sequence[Attachment]) -> str:
    if sum(len(each.content) for each in attachments) > MOST_BYTES:
        return gettext("More than %(most)s megabytes.", most=MOST_BYTES // 2**20)
    for each in attachments:
        kind, _, subtype = each.mimetype.partition("/")
        if not each.name or not all(_one_line(part) and part for part in (each.name, kind, subtype)):
            return gettext("A file needs a name and a type.")
    return ""


def _one_line(text: str) -> bool:
    """No line break of any alphabet, no control character: nothing that could begin another header."""
    return text.isprintable()
