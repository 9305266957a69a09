"""Part of `make bench`: 30,000 records of PubMed's through preview and import, beside a bare pass over the same file.

Each runs in a process of its own, whose largest memory is the figure. The file is made from the bulk file beside the
project by renumbering it, or from the demonstration's records where that is absent.
"""

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BULK = ROOT.parent / "shared" / "data" / "bulk" / "pubmed21n1298_A.xml.gz"
RECORDS = 30_000
# Copies of a record are told apart by their numbers; PMIDs have eight digits at the most.
STEP = 6_500_000


def main() -> None:
    """Make the file, run each way in its own process, and print seconds and memory beside each other."""
    with tempfile.TemporaryDirectory(prefix="wellness-import-") as folder:
        file = Path(folder) / "records.xml.gz"
        count = write_file(file)
        ours, bare = (_child(way, file) for way in ("ours", "bare"))
    print(
        f"import {count} records: preview {ours['preview']:.1f} s, import {ours['import']:.1f} s,"
        f" the same again {ours['again']:.1f} s, at most {ours['megabytes']:.0f} MB   "
        f"bare lxml iterparse and bulk_create {bare['import']:.1f} s, {bare['megabytes']:.0f} MB"
        f"   x {(ours['preview'] + ours['import']) / bare['import']:.1f}"
    )


def write_file(file: Path) -> int:
    """Write records under numbers of their own, 30,000 if the source allows; return how many."""
    texts = list(_texts())
    copies = min(10, max(1, RECORDS // len(texts)))
    with gzip.open(file, "wt", encoding="utf-8", compresslevel=1) as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>\n')
        for copy in range(copies):
            out.writelines(_renumbered(text, copy) for text in texts)
        out.write("</PubmedArticleSet>\n")
    return copies * len(texts)


def _texts() -> Iterator[str]:
    if BULK.exists():
        whole = gzip.decompress(BULK.read_bytes()).decode()
    else:
        files = sorted((ROOT / "articles/demonstration/pubmed").glob("*.xml"))
        whole = "".join(file.read_text(encoding="utf-8") for file in files)
    yield from re.findall(r"<PubmedArticle>.*?</PubmedArticle>\s*", whole, re.DOTALL)


def _renumbered(text: str, copy: int) -> str:
    def higher(found: re.Match[str]) -> str:
        return f"{found[1]}{int(found[2]) + copy * STEP}<"

    text = re.sub(
        r'(<PMID[^>]*>|<ArticleId IdType="pubmed">|<ArticleId IdType="pmc">PMC)(\d+)<', higher, text
    )
    return re.sub(r'(IdType="doi"[^>]*>)([^<]+)<', rf"\1\2.{copy}<", text)


def _child(way: str, file: Path) -> dict[str, float]:
    folder = file.parent / way
    folder.mkdir()
    environment = {
        **os.environ,
        "EMBEDDED": "1",
        "VAR_DIR": str(folder),
        "CELERY_BROKER_URL": "memory://",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    answer = subprocess.run(
        [sys.executable, "-m", "tools.bench_import_child", way, str(file)],
        cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
