"""Which works an article's text cites: from the keys typed to studies. Numbering is the renderer's affair."""

from functools import cache

from articles.models import Article
from articles.rendering import CitedWork, CiteKey, Rendered, Source, render
from evidence.models import Study
from evidence.verbs import intake

SEGMENTS = ("short_version", "body", "open_questions", "verdict")


def source_of(article: Article) -> Source:
    """Return the article's segments in reading order, as the renderer takes them."""
    return Source(**{name: getattr(article, name) for name in SEGMENTS})


def render_article(article: Article) -> tuple[Rendered, dict[str, Study]]:
    """Render the working copy; returns what was rendered and the cited studies by their work id."""
    studies: dict[str, Study] = {}

    @cache
    def resolve(key: CiteKey) -> CitedWork | None:
        study = intake.find(key.kind, key.value)
        if study is None:
            return None
        studies[study.citekey] = study
        return CitedWork(work_id=study.citekey, label=str(study))

    return render(source_of(article), resolve, article.language), studies


def cited_studies(article: Article) -> list[Study]:
    """Return the studies cited in the text, in the order of their numbers."""
    rendered, studies = render_article(article)
    return [studies[reference.work_id] for reference in rendered.references]
