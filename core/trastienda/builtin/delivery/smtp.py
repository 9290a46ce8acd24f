"""Handing a message to the mail server, and what its answers mean."""
from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

from ...errors import Refusal
from ...jobs.declarations import TryAgain
from ...languages import gettext
from ...settings import Settings

#: Of each step of the conversation.
TIMEOUT_SECONDS = 20.0


class MailNotSetUp(Refusal):
    """The settings name no server or no sender, or would send the password in the clear."""


class MailRefused(Refusal):
    """The server will not take it, today or later."""


def transmit(settings: Settings, message: EmailMessage) -> str:
    """Send it; raises TryAgain for what may pass (4yz, no connection), MailRefused for what will not (5yz).

    Where STARTTLS or TLS is asked for, nothing goes without it or to a server whose certificate isn't good.
    """
    if not settings.mail_host or not settings.mail_from:
        raise MailNotSetUp(gettext("Set mail_host and mail_from"))
    if settings.mail_user and settings.mail_security == "none":
        raise MailNotSetUp(gettext("mail_security = none would send the password in the clear"))
    try:
        with _connected(settings) as server:
            if settings.mail_user:
                server.login(settings.mail_user, settings.mail_password or "")
            server.send_message(message)
            return f"accepted by {settings.mail_host}"
    except smtplib.SMTPRecipientsRefused as error:
        raise _meaning(next(iter(error.recipients.values()))) from error
    except smtplib.SMTPResponseException as error:
        raise _meaning((error.smtp_code, error.smtp_error)) from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailRefused(gettext("The server cannot do what is asked: %(error)s", error=error)) from error
    except ssl.SSLError as error:
        raise TryAgain(f"No safe connection: {error}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise TryAgain(f"{type(error).__name__}: {error}") from error


def _connected(settings: Settings) -> smtplib.SMTP:
    host, port = str(settings.mail_host), settings.mail_port
    context = ssl.create_default_context(cafile=str(settings.mail_ca_file) if settings.mail_ca_file else None)
    if settings.mail_security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    if settings.mail_security == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


def _meaning(answer: tuple[int, bytes | str]) -> TryAgain | MailRefused:
    code, text = answer
    words = f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
    return TryAgain(words) if 400 <= code < 500 or code == -1 else MailRefused(words)
