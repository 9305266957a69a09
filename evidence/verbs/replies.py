"""Keeping what services answered, byte for byte, once each. What an answer means is verification.py's."""

import zlib
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from evidence.models import RawReply
from evidence.sources.replies import Reply


def keep(replies: Iterable[Reply]) -> list[RawReply]:
    """Keep each reply unless its bytes are kept already, and return the rows."""
    return [_keep(reply) for reply in replies]


def body_of(row: RawReply) -> bytes:
    """Return the bytes as they came."""
    return zlib.decompress(row.body)


def _keep(reply: Reply) -> RawReply:
    same: QuerySet[RawReply] = RawReply.objects.filter(service=reply.service, sha256=reply.sha256)
    if (kept := same.first()) is not None:
        return kept
    row = RawReply(
        service=reply.service,
        url=reply.url,
        status=reply.status,
        sha256=reply.sha256,
        body=zlib.compress(reply.body, 6),
        recorded=reply.is_recorded,
        received_at=reply.received_at,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        # Another worker heard the same at the same time.
        return same.get()
    return row
