"""What the tests of reading pages start from: an article in both languages, and ways to read a page."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from articles.models import Edition
from evidence.models import Claim, Study
from tests import factories

CHINESE: dict[str, Any] = {
    "slug": "fu-an-mian",
    "headline": "麩醯胺酸餵養腸壁",
    "dek": "看看一種白色粉末。",
    "description": "麩醯胺酸對腸道的作用。",
    "short_version": "一項試驗看到好處。[@zhou2019]",
    "body": "## 那項試驗\n\n試驗執行良好。[@zhou2019]",
    "verdict": "等待第二項試驗。",
    "disclosure": "沒有人付費。",
}
HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Site:
    """A hub, a graded claim, an article in English and its translation, both published."""

    claim: Claim
    study: Study
    english: Edition
    chinese: Edition


def published_site(now: datetime) -> Site:
    """Publish the article in both languages, each under its own address."""
    people = factories.desk()
    factories.named_person("demonstration-editor", user=people.editor, name="Edith Editor", credential="")
    work = factories.study(now=now - timedelta(days=3))
    claim = factories.graded_claim(now=now - timedelta(days=2), work=work)
    english = factories.published(factories.draft(now=now, claims=[claim]), now=now)
    translation = factories.draft(
        now=now, claims=[claim], language="zh-hant", translation_key=english.translation_key, **CHINESE
    )
    return Site(claim, work, english, factories.published(translation, now=now))


def read(client: Client, path: str) -> str:
    """Return a page that must be there."""
    response = client.get(path)
    assert response.status_code == 200, path
    return str(response.content.decode())


def visible(html: str) -> str:
    """Return a page's words without markup."""
    without_head = html.split("<body", 1)[-1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", without_head))


def in_language(html: str, lang: str) -> str:
    """Return a page without the elements that carry a `lang` of their own."""
    return re.sub(
        rf'<(\w+)[^>]*\blang="{lang}"[^>]*>.*?</\1>', "", html.split("<body", 1)[-1], flags=re.DOTALL
    )
