"""The newsletter at the desk: every page looks, and writes through a verb. Rules live in newsletter/verbs."""

from newsletter.admin import records, subscribers

__all__ = ["records", "subscribers"]
