"""One way through a file of PubMed's records, measured in a process of its own for bench_import.py.

Prints a line of JSON: seconds of each pass and the largest memory. Settings come through the environment.
"""

import gzip
import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import django
from lxml.etree import iterparse

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402 - models load after setup
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from config.rights import Role  # noqa: E402
from evidence.models import Study  # noqa: E402
from evidence.verbs import import_running, importing  # noqa: E402

BATCH = 200


def main(way: str, file: Path) -> None:
    """Go one way through the file, in a database of its own."""
    call_command("migrate", verbosity=0)
    seconds = _ours(file) if way == "ours" else _bare(file)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(seconds | {"megabytes": peak / 1024}))


def _ours(file: Path) -> dict[str, float]:
    by = User.objects.create_user("bench")
    by.groups.add(Group.objects.get_or_create(name=Role.WRITER.value)[0])
    seconds: dict[str, float] = {}
    for names in (("preview", "import"), ("again", "again-import")):
        with file.open("rb") as stream:
            of = importing.begin(stream, name=file.name, by=by, now=timezone.now())
        start = time.perf_counter()
        import_running.go_on(of.pk, clock=timezone.now)
        seconds[names[0]] = time.perf_counter() - start
        importing.confirm(of, by=by, now=timezone.now())
        start = time.perf_counter()
        import_running.go_on(of.pk, clock=timezone.now)
        seconds[names[1]] = time.perf_counter() - start
    seconds["again"] += seconds["again-import"]
    return seconds


def _bare(file: Path) -> dict[str, float]:
    start = time.perf_counter()
    waiting: dict[str, Study] = {}
    with gzip.open(file) as stream:
        for pmid, title in _elements(stream):
            waiting[pmid] = Study(citekey=f"pmid-{pmid}", pmid=pmid, title=title, added_at=timezone.now())
            if len(waiting) == BATCH:
                Study.objects.bulk_create(waiting.values(), ignore_conflicts=True)
                waiting = {}
    Study.objects.bulk_create(waiting.values(), ignore_conflicts=True)
    return {"import": time.perf_counter() - start}


def _elements(stream: gzip.GzipFile) -> Iterator[tuple[str, str]]:
    for _event, element in iterparse(stream, tag="PubmedArticle"):
        yield element.findtext("MedlineCitation/PMID"), element.findtext(".//ArticleTitle") or ""
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
