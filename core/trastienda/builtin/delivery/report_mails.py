"""Reports that people have sent to themselves: each day, each Monday, each first of a month."""
from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl

import peewee

from ...entities.parameters import load_parameters, parameters_of
from ...errors import Forbidden, Invalid, NotFound, Refusal
from ...isolation import PluginFailed
from ...jobs.queue import naive
from ...jobs.running import RunningJob
from ...languages import gettext, lazy_gettext, speaking
from ...mails import MailTemplate
from ...placeholders import Placeholder
from ...reports.periods import with_period
from ...reports.run import find_report, render, run_report
from ...reports.table import to_csv
from ...security.actor import Actor
from ...storage.fields import ChoiceField
from ...storage.models import Record, User
from ...storage.rows import tuples
from ...work import Work
from .mail import Attachment
from .notifications import notify
from .templates import send_template

#: In the company's time zone, before people come in.
EVERY_MORNING = "0 6 * * *"
TYPES = {"pdf": "application/pdf", "csv": "text/csv",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
REPORT_MAIL = MailTemplate(
    "delivery.report", "{report} · {company}", lazy_gettext("{report} of {company} is attached."),
    label=lazy_gettext("Report by mail"),
    values=[Placeholder("report", label=lazy_gettext("the report's title"), sample=lazy_gettext("Trial balance")),
            Placeholder("name", label=lazy_gettext("the name of who gets it"), sample="Ana")])
#: What of a report's address belongs to its page.
OF_A_PAGE = ("run", "compare")


class ReportMail(Record):
    """One user's wish; he gets what he may see on the day it is sent."""

    owner = peewee.ForeignKeyField(User, null=True, on_delete="CASCADE", verbose_name="Owner")
    report = peewee.CharField(120, verbose_name="Report", help_text="Its name, such as accounting.trial-balance")
    parameters = peewee.TextField(default="", verbose_name="Parameters",
                                  help_text="As in the report's address: period=last-month&level=2")
    every = ChoiceField("day", "week", "month", default="month", verbose_name="Every",
                        help_text="A week's first day is Monday, a month's the first")
    format = ChoiceField("pdf", "xlsx", "csv", default="pdf", verbose_name="As")
    next_on = peewee.DateField(null=True, verbose_name="Next on")
    sent_at = peewee.DateTimeField(null=True, verbose_name="Last sent")
    trouble = peewee.TextField(default="", verbose_name="What went wrong last")

    class Meta:
        table_name = "delivery_report_mail"
        indexes = ((("company", "next_on"), False),)


def own_report_mails(actor: Actor) -> peewee.Node:
    """Those that go to the actor."""
    return ReportMail.owner == (actor.user or 0)


def next_day(every: str, after: date) -> date:
    """The first day after this one on which it is sent."""
    if every == "week":
        return after + timedelta(days=7 - after.weekday())
    if every == "month":
        return (after.replace(day=1) + timedelta(days=32)).replace(day=1)
    return after + timedelta(days=1)


# -- what can be asked for
def begin_report_mail(work: Work, wish: ReportMail) -> None:
    """A new one is its maker's."""
    wish.__data__["owner"] = work.actor.user
    check_report_mail(work, wish)
    work.flush()


def check_report_mail(work: Work, wish: ReportMail) -> None:
    """Raises Invalid for a report that nobody like its asker may run, and for an owner without an address."""
    if work.actor.user is None:  # the job, which only says when it was sent
        return
    owner = User.get_or_none(User.id == (wish.__data__["owner"] or 0))
    if owner is None or not owner.email:
        raise Invalid({"owner": [gettext("Your user has no e-mail address that it could be sent to.")]})
    if wish.report not in work.site.registry.reports or not work.site.permissions.of(work.actor, wish.report, "run"):
        raise Invalid({"report": [gettext("There is no such report for you.")]})
    if wish.format != "csv" and wish.format not in work.site.registry.formats:
        raise Invalid({"format": [gettext("This format is not installed.")]})
    try:
        load_parameters(work, find_report(work.site, wish.report).run, _given(work, wish))
    except Invalid as error:
        texts = [f"{name}: {text}" for name, found in error.errors.items() for text in found]
        raise Invalid({"parameters": texts}) from error
    wish.next_on = next_day(wish.every, work.today)


def _given(work: Work, wish: ReportMail) -> dict[str, Any]:
    """The parameters of this day, a named period meaning the one around it."""
    report = find_report(work.site, wish.report)
    given = with_period(report, dict(parse_qsl(wish.parameters)), work.today)
    kinds = {each.name: each.kind for each in parameters_of(report.run)}
    return {name: text == "true" if kinds.get(name) == "boolean" else text
            for name, text in given.items() if name not in OF_A_PAGE and name != "period"}


# -- sending
def send_reports(job: RunningJob) -> str:
    """The job: each that is due is sent once for its day, however late the worker comes to it."""
    today = job.site.today(job.company)
    query = ReportMail.select(ReportMail.id).where(ReportMail.company == job.company.id, ReportMail.next_on <= today)
    ids = [identity for (identity,) in tuples(query.order_by(ReportMail.id))]
    for done, identity in enumerate(ids, 1):
        _send_one(job, identity, today)
        job.progress(done, len(ids))
    return str(len(ids))


def _send_one(job: RunningJob, identity: int, today: date) -> None:
    wish = ReportMail.get_or_none(ReportMail.id == identity)
    if wish is None:
        return
    language = _owner(wish).language or job.company.language
    with speaking(language):
        try:
            made, trouble = _made(job, wish, language), ""
        except (Forbidden, NotFound, Invalid, Refusal, PluginFailed) as error:
            made, trouble = None, str(error)
        job.write(lambda work: _settle(work, identity, made, trouble, today))


def _made(job: RunningJob, wish: ReportMail, language: str) -> tuple[str, Attachment]:
    """The report's title, and the file; with the rights that its owner has by now."""
    owner = _owner(wish)
    if not owner.active:
        raise Forbidden(gettext("The user %(name)s is no longer active", name=owner.name))
    actor = job.site.actor(owner, job.company, via=f"job {job.name}")
    given = _given(job.site.work(actor, job.company), wish)
    table = run_report(job.site, actor, job.company, wish.report, given, headed=wish.format != "csv")
    content = to_csv(table) if wish.format == "csv" else render(job.site, table, wish.format, language)
    day = table.generated_at.date().isoformat()
    return table.title, Attachment(f"{wish.report} {day}.{wish.format}", TYPES[wish.format], content)


def _settle(work: Work, identity: int, made: tuple[str, Attachment] | None, trouble: str, today: date) -> None:
    """The mail and the next day in one transaction; what could not be sent is told to its owner."""
    found = work.lock_many(ReportMail, [identity])
    if not found or found[0].next_on is None or found[0].next_on > today:
        return
    (wish,) = found
    wish.next_on, wish.trouble = next_day(wish.every, today), trouble
    owner = _owner(wish)
    if made is not None and owner.email:
        title, file = made
        send_template(work, REPORT_MAIL.name, to=owner.email, language=owner.language, attachments=[file],
                      values={"report": title, "name": owner.full_name or owner.name})
        wish.sent_at = naive(work.now)
        return
    subject = gettext("A report could not be sent: %(report)s", report=wish.report)[:200]
    notify(work, user=owner, subject=subject, text=trouble, record=wish)


def _owner(wish: ReportMail) -> User:
    """Whoever has one: it is set in the transaction that makes it, and goes with its user."""
    assert wish.owner is not None
    return wish.owner
