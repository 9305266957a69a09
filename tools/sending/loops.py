"""`python -m tools.sending.loops bare|django PORT NUMBER`: the loops that sending is measured against.

`bare` is smtplib over one reused connection, `django` is Django's own backend over one connection; both send the very
bytes of an issue's first rendition, filled for each reader by the stencil (bare) or parsed once (Django).
"""

import argparse
import os
import smtplib
import time
from email import message_from_bytes, policy
from email.utils import format_datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from newsletter.messages import Stencil, render  # noqa: E402
from newsletter.sundays import next_sunday  # noqa: E402
from tools.sending import ground  # noqa: E402


def messages(number: int) -> list[tuple[str, bytes]]:
    """Return recipients and the bytes for each, made before the clock starts."""
    made = render(ground.content("en", sunday=next_sunday(timezone.now())), plain=False)
    stencil, date = Stencil(made.wire, made.followed), format_datetime(timezone.now())
    return [
        (
            f"reader-{at:07d}@domain-{at % 50:02d}.example",
            stencil.fill(
                to=f"reader-{at:07d}@domain-{at % 50:02d}.example",
                date=date,
                message_id=f"<{at}@x>",
                subscriber_id=at,
            ),
        )
        for at in range(number)
    ]


def bare(port: int, number: int) -> float:
    """Send with smtplib alone; messages a second."""
    ready = messages(number)
    with smtplib.SMTP("127.0.0.1", port) as relay:
        start = time.perf_counter()
        for to, wire in ready:
            relay.sendmail("bounce@wellness-radar.example", [to], wire)
        return number / (time.perf_counter() - start)


def through_django(port: int, number: int) -> float:
    """Send with Django's backend, one EmailMultiAlternatives a reader; messages a second."""
    to, wire = messages(1)[0]
    parsed = message_from_bytes(wire, policy=policy.default)
    text, html = (parsed.get_body((kind,)) for kind in ("plain", "html"))
    plain, rich = (str(part.get_content()) if part else "" for part in (text, html))
    relay = get_connection("django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port)
    start = time.perf_counter()
    relay.open()
    for _at in range(number):
        message = EmailMultiAlternatives("Subject", plain, to=[to], connection=relay)
        message.attach_alternative(rich, "text/html")
        message.send()
    relay.close()
    return number / (time.perf_counter() - start)


def main() -> None:
    """Run one loop and print its figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("loop", choices=["bare", "django"])
    parser.add_argument("port", type=int)
    parser.add_argument("number", type=int)
    given = parser.parse_args()
    print((bare if given.loop == "bare" else through_django)(given.port, given.number))


if __name__ == "__main__":
    main()
