"""The newsletter at the desk: every page looks, and writes through a verb. Rules live in newsletter/verbs."""

from newsletter.admin import issues, records, subscribers

__all__ = ["issues", "records", "subscribers"]
