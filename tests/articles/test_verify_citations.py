"""`manage.py verify_citations`: what an article, a claim, or everything cites, checked now and said plainly."""

import json
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from evidence.models import Study
from evidence.sources.records import Author
from tests import factories
from tests.evidence.recorded_answers import asked_here, nobody_answers

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, str]:
    """Run the command against the recorded server; its exit code and what it printed."""
    out = StringIO()
    try:
        with asked_here():
            call_command("verify_citations", *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def zhou(now: datetime) -> Study:
    return factories.announced("30108163", now=now)


def test_everything_is_checked_and_counted(zhou: Study) -> None:
    code, said = run("--all")
    assert code == 0
    assert "zhou2019" in said
    assert "Matches (recorded reply, not asked of PubMed)" in said
    assert "1 works checked, 0 of them not in order." in said


def test_what_differs_is_named_with_both_values_and_fails(zhou: Study, now: datetime) -> None:
    factories.cited_as(zhou, now=now, authors=(Author(family="Achamrah"),))
    code, said = run("--all")
    assert code == 1
    assert "first author: cited “Achamrah”, record “Zhou”" in said


def test_a_claim_and_an_article_are_scopes_of_their_own(now: datetime) -> None:
    factories.published_article(now=now)
    factories.announced("39397201", now=now)
    claim = Study.objects.get(citekey="zhou2019").claims.get()
    for scope in (("--claim", claim.slug), ("--article", "l-glutamine")):
        _code, said = run(*scope)
        assert "zhou2019" in said
        assert "abbasi" not in said


def test_each_line_of_json_is_one_work_with_all_that_was_compared(zhou: Study) -> None:
    code, said = run("--all", "--json")
    (line,) = said.splitlines()
    told = json.loads(line)
    assert code == 0
    assert (told["study"], told["outcome"], told["recorded"]) == ("zhou2019", "verified", True)
    assert told["said"] == {"pubmed": "current", "crossref": "current"}


def test_a_network_that_is_down_is_no_success(zhou: Study) -> None:
    out = StringIO()
    with nobody_answers(), pytest.raises(SystemExit):
        call_command("verify_citations", "--all", stdout=out)
    assert "PubMed did not answer: refused" in out.getvalue()
    assert Study.objects.get().outcome == "not_yet_checked"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--article", "nowhere"), "No article has the address “nowhere”."),
        (("--claim", "nothing"), "No claim has the address “nothing”."),
        (("--all", "--by", "nobody"), "Nobody signs in as “nobody”."),
    ],
)
def test_what_is_unknown_is_said_by_name(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("verify_citations", *arguments)


def test_whoever_may_not_check_is_refused(zhou: Study) -> None:
    factories.desk()
    with asked_here(), pytest.raises(CommandError, match="may not add study"):
        call_command("verify_citations", "--all", "--by", "translator")
