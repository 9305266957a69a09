"""The tables of the articles app, one module a subject. Rules that change them live in articles/verbs."""

from articles.models.articles import Article, ArticleClaim, ArticlePerson, Reference
from articles.models.editions import Edition, Release
from articles.models.events import ArticleEvent
from articles.models.people import Person
from articles.models.topics import Topic

__all__ = [
    "Article",
    "ArticleClaim",
    "ArticleEvent",
    "ArticlePerson",
    "Edition",
    "Person",
    "Reference",
    "Release",
    "Topic",
]
