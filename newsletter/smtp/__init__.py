"""An SMTP client that knows in which phase a message broke, since only that says whether it may be sent again.

What an outcome means for a reader, when to try again and how fast to go is decided in newsletter/verbs/.
"""

from newsletter.smtp.connection import Connection, Outcome, Phase, Relay, Result, Unavailable

__all__ = ["Connection", "Outcome", "Phase", "Relay", "Result", "Unavailable"]
