"""The bells this app rings. A bell is news, never truth: whoever hears it asks the database."""

from django.dispatch import Signal

grade_changed = Signal()
"""Sent on commit when a snapshot becomes current: sender GradeSnapshot, kwargs claim_id, snapshot_id."""
