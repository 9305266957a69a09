"""What the newsletter announces to whoever keeps something of its own about a reader. Bells only, no handlers."""

from django.dispatch import Signal

# Sent after the commit with `address=`, as mail was sent to it: delete every copy you hold.
subscriber_erased = Signal()
