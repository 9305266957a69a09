"""Way (a): a PubMed record becomes a study, studies a graded claim, claims and text an article, and a reader reads it."""

import io
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import Client

from articles.verbs import drafting, publishing, trail, workflow
from evidence.models import Study
from evidence.sources.pubmed import parse_pubmed
from evidence.verbs import import_running, importing
from tests import factories

pytestmark = pytest.mark.django_db
ZHOU = Path(settings.BASE_DIR) / "articles" / "demonstration" / "pubmed" / "zhou2019.xml"


def test_from_a_pubmed_record_to_a_reader(now: datetime, client: Client, tmp_path: Path) -> None:
    desk = factories.desk()
    of = importing.begin(io.BytesIO(ZHOU.read_bytes()), name="zhou2019.xml", by=desk.writer, now=now)
    assert import_running.go_on(of.pk, clock=lambda: now) == "previewed"
    importing.confirm(of, by=desk.writer, now=now)
    assert import_running.go_on(of.pk, clock=lambda: now) == "done"
    zhou = Study.objects.get(citekey="zhou2019")
    factories.checked(zhou, factories.answered(parse_pubmed(ZHOU.read_bytes()).records[0]), now=now)

    claim = factories.claim("glutamine-eases-ibs", now=now)
    factories.cite(claim, zhou, now=now)
    factories.finding(claim, zhou, now=now)
    factories.beside(claim, now=now)
    factories.words(claim, now=now)
    snapshot = factories.approved(factories.proposed(claim, now=now), now=now + timedelta(hours=1))

    article = factories.draft(now=now + timedelta(hours=2), claims=[claim])
    workflow.submit(article, by=desk.writer, now=now)
    seen = trail.manifest_sha256(article)
    with pytest.raises(PermissionDenied):
        workflow.approve(article, by=desk.writer, now=now, seen=seen)
    workflow.approve(article, by=desk.editor, now=now, seen=seen)
    publishing.publish(article, by=desk.managing, now=now + timedelta(hours=3))

    page = client.get("/articles/l-glutamine/").content.decode()
    assert "Glutamine feeds the gut wall" in page
    assert "Glutamine eases symptoms." in page
    assert "Zhou Q" in page

    dossier = tmp_path / "dossier.json"
    dossier.write_bytes(client.get(f"/claims/{claim.slug}/grades/1/dossier.json").content)
    ran = subprocess.run(
        [sys.executable, "-m", "evidence.engine", str(dossier)],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.strip() == snapshot.verdict_json
    assert json.loads(ran.stdout)["reader_grade"] == "emerging"

    article.headline = "What nobody has approved"
    drafting.save(article, by=desk.writer, now=now + timedelta(days=1))
    assert "What nobody has approved" not in client.get("/articles/l-glutamine/").content.decode()
