"""The demonstration's news of its week: a claim read again and graded lower, and the article that says so."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from articles.demonstration import claims, writing
from articles.models import Article
from articles.verbs import drafting
from evidence.models import Claim, GradeSnapshot
from evidence.verbs import texts

# Coded at nine in the morning, approved at eleven the next day, and the article follows at three.
TAKES = timedelta(hours=39)
Users = Mapping[str, User]
Table = dict[str, Any]


def make(claim_table: Table, edition_table: Table, users: Users, *, now: datetime) -> str:
    """Grade the claim, grade it again as late as yesterday, and renew its article; say so, or nothing if it is done."""
    claim = claims.load_claim(claim_table, users)
    if GradeSnapshot.objects.published().filter(claim=claim).count() > 1:
        return ""
    claims.grade_as_coded(claim, claim_table, 0, users)
    day = (now - TAKES).date()
    first, again = claim_table["coding"]
    for language, words in claim_table["later"].items():
        author = users[writing.DRAFTERS[language].username]
        said = {name: words[name].strip() for name in texts.FIELDS}
        texts.write(claim, language, by=author, now=claims.morning(day, 8), **said)
    dated = claim_table | {"coding": [first, again | {"coded_on": day}]}
    claims.grade_as_coded(claim, dated, 1, users)
    at = claims.morning(day, 15) + timedelta(days=1)
    renewed = sum(_renew(edition_table, claim, language, users, now=at) for language in writing.DRAFTERS)
    return f"{claim.slug}: graded and graded again, {renewed} editions renewed"


def _renew(table: Table, claim: Claim, language: str, users: Users, *, now: datetime) -> bool:
    """Add a section and the claim to the published article; let one be that somebody is at work on, or has rewritten."""
    words = table[language]
    article = Article.objects.get(slug=table["slug"], language=language)
    if article.state != Article.State.PUBLISHED or words["before"] not in article.body:
        return False
    article.body = article.body.replace(words["before"], f"{words['section'].strip()}\n\n{words['before']}")
    drafting.save(
        article,
        by=users[writing.DRAFTERS[language].username],
        now=now - timedelta(hours=5),
        claims=[*(link.claim for link in article.claim_links.order_by("order")), claim],
    )
    writing.renew(article, users, now=now, note=words["note"])
    return True
