"""What leaves the transaction: jobs to look at, mail, webhooks, notifications, reports by mail."""
from ...entities.declarations import Action, Entity, Grant, Role, Transition
from ...jobs.declarations import LongJob
from ...jobs.models import JobRecord
from ...languages import lazy_gettext as _
from ...plugin import BeforeCommit, Check, InTransaction, Plugin, Route, Service, changed, created, disclosed, erased
from .erasing import disclose, forget
from .mail import Attachment, Mail, MailAttachment, send, send_mail
from .notifications import NOTIFICATION_MAIL, Notification, mark_read, notify, own
from .progress import progress_of
from .queue_actions import again, lost_jobs, mine, set_aside
from .report_mails import (
    EVERY_MORNING,
    REPORT_MAIL,
    ReportMail,
    begin_report_mail,
    check_report_mail,
    own_report_mails,
    send_reports,
)
from .templates import send_specimen, send_template, send_test_mail
from .webhooks import Webhook, WebhookDelivery, begin, deliver, queue_messages, rotate, set_secret, webhook_rules

__all__ = ["Attachment", "plugin"]

plugin = Plugin(
    "delivery",
    label=_("Mail and webhooks"),
    description=_("Jobs, mail, webhooks, notifications and reports by mail"),
    entities=[
        Entity("delivery.job", JobRecord, label=_("Job"), plural=_("Jobs"), writable=False, order=[-JobRecord.id],
               columns=[JobRecord.name, JobRecord.state, JobRecord.done, JobRecord.total, JobRecord.message,
                        JobRecord.attempts, JobRecord.run_at, JobRecord.requested_by],
               undone=["failed", "parked", "cancelled"],
               hidden=[JobRecord.worker, JobRecord.lease_until, JobRecord.lane, JobRecord.key],
               actions=[Transition("retry", ("parked", "failed", "cancelled"), "queued", again, label=_("Try again")),
                        Transition("cancel", ("queued", "running"), "cancelled", set_aside, label=_("Cancel"),
                                   confirm=True),
                        Transition("discard", ("parked", "failed"), "cancelled", set_aside, label=_("Discard"),
                                   confirm=True)]),
        Entity("delivery.mail", Mail, label=_("Mail"), plural=_("Mails"), path="mails", writable=False,
               order=[-Mail.id], columns=[Mail.to, Mail.subject, Mail.created_at, Mail.sent_at, Mail.job],
               hidden=[Mail.text, Mail.html]),
        Entity("delivery.webhook", Webhook, title=Webhook.name, label=_("Webhook"), plural=_("Webhooks"),
               columns=[Webhook.name, Webhook.url, Webhook.events, Webhook.owner, Webhook.active],
               hidden=[Webhook.secret], search=[Webhook.name, Webhook.url], rules=[webhook_rules],
               actions=[Action("set-secret", set_secret, label=_("Set the secret"), permission="update")]),
        Entity("delivery.webhook-delivery", WebhookDelivery, label=_("Message of a webhook"),
               plural=_("Messages of webhooks"), path="webhook-deliveries", writable=False, order=[-WebhookDelivery.id],
               columns=[WebhookDelivery.webhook, WebhookDelivery.entity, WebhookDelivery.record, WebhookDelivery.action,
                        WebhookDelivery.created_at, WebhookDelivery.status, WebhookDelivery.error,
                        WebhookDelivery.delivered_at]),
        Entity("delivery.notification", Notification, label=_("Notification"), plural=_("Notifications"),
               writable=False, order=[-Notification.id],
               columns=[Notification.subject, Notification.created_at, Notification.read_at],
               actions=[Action("mark-read", mark_read, label=_("Mark as read"))]),
        Entity("delivery.report-mail", ReportMail, label=_("Report by mail"), plural=_("Reports by mail"),
               order=[ReportMail.report, ReportMail.id],
               columns=[ReportMail.report, ReportMail.parameters, ReportMail.every, ReportMail.format,
                        ReportMail.next_on, ReportMail.sent_at, ReportMail.owner],
               readonly=[ReportMail.owner, ReportMail.next_on, ReportMail.sent_at, ReportMail.trouble]),
    ],
    tables=[MailAttachment],
    roles=[Role("delivery.own", [Grant("delivery.job", ["read", "cancel"], where=mine),
                                 Grant("delivery.job-progress", ["run"]),
                                 Grant("delivery.notification", ["read", "mark-read"], where=own),
                                 Grant("delivery.report-mail", ["read", "create", "update", "delete"],
                                       where=own_report_mails)],
                label=_("Own jobs, notifications and reports by mail"), everyone=True)],
    routes=[Route("rotate-secret", rotate, permission="delivery.webhook", verb="update", methods=["POST"]),
            Route("test-mail", send_test_mail, permission="delivery.test-mail", methods=["POST"]),
            Route("jobs/<int:job>/progress", progress_of, permission="delivery.job-progress")],
    services=[Service("mail.send/1", send), Service("mail.send-template/1", send_template),
              Service("mail.send-specimen/1", send_specimen),
              Service("user.notify/1", notify)],
    mails=[REPORT_MAIL, NOTIFICATION_MAIL],
    subscribers=[InTransaction(created(Webhook), begin), InTransaction(disclosed, disclose),
                 InTransaction(erased, forget), BeforeCommit(queue_messages),
                 InTransaction(created(ReportMail), begin_report_mail),
                 InTransaction(changed(ReportMail), check_report_mail)],
    jobs=[LongJob("delivery.send-mail", send_mail, label=_("Send a mail"), attempts=12),
          LongJob("delivery.send-reports", send_reports, label=_("Send the reports of the day"),
                  schedule=EVERY_MORNING, priority="background"),
          LongJob("delivery.webhook", deliver, label=_("Tell a webhook"), attempts=14)],
    checks=[Check("jobs", lost_jobs)],
)
