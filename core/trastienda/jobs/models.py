"""The queue's one table: the row is the truth about a job, whoever runs it."""
from __future__ import annotations

import peewee

from ..storage.fields import ChoiceField, StateField
from ..storage.models import Record, User


class JobRecord(Record):
    """A job that was asked for, a scheduled one, or (with `event`) a subscriber's share of an event.

    Written in the transaction that wants it, so it is there if and only if that was committed. `worker` names the
    one attempt that may finish it, until `lease_until`. Jobs of one `lane` run one after another, as they came.
    """

    name = peewee.CharField(120, verbose_name="Name")
    event = peewee.CharField(160, null=True, verbose_name="Event", help_text="What a subscriber is told of")
    state = StateField("queued", "running", "done", "failed", "parked", "cancelled", verbose_name="State", index=False)
    parameters = peewee.TextField(default="{}", verbose_name="Parameters", help_text="A JSON object")
    key = peewee.CharField(200, null=True, help_text="Asked for twice with one key, it is there once")
    lane = peewee.CharField(200, null=True)
    scheduled = peewee.BooleanField(default=False, verbose_name="Scheduled", help_text="Queued again when it ends")
    priority = ChoiceField("interactive", "normal", "background", default="normal", verbose_name="Priority")
    run_at = peewee.DateTimeField(verbose_name="Not before")
    attempts = peewee.IntegerField(default=0, verbose_name="Attempts")
    done = peewee.BigIntegerField(default=0, verbose_name="Done so far")
    total = peewee.BigIntegerField(null=True, verbose_name="Of")
    message = peewee.TextField(default="", verbose_name="Message")
    result = peewee.TextField(null=True, verbose_name="Result", help_text="JSON")
    requested_by = peewee.ForeignKeyField(User, null=True, on_delete="SET NULL", verbose_name="Requested by")
    created_at = peewee.DateTimeField(verbose_name="Created at")
    started_at = peewee.DateTimeField(null=True, verbose_name="Started at")
    ended_at = peewee.DateTimeField(null=True, verbose_name="Ended at")
    worker = peewee.CharField(40, null=True)
    lease_until = peewee.DateTimeField(null=True)

    class Meta:
        table_name = "core_job"
        indexes = ((("state", "run_at"), False), (("company", "name", "key"), True), (("lane", "id"), False))
