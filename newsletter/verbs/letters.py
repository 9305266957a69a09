"""The few mails that are not the brief: one person, in one language, as text and as HTML. Decides nothing.

What is sent is templates/newsletter/emails/<name>.txt and .html; when it is sent is decided in subscription.py.
"""

from email.utils import make_msgid
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import loader
from django.urls import reverse
from django.utils import translation

log = structlog.get_logger(__name__)


def link(route: str, token: str, language: str) -> str:
    """Return the absolute address of a page that opens with a token, in a language."""
    with translation.override(language):
        return settings.SITE_URL.rstrip("/") + reverse(route, args=[token])


def send(name: str, *, to: str, language: str, **context: object) -> bool:
    """Send one letter; its first line of text is the subject. False, and a line in the log, where no relay takes it.

    The log names no address, nor the relay's words, which repeat it: logs outlive a reader's wish to be known.
    """
    values = {"site_url": settings.SITE_URL.rstrip("/"), **context}
    with translation.override(language):
        written = loader.render_to_string(f"newsletter/emails/{name}.txt", values)
        subject, _line, text = written.partition("\n")
        html = loader.render_to_string(f"newsletter/emails/{name}.html", {**values, "subject": subject})
    letter = EmailMultiAlternatives(
        subject=subject,
        body=text.lstrip("\n"),
        to=[to],
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": make_msgid(domain=settings.NEWSLETTER_DOMAIN),
        },
    )
    letter.attach_alternative(html, "text/html")
    try:
        letter.send()
    except (SMTPException, OSError) as reason:
        log.warning("letter not sent", letter=name, reason=type(reason).__name__)
        return False
    return True
