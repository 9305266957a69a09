"""`make bench`: figures of this machine, each beside a baseline of the same run: ratios travel, seconds do not."""

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ["EMBEDDED"] = "1"
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="wellness-bench-")
os.environ["CELERY_BROKER_URL"] = "memory://"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from defusedxml import ElementTree  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, reset_queries  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import override_settings  # noqa: E402
from markdown_it import MarkdownIt  # noqa: E402

from articles.models import Article  # noqa: E402
from articles.verbs import citing  # noqa: E402
from evidence import engine  # noqa: E402
from evidence.sources.pubmed import parse_pubmed  # noqa: E402
from evidence.verbs import grading  # noqa: E402

PLAIN = override_settings(
    STORAGES={
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
)


def per_call(act: Callable[[], object], *, seconds: float = 1.0) -> float:
    """Return the mean milliseconds of one call, over about `seconds` after a warm-up."""
    act()
    calls, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        act()
        calls += 1
    return (time.perf_counter() - start) / calls * 1000


def row(name: str, ours: float, baseline_name: str, baseline: float) -> None:
    """Print one figure beside its baseline."""
    print(f"{name:<44} {ours:9.3f} ms   {baseline_name:<40} {baseline:9.3f} ms   x {ours / baseline:.1f}")


def bench_engine() -> float:
    """Grade every golden dossier, beside reading and writing the same JSON."""
    lines = (ROOT / "tests/data/vectors/engine.jsonl").read_text(encoding="utf-8").splitlines()
    raw = [json.dumps(json.loads(line)["dossier"]).encode() for line in lines]
    ours = per_call(
        lambda: [engine.verdict_line(engine.grade(engine.dossier_from_bytes(d))) for d in raw]
    ) / len(raw)
    bare = per_call(lambda: [json.dumps(json.loads(d)) for d in raw]) / len(raw)
    row("grade one dossier", ours, "json.loads + json.dumps", bare)
    return ours


def bench_pubmed() -> None:
    """Parse the demonstration's records, beside a bare pass of the XML parser."""
    files = [path.read_bytes() for path in sorted((ROOT / "articles/demonstration/pubmed").glob("*.xml"))]
    ours = per_call(lambda: [parse_pubmed(data) for data in files]) / len(files)
    bare = per_call(lambda: [ElementTree.fromstring(data) for data in files]) / len(files)
    row("read one PubMed record", ours, "defusedxml.fromstring", bare)


def bench_rendering() -> None:
    """Render the glutamine article with cites and directives, beside bare CommonMark."""
    article = Article.objects.get(slug="l-glutamine", language="en")
    text = "\n\n".join(getattr(article, name) for name in citing.SEGMENTS)
    markdown = MarkdownIt("commonmark").enable("table")
    row(
        "render the glutamine article",
        per_call(lambda: citing.render_article(article)),
        "markdown-it alone",
        per_call(lambda: markdown.render(text)),
    )


def bench_pages() -> None:
    """Serve pages in this process, beside /healthz, with their queries and the time of a 304."""
    client = Client()
    bare = per_call(lambda: client.get("/healthz"))
    for path in ("/", "/articles/l-glutamine/", "/claims/glutamine-for-gut-permeability/", "/how-we-grade/"):
        connection.force_debug_cursor = True
        reset_queries()
        answer = client.get(path)
        queries = len(connection.queries)
        connection.force_debug_cursor = False
        row(f"{path} ({queries} queries)", per_call(lambda path=path: client.get(path)), "/healthz", bare)  # type: ignore[misc]
        etag = answer.headers.get("ETag", "")
        unchanged = per_call(lambda path=path, etag=etag: client.get(path, headers={"if-none-match": etag}))  # type: ignore[misc]
        row("  the same, unchanged (304)", unchanged, "/healthz", bare)


def bench_replay(one_verdict: float) -> None:
    """Recompute every stored verdict of the demonstration."""
    count = grading.replay_all()
    row(
        f"replay one of {count} stored verdicts",
        per_call(grading.replay_all) / count,
        "grade one dossier",
        one_verdict,
    )


def main() -> None:
    """Load the demonstration into a folder of its own and measure."""
    call_command("migrate", verbosity=0)
    call_command("demo", verbosity=0)
    one_verdict = bench_engine()
    bench_pubmed()
    bench_rendering()
    with PLAIN:
        bench_pages()
    bench_replay(one_verdict)


if __name__ == "__main__":
    main()
