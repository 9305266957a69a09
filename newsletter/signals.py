"""What the newsletter announces: that a reader was erased, that a letter is due. Bells only, no handlers."""

from django.dispatch import Signal

# Sent after the commit with `address=`, as mail was sent to it: delete every copy you hold.
subscriber_erased = Signal()
# Sent after the commit with `letter=`, `subscriber_id=`, `language=` and `now=`: have verbs/subscription.py write it.
letter_due = Signal()
