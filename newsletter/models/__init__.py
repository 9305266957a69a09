"""Every table of the newsletter, one import for all."""

from newsletter.models.deliveries import BounceDay, Delivery, InboundEvent, IssueZone, ReceivingDomain
from newsletter.models.issues import Issue, IssueEvent, IssueLine, IssueText, Rendition, Revision, Telling
from newsletter.models.subscribers import ConsentEvent, Knock, Subscriber, SubscriberExport, Suppression

__all__ = [
    "BounceDay",
    "ConsentEvent",
    "Delivery",
    "InboundEvent",
    "Issue",
    "IssueEvent",
    "IssueLine",
    "IssueText",
    "IssueZone",
    "Knock",
    "ReceivingDomain",
    "Rendition",
    "Revision",
    "Subscriber",
    "SubscriberExport",
    "Suppression",
    "Telling",
]
