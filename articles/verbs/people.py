"""Writing what articles stand on: the people they name and the hubs they are found under."""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from articles.models import Article, Person, Topic
from articles.verbs import drafting, trail
from config.rights import Action, require


@transaction.atomic
def save_person(person: Person, *, by: User, now: datetime) -> Person:
    """Write a person. What a byline shows of them is in manifests, so every article naming them is touched by `by`.

    Raises PermissionDenied, ValidationError.
    """
    require(by, Action.EDIT_ANY_DRAFT)
    before = None if person.pk is None else trail.person_fingerprint(Person.objects.get(pk=person.pk))
    person.full_clean()
    person.save()
    if before is not None and before != trail.person_fingerprint(person):
        for article in Article.objects.filter(bylines__person=person).select_related("topic"):
            drafting.touched(article, by=by, now=now)
    return person


@transaction.atomic
def save_topic(topic: Topic, *, by: User) -> Topic:
    """Write a hub. Its code never changes, for claims and manifests carry it.

    Raises PermissionDenied, ValidationError.
    """
    require(by, Action.EDIT_ANY_DRAFT)
    if topic.pk is not None and not Topic.objects.filter(pk=topic.pk, code=topic.code).exists():
        raise ValidationError(
            {"code": _("Claims carry this code, so it stays. Change the title or the address.")}
        )
    topic.full_clean()
    topic.save()
    return topic
