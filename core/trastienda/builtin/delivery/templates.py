"""Sending mails whose words are the company's own."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...errors import NotFound, Refusal
from ...languages import LANGUAGES, gettext, speaking
from ...mails import PAGE, MailTemplate, words_of, written
from ...storage.models import User
from ...work import Work
from .mail import Attachment, send


def send_template(work: Work, name: str, *, to: str, values: Mapping[str, str], language: str = "",
                  attachments: Sequence[Attachment] = ()) -> int:
    """Have a declared mail sent if and when this work is committed, in a language, by default the company's; its
    id."""
    template = work.site.registry.mails[name]
    spoken = language if language in LANGUAGES else work.company.language
    with speaking(spoken):
        words = written(template, words_of(work, template, spoken), {"company": work.company.name, **values})
    return send(work, to=to, subject=words.subject, text=words.text, attachments=attachments)


def send_specimen(work: Work, template: MailTemplate, language: str) -> str:
    """Send oneself a mail with invented values; the address."""
    user = User.get_or_none(User.id == (work.actor.user or 0))
    if user is None or not user.email:
        raise Refusal(gettext("Your user has no e-mail address that it could be sent to."))
    with speaking(language):
        values = {**template.samples(), "company": work.company.name}
    send_template(work, template.name, to=user.email, values=values, language=language)
    return str(user.email)


def send_test_mail(work: Work, *, mail: str, language: str = "") -> dict[str, str]:
    """Send oneself one of the mails with invented values, in the words that are set; the address."""
    template = work.site.registry.mails.get(mail)
    if template is None:
        raise NotFound(gettext("There is no mail %(name)s", name=mail))
    work.require(f"settings.{PAGE}.{mail}", "update")
    return {"to": send_specimen(work, template, language or work.company.language)}
