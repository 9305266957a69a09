"""`manage.py check_email_dns`: say what DNS lacks for the brief to be believed and its bounces to come back.

What is looked at stands in newsletter/email_dns/; here it is asked for and printed.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from dns.resolver import NoResolverConfiguration, Resolver

from newsletter.email_dns import bouncing, dkim, dmarc, spf
from newsletter.email_dns.asking import Asker, Finding, Unanswered, Weight, note

PATIENCE = 10  # seconds for one answer


class Command(BaseCommand):
    help = (
        "Say in plain sentences what SPF, DKIM and DMARC lack for the domain of NEWSLETTER_FROM and the domain "
        "bounces return to. Ends with 1 when something lacks or could not be looked up."
    )
    stealth_options = ("resolver",)
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what DNS cannot tell."""
        parser.add_argument(
            "--selector",
            action="append",
            default=[],
            help="The selector the relay signs with (DKIM's “s=”). Give it again for each.",
        )
        parser.add_argument(
            "--relay",
            action="append",
            default=[],
            help="A host, a network address or an include that SPF must name. Give it again for each.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look at everything, print it under headings, and fail if anything lacks."""
        asker = Asker(options.get("resolver") or _resolver())
        missing = 0
        try:
            for heading, findings in _sections(asker, options["selector"], options["relay"]):
                self.stdout.write(self.style.MIGRATE_HEADING(heading))
                missing += sum(self._tell(finding) for finding in findings)
        except Unanswered as reason:
            raise CommandError(f"{reason} Nothing follows from that. Try again later.") from reason
        if missing:
            raise CommandError(f"{missing} to mend: each line marked “lacks” says how.")
        self.stdout.write(self.style.SUCCESS("Nothing lacks."))

    def _tell(self, finding: Finding) -> bool:
        style = {Weight.LACKS: self.style.ERROR, Weight.NOTE: self.style.WARNING}.get(finding.weight, str)
        self.stdout.write(f"  {style(f'{finding.weight.value:5}')}  {finding.text}")
        return finding.weight is Weight.LACKS


def _resolver() -> Resolver:
    try:
        resolver = Resolver()
    except NoResolverConfiguration as reason:
        raise CommandError(
            "This machine names no DNS server (/etc/resolv.conf), so nothing can be asked."
        ) from reason
    resolver.lifetime = PATIENCE
    return resolver


def _sections(
    asker: Asker, selectors: list[str], relays: list[str]
) -> Iterator[tuple[str, Iterable[Finding]]]:
    sender, bounces = settings.NEWSLETTER_DOMAIN.lower(), settings.NEWSLETTER_BOUNCE_DOMAIN.lower()
    # Letters that are not the brief go out under the sender's own domain.
    senders = dict.fromkeys((sender, bounces))
    found = [finding for domain in senders for finding in spf.examine(domain, relays, asker)]
    if not relays:
        found.append(note("Whether SPF lets the relay send was not looked at: give --relay."))
    yield "SPF: who may send", found
    keys = dkim.examine(sender, selectors, asker)
    yield "DKIM: who signed", keys
    signed = any(finding.weight is Weight.FINE for finding in keys)
    yield (
        "DMARC: what readers' mail services do with the rest",
        dmarc.examine(sender, bounces, asker, signed=signed),
    )
    yield "Bounces: the way back", bouncing.examine(bounces, asker)
