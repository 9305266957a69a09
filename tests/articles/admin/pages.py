"""An article's pages as tests of the desk use them: their addresses, saving the form, taking a step. No promises here."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles.models import Article
from tests.admin_pages import form_of, signed_in


def change_url(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def step_url(article: Article, name: str) -> str:
    return reverse("admin:articles_article_step", args=[article.pk, name])


def take(user: User, article: Article, name: str, **typed: str) -> Any:
    client = signed_in(user)
    return client.post(step_url(article, name), form_of(client, step_url(article, name)) | typed)


def save(client: Client, article: Article, **typed: Any) -> Any:
    return client.post(change_url(article), form_of(client, change_url(article)) | typed)
