"""Whether bounces find their way back (RFC 5321, 5.1; RFC 7505)."""

from newsletter.email_dns.asking import Asker, Finding, fine, lacks, note


def examine(domain: str, asker: Asker) -> list[Finding]:
    """Say whether a domain takes mail."""
    exchangers = asker.mx(domain)
    if exchangers == [""]:
        return [
            lacks(
                f"{domain} says that it takes no mail (null MX), so that bounces and unsubscribes are lost."
            )
        ]
    if not exchangers:
        if asker.addresses(domain):
            return [
                note(f"{domain} has no MX record; mail goes to the host of that name. Better name it in one.")
            ]
        return [
            lacks(
                f"{domain} has no MX record, so that bounces and unsubscribes are lost, and some receivers refuse "
                "mail whose sender cannot be answered. Point one at the host that runs newsletter_inbound."
            )
        ]
    lost = [host for host in exchangers if not asker.addresses(host)]
    gone = [
        lacks(f"{domain}: its mail exchanger {host} has no address. Correct the MX record.") for host in lost
    ]
    return gone or [fine(f"{domain} takes mail, at {', '.join(exchangers)}.")]
