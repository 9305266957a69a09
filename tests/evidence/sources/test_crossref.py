"""A Crossref work becomes the same record a PubMed article does, and no answer is taken for what it is not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.sources.crossref import CrossrefAnswer, CrossrefProblem, read_answer, work_of
from evidence.sources.crossref_parts import initials_of
from evidence.sources.records import WorkRecord
from evidence.status import Status, status_of

DAY = {"date-parts": [[2024, 10, 13]]}
ARTICLE: dict[str, Any] = {
    "DOI": "10.1007/S00726-024-03420-7",
    "type": "journal-article",
    "title": ["Effects of <i>L</i>-glutamine &amp; gut\n  permeability."],
    "subtitle": ["a meta-analysis"],
    "author": [
        {"family": "Abbasi", "given": "Fatemeh", "ORCID": "http://orcid.org/0000-0001-2345-6789"},
        {"family": "Haghighat Lari", "given": "Mohammad-Mahdi", "affiliation": [{"name": "Isfahan"}]},
        {"name": "The Glutamine Group"},
        {"sequence": "additional"},
    ],
    "container-title": ["Amino Acids"],
    "short-container-title": ["Amino Acids"],
    "ISSN": ["1438-2199", "0939-4451"],
    "issn-type": [
        {"type": "electronic", "value": "1438-2199"},
        {"type": "print", "value": "0939-4451"},
    ],
    "volume": "56",
    "issue": "1",
    "article-number": "60",
    "published-online": DAY,
    "published-print": {"date-parts": [[2024, 12]]},
    "issued": DAY,
    "language": "en",
    "publisher": "Springer",
    "funder": [{"name": "NIH", "award": ["R01", "R02"]}, {"name": "VA"}],
    "clinical-trial-number": [
        {"clinical-trial-number": "nct00133978", "registry": "10.18810/clinical-trials-gov"}
    ],
    "abstract": "<jats:title>Abstract</jats:title><jats:sec><jats:title>Aims</jats:title><jats:p>To see if "
    "p &lt;0.05.</jats:p></jats:sec>",
    "reference-count": 41,
}


def record(**changes: Any) -> WorkRecord:
    return work_of({**ARTICLE, **changes})


def update(kind: str, doi: str = "10.1234/notice", **more: Any) -> dict[str, Any]:
    return {"DOI": doi, "type": kind, "label": kind.title(), "source": "publisher", "updated": DAY, **more}


def test_an_article_is_read_whole() -> None:
    work = record()
    assert (work.source, work.kind) == ("crossref", "article")
    assert (work.doi, work.doi_spelled) == ("10.1007/s00726-024-03420-7", "10.1007/S00726-024-03420-7")
    assert work.title == "Effects of L-glutamine & gut permeability: a meta-analysis"
    assert [(a.family, a.initials, a.collective) for a in work.authors] == [
        ("Abbasi", "F", ""),
        ("Haghighat Lari", "MM", ""),
        ("", "", "The Glutamine Group"),
    ]
    assert (work.authors[0].orcid, work.authors[1].affiliations) == ("0000-0001-2345-6789", ("Isfahan",))
    assert (work.journal.issn_print, work.journal.issn_electronic, work.journal.issn) == (
        "0939-4451",
        "1438-2199",
        "",
    )
    assert (work.volume, work.issue, work.article_number, work.year) == ("56", "1", "60", 2024)
    assert work.print_date is not None
    assert work.electronic_date is not None
    assert (work.print_date.iso, work.electronic_date.iso) == ("2024-12", "2024-10-13")
    assert (work.languages, work.reference_count) == (("eng",), 41)
    assert [(grant.agency, grant.number) for grant in work.grants] == [
        ("NIH", "R01"),
        ("NIH", "R02"),
        ("VA", ""),
    ]
    assert work.trial_registrations == ("NCT00133978",)
    assert [(part.label, part.text) for part in work.abstract] == [("Aims", "To see if p <0.05.")]
    assert work.remarks == ()
    assert WorkRecord.from_json(work.to_json()) == work


@pytest.mark.parametrize(
    ("kind", "befell", "status"),
    [
        ("retraction", "RetractionIn", Status.RETRACTED),
        ("partial_retraction", "PartialRetractionIn", Status.CONCERN),
        ("removal", "WithdrawnIn", Status.WITHDRAWN),
        ("withdrawal", "WithdrawnIn", Status.WITHDRAWN),
        ("expression_of_concern", "ExpressionOfConcernIn", Status.CONCERN),
        ("Expression-of-Concern", "ExpressionOfConcernIn", Status.CONCERN),
        ("correction", "ErratumIn", Status.CORRECTED),
        ("erratum", "ErratumIn", Status.CORRECTED),
        ("corrigendum", "ErratumIn", Status.CORRECTED),
        ("clarification", "ErratumIn", Status.CORRECTED),
        ("addendum", "ErratumIn", Status.CORRECTED),
        ("new_version", "UpdateIn", Status.NEWER_VERSION_EXISTS),
        ("new_edition", "UpdateIn", Status.NEWER_VERSION_EXISTS),
        ("moved_house", "moved_house", Status.CURRENT),
    ],
)
def test_each_update_of_a_work_has_its_consequence(kind: str, befell: str, status: Status) -> None:
    work = record(**{"updated-by": [update(kind)]})
    found = status_of(work)
    assert ([notice.kind for notice in work.notices], found.status, found.is_notice) == (
        [befell],
        status,
        False,
    )


@pytest.mark.parametrize(
    ("kind", "announces", "is_notice"),
    [
        ("retraction", "RetractionOf", True),
        ("withdrawal", "WithdrawalOf", True),
        ("removal", "WithdrawalOf", True),
        ("expression_of_concern", "ExpressionOfConcernFor", True),
        ("corrigendum", "ErratumFor", True),
        ("new_version", "UpdateOf", False),
        ("moved_house", "moved_house", False),
    ],
)
def test_a_work_that_updates_another_is_a_notice_unless_it_is_a_new_version(
    kind: str, announces: str, *, is_notice: bool
) -> None:
    work = record(**{"update-to": [update(kind)]})
    found = status_of(work)
    assert ([notice.kind for notice in work.notices], found.is_notice) == ([announces], is_notice)
    assert found.status is Status.CURRENT


def test_a_work_that_updates_itself_is_what_befell_it() -> None:
    work = record(**{"update-to": [update("retraction", doi=ARTICLE["DOI"].lower())]})
    assert (status_of(work).status, status_of(work).is_notice) == (Status.RETRACTED, False)


def test_a_new_version_that_points_at_itself_says_nothing() -> None:
    itself = [update("new_version", doi=ARTICLE["DOI"])]
    assert record(**{"update-to": itself, "updated-by": itself}).notices == ()


def test_all_updates_are_kept_and_say_where_and_when_and_who() -> None:
    updates = [
        update("correction", doi="10.1234/a"),
        update("retraction", doi="10.1234/b", source="retraction-watch", **{"record-id": "4036"}),
        update("retraction", doi="10.1234/b"),
        {"type": "retraction"},
        "no entry at all",
    ]
    work = record(**{"updated-by": updates})
    assert [(n.kind, n.doi, n.ref_source, n.note) for n in work.notices] == [
        ("ErratumIn", "10.1234/a", "Correction, 2024-10-13", "publisher"),
        ("RetractionIn", "10.1234/b", "Retraction, 2024-10-13", "retraction-watch 4036"),
        ("RetractionIn", "10.1234/b", "Retraction, 2024-10-13", "publisher"),
        ("RetractionIn", "", "", ""),
    ]
    assert status_of(work).status is Status.RETRACTED


def test_a_preprint_knows_the_article_it_became_and_the_article_its_preprint() -> None:
    link = [{"id-type": "doi", "id": "https://doi.org/10.1234/Other", "asserted-by": "subject"}]
    preprint = record(
        type="posted-content",
        subtype="preprint",
        institution=[{"name": "bioRxiv"}],
        relation={"is-preprint-of": link},
        **{"container-title": []},
    )
    article = record(relation={"has-preprint": link, "has-review": link})
    assert status_of(preprint).is_superseded_preprint
    assert (preprint.kind, preprint.journal.title, preprint.notices[0].doi) == (
        "preprint",
        "bioRxiv",
        "10.1234/other",
    )
    assert status_of(article).is_version_of_record
    assert status_of(article).status is Status.CURRENT


def test_a_chapter_stands_in_its_book_with_publisher_and_series() -> None:
    work = record(
        type="book-chapter",
        publisher="Springer &amp; Co",
        ISBN=["http://id.crossref.org/isbn/9783031333675"],
        editor=[{"family": "Sayigh", "given": "A."}],
        page="11-19",
        **{"container-title": ["Innovative Energy", "Mediterranean Houses"], "publisher-location": "Cham"},
    )
    assert (work.kind, work.journal.title) == ("chapter", "")
    assert work.book is not None
    assert (work.book.title, work.book.series) == ("Mediterranean Houses", "Innovative Energy")
    assert (work.book.publisher, work.book.place, work.book.isbns) == (
        "Springer & Co",
        "Cham",
        ("9783031333675",),
    )
    assert (work.pages.start, work.pages.end) == ("11", "19")
    assert record(type="monograph").book == record(type="book").book


@pytest.mark.parametrize(
    ("given", "initials"),
    [
        ("Gregory G.", "GG"), ("Jean-Paul", "JP"), ("MM", "MM"), ("M.M.", "MM"), ("Élodie", "É"),
        ("文", ""), ("", ""), ("J. v.", "JV"), ("Chris Ka-Pun", "CK"), ("Fazal-Ur-Rehman", "FU"), ("María de la Fe", "MF"),
        ("Jian'an", "J"), ("- (x", "X"),
    ],
)  # fmt: skip
def test_initials_are_those_pubmed_prints(given: str, initials: str) -> None:
    assert initials_of(given) == initials


@pytest.mark.parametrize(
    "parts", [[[None]], [[]], [], None, [["x"]], [[0]], [[True]], "2024", [[2024, 13, 45]], {"a": 1}, [[[2]]]]
)
def test_an_odd_date_is_read_as_far_as_it_goes(parts: object) -> None:
    work = record(
        **{field: {"date-parts": parts} for field in ("published-print", "published-online", "issued")}
    )
    assert work.year in (None, 2024)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b"Resource not found.", "absent"),
        (b"<html><body>Too busy</body></html>", "html"),
        (b"<!DOCTYPE html><p>", "html"),
        (b"upstream connect error", "not_json"),
        (b'{"status":"ok","message-type":"work","message":{"DOI":"10.1234/a"', "half_body"),
        (b'{"status":"ok","message-type":"wo', "half_body"),
        (b'{"status": nonsense}', "not_json"),
        (b"[" * 200_000, "not_json"),
        (b'{"status":"failed","message-type":"validation-failure","message":[{"message":"rows"}]}', "error_answer"),
        (b'{"status":"failed"}', "error_answer"),
        (b'{"status":"ok","message-type":"member-list","message":{"items":[]}}', "other_answer"),
        (b'{"status":"ok","message-type":"work","message":null}', "other_answer"),
        (b'{"status":"ok","message-type":"work-list","message":{"items":7}}', "other_answer"),
        (b"[]", "other_answer"),
        (b"null", "other_answer"),
        (b"9" * 5000, "not_json"),
    ],
)  # fmt: skip
def test_what_holds_no_works_is_told_by_its_code(body: bytes, code: str) -> None:
    found = read_answer(body)
    assert isinstance(found, CrossrefProblem)
    assert found.code == code


def test_a_registration_agency_is_named() -> None:
    answer = {"status": "ok", "message-type": "work-agency", "message": {"agency": {"id": "DataCite"}}}
    found = read_answer(json.dumps(answer).encode())
    assert isinstance(found, CrossrefAnswer)
    assert found.agency == "datacite"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = st.sampled_from(
    [
        *ARTICLE,
        *("updated-by", "update-to", "relation", "editor", "institution", "posted", "page", "journal-issue"),
    ]
)


@given(st.dictionaries(_FIELDS, _JSON, max_size=8), _JSON)
def test_no_json_whatever_raises(work: dict[str, Any], message: Any) -> None:
    found = work_of(work)
    assert WorkRecord.from_json(found.to_json()) == found
    status_of(found)
    body = json.dumps({"status": "ok", "message-type": "work", "message": message}).encode()
    assert read_answer(body) is not None


@given(st.binary())
def test_no_bytes_whatever_raise(body: bytes) -> None:
    assert isinstance(read_answer(body), CrossrefAnswer | CrossrefProblem)


@given(st.integers(min_value=0, max_value=200))
def test_an_answer_cut_short_is_never_a_record(cut: int) -> None:
    whole = json.dumps({"status": "ok", "message-type": "work", "message": ARTICLE}).encode()
    found = read_answer(whole[: -(cut + 1)])
    assert isinstance(found, CrossrefProblem)
    assert found.code == "half_body"
