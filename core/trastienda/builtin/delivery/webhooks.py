"""Webhooks: another program is told, signed, that a record changed, and fetches what it may see."""
from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import orjson
import peewee

from ...entities.declarations import Fault
from ...entities.feed import visible_ids
from ...errors import Invalid, Refusal
from ...jobs.declarations import TryAgain
from ...jobs.models import JobRecord
from ...jobs.queue import enqueue_all, naive
from ...jobs.running import RunningJob
from ...languages import gettext
from ...plugin import Changed
from ...security.actor import Actor
from ...storage.models import Record, RoleAssignment, User
from ...storage.rows import fetch, insert_rows
from ...storage.sealing import SecretField
from ...work import Work
from .outgoing import Unreachable, post

PREFIX = "whsec_"
_PATTERNS = re.compile(r"[a-z0-9_.*-]+( [a-z0-9_.*-]+)*")
MESSAGE = 500


class Webhook(Record):
    """An address that is told of changes, as far as its owner may read what changed."""

    name = peewee.CharField(80, verbose_name="Name")
    url = peewee.CharField(500, verbose_name="Address", help_text="https://...")
    events = peewee.CharField(400, default="*", verbose_name="Events",
                              help_text="Patterns such as accounting.entry.post or contacts.*, with spaces between")
    owner = peewee.ForeignKeyField(User, null=True, on_delete="SET NULL", verbose_name="Owner",
                                   help_text="It is told of what he may read")
    active = peewee.BooleanField(default=True, verbose_name="Active")
    secret = SecretField(default="")

    class Meta:
        table_name = "delivery_webhook"


class WebhookDelivery(Record):
    """One message to one webhook, and what came of it."""

    webhook = peewee.ForeignKeyField(Webhook, on_delete="CASCADE", verbose_name="Webhook")
    message = peewee.CharField(40, unique=True, verbose_name="Message", help_text="The header webhook-id")
    entity = peewee.CharField(80, verbose_name="Entity")
    record = peewee.BigIntegerField(verbose_name="Record")
    action = peewee.CharField(40, verbose_name="Action")
    created_at = peewee.DateTimeField(verbose_name="Created at")
    delivered_at = peewee.DateTimeField(null=True, verbose_name="Delivered at")
    status = peewee.IntegerField(null=True, verbose_name="Status", help_text="Of the last answer")
    error = peewee.CharField(500, default="", verbose_name="Error")
    job = peewee.ForeignKeyField(JobRecord, null=True, on_delete="SET NULL", verbose_name="Job")

    class Meta:
        table_name = "delivery_webhook_delivery"
        indexes = ((("webhook", "id"), False),)


def webhook_rules(webhook: Webhook) -> Iterator[Fault]:
    try:
        parts = urlsplit(webhook.url)
        good = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.username is None \
            and not parts.fragment and webhook.url.isascii() and webhook.url.isprintable() and " " not in webhook.url \
            and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good:
        yield Fault(Webhook.url, gettext("Not an address like https://example.com/hook, without a password in it."))
    if not _PATTERNS.fullmatch(webhook.events):
        yield Fault(Webhook.events, gettext("Patterns such as accounting.entry.post or contacts.*, spaces between."))


def begin(work: Work, webhook: Webhook) -> None:
    """A new webhook has a secret from the first moment, and whoever makes it owns it unless he says otherwise."""
    webhook.secret = new_secret()
    if webhook.owner is None and work.actor.user is not None:
        webhook.owner = work.get(User, work.actor.user)


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def rotate(work: Work, *, webhook: int) -> dict[str, str]:
    """A new secret, told this once; what is signed from now on is signed with it."""
    secret = new_secret()
    work.act(work.lock(work.get(Webhook, webhook)), "set-secret", secret=secret)
    return {"secret": secret}


def set_secret(work: Work, webhook: Webhook, *, secret: str) -> None:
    """One that the other side has chosen."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not 24 <= len(key) <= 64:
        raise Invalid({"secret": [gettext("From 24 to 64 bytes in Base64, after whsec_.")]})
    webhook.secret = PREFIX + secret.removeprefix(PREFIX)


def queue_messages(work: Work, changes: Sequence[Changed]) -> None:
    """In the transaction of the changes: a message and a job for each webhook that wants to know."""
    hooks = work.once("delivery.webhooks", lambda: fetch(work.site.database, Webhook, '"active" = ?', [True]))
    wanted = [(hook, each) for hook in hooks for each in changes if _wants(work, hook, each)]
    if not wanted:
        return
    now = naive(work.now)
    ids = work.site.database.reserve_ids("delivery_webhook_delivery", len(wanted))
    jobs = enqueue_all(work, "delivery.webhook", [
        (hook.__data__["company"], f"webhook {hook.id} {each.entity} {each.record}", {"delivery": identity})
        for (hook, each), identity in zip(wanted, ids, strict=True)])
    insert_rows(work.site.database, WebhookDelivery, [
        WebhookDelivery(id=identity, company=hook.__data__["company"], webhook=hook.id,
                        message=f"msg_{secrets.token_hex(12)}", entity=each.entity, record=each.record,
                        action=each.action, created_at=now, job=job)
        for (hook, each), identity, job in zip(wanted, ids, jobs, strict=True)])


def _wants(work: Work, hook: Webhook, change: Changed) -> bool:
    entity = work.site.registry.entities.get(change.entity)
    if entity is None or (entity.scoped and hook.__data__["company"] != work.company.id):
        return False
    name = f"{change.entity}.{change.action}"
    return any(fnmatchcase(name, pattern) for pattern in hook.events.split())


def deliver(job: RunningJob, *, delivery: int) -> str:
    """The job: one message, once more with each attempt, always with one id."""
    message = WebhookDelivery.get_or_none(WebhookDelivery.id == delivery, WebhookDelivery.company == job.company.id)
    if message is None or message.delivered_at is not None:
        return "nothing to deliver"
    hook = message.webhook
    if not hook.active:
        raise Refusal(gettext("The webhook is switched off"))
    if not _owner_may_know(job, hook, message):
        raise Refusal(gettext("The webhook's owner may not read this record"))
    body = orjson.dumps({
        "type": f"{message.entity}.{message.action}", "timestamp": f"{message.created_at.isoformat()}Z",
        "data": {"company": job.company.code, "entity": message.entity, "id": message.record,
                 "action": message.action}})
    moment = str(int(job.site.clock().timestamp()))
    headers = {"Content-Type": "application/json", "User-Agent": "Trastienda", "webhook-id": message.message,
               "webhook-timestamp": moment,
               "webhook-signature": signature(hook.secret, message.message, moment, body)}
    try:
        status = post(hook.url, body, headers, allowed=job.site.settings.webhook_networks)
    except Unreachable as error:
        _note(job, message, status=None, error=str(error))
        raise TryAgain(str(error)) from error
    if not 200 <= status < 300:
        said = f"HTTP {status}" + (", and redirects are not followed" if 300 <= status < 400 else "")
        _note(job, message, status=status, error=said)
        raise TryAgain(said)
    _note(job, message, status=status, error="")
    return f"HTTP {status}"


def signature(secret: str, message: str, moment: str, body: bytes) -> str:
    """As Standard Webhooks 1.0 signs: HMAC-SHA256 of `<id>.<timestamp>.<body>`, in Base64, after `v1,`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    made = hmac.new(key, f"{message}.{moment}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"


def _note(job: RunningJob, message: WebhookDelivery, *, status: int | None, error: str) -> None:
    def noted(work: Work) -> None:
        values = {"status": status, "error": error[:MESSAGE],
                  "delivered_at": naive(work.now) if not error else None}
        WebhookDelivery.update(**values).where(WebhookDelivery.id == message.id).execute()

    job.write(noted)


def _owner_may_know(job: RunningJob, hook: Webhook, message: WebhookDelivery) -> bool:
    entity = job.site.registry.entities.get(message.entity)
    owner = hook.owner
    if entity is None or owner is None or not owner.active:
        return False
    held = fetch(job.site.database, RoleAssignment,
                 '"user_id" = ? AND ("in_company_id" = ? OR "in_company_id" IS NULL)', [owner.id, job.company.id])
    actor = Actor(user=owner.id, name=owner.name, roles=frozenset(each.role for each in held), via="webhook",
                  company=job.company.id, today=job.site.today(job.company))
    return message.record in visible_ids(job.site, actor, job.company, entity, [message.record])
