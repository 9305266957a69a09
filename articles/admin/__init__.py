"""The articles app at the desk: every page looks, and writes through a verb. Rules live in articles/verbs."""

from articles.admin import accounts, articles, people, records

__all__ = ["accounts", "articles", "people", "records"]
