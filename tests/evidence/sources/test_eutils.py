"""What the E-utilities answer is read for what it is; half an answer is none."""

from pathlib import Path

import pytest

from evidence.sources.eutils import Batch, Found, Match, read_ecitmatch, read_efetch, read_esearch
from evidence.sources.replies import Unavailable
from tests.evidence.corpus import SAMPLES, shared_data

ONE = SAMPLES.parent.parent.parent / "articles" / "demonstration" / "pubmed" / "zhou2019.xml"
HEAD = b'<?xml version="1.0" ?><eSearchResult>'


def code_of(found: object) -> str:
    assert isinstance(found, Unavailable)
    return found.code


def test_a_record_is_found_under_its_own_pmid() -> None:
    found = read_efetch(ONE.read_bytes())
    assert isinstance(found, Batch)
    assert list(found.records) == ["30108163"]
    assert found == Batch(records=found.records)


def test_the_newest_version_of_a_record_counts() -> None:
    one = ONE.read_text(encoding="utf-8")
    record = one[one.index("<PubmedArticle>") : one.index("</PubmedArticleSet>")]
    second = record.replace('Version="1"', 'Version="2"').replace("Randomised", "Better randomised")
    found = read_efetch(f"<PubmedArticleSet>{second}{record}</PubmedArticleSet>".encode())
    assert isinstance(found, Batch)
    assert found.records["30108163"].pmid_version == 2


def test_an_unreadable_record_is_named_or_makes_the_whole_doubtful() -> None:
    body = b"<PubmedArticleSet><PubmedArticle><MedlineCitation>%s</MedlineCitation></PubmedArticle></PubmedArticleSet>"
    assert read_efetch(body % b"<PMID>12</PMID>") == Batch(unreadable={"12": "article_missing"})
    assert read_efetch(body % b"<Article/>") == Batch(doubtful=True)


def test_an_empty_set_is_an_answer() -> None:
    assert read_efetch(b"<?xml version='1.0'?><PubmedArticleSet></PubmedArticleSet>") == Batch()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "half_body"),
        (b"<html><body>Busy</body></html>", "html"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "html"),
        (b"<?xml version='1.0'?>" + b" " * 300 + b"<HTML/>", "html"),
        (b"<PubmedArticleSet><PubmedArticle>", "half_body"),
        (b"<PubmedArticleSet><PubmedArti", "half_body"),
        (b"<PubmedArticleSet></Other>", "not_xml"),
        (b"<eFetchResult><ERROR>Database is locked</ERROR></eFetchResult>", "error_answer"),
        (b"<PubmedArticleSet><ERROR>Cannot get record</ERROR></PubmedArticleSet>", "error_answer"),
        (b"<eSearchResult><Count>0</Count></eSearchResult>", "not_xml"),
        (b'{"error":"API rate limit exceeded"}', "not_xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><PubmedArticleSet/>', "not_xml"),
    ],
)
def test_what_is_no_efetch_answer_is_told_by_its_code(body: bytes, code: str) -> None:
    assert code_of(read_efetch(body)) == code


def test_half_an_answer_gives_no_record_although_one_is_whole() -> None:
    whole = ONE.read_bytes()
    record = whole[whole.index(b"<PubmedArticle>") : whole.index(b"</PubmedArticleSet>")]
    assert code_of(read_efetch(b"<PubmedArticleSet>" + record + record[:200])) == "half_body"


def test_a_search_says_what_was_found_and_what_was_not_understood() -> None:
    found = read_esearch(
        HEAD
        + b"<Count>63</Count><RetMax>2</RetMax><RetStart>20</RetStart><IdList><Id>1</Id><Id>2</Id></IdList>"
        b"<QueryTranslation>x[All Fields]</QueryTranslation>"
        b"<ErrorList><PhraseNotFound>xyzzy</PhraseNotFound></ErrorList>"
        b"<WarningList><OutputMessage>No items found.</OutputMessage></WarningList></eSearchResult>"
    )
    assert found == Found(
        count=63,
        pmids=("1", "2"),
        first=20,
        translation="x[All Fields]",
        warnings=("PhraseNotFound: xyzzy", "OutputMessage: No items found."),
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "half_body"),
        (b"<html>", "html"),
        (HEAD + b"<Count>6", "half_body"),
        (HEAD + b"</Count>", "not_xml"),
        (HEAD + b"<ERROR>Empty term</ERROR></eSearchResult>", "error_answer"),
        (HEAD + b"<IdList/></eSearchResult>", "not_xml"),
        (b'{"esearchresult":{}}', "not_xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><eSearchResult/>', "not_xml"),
        (b"<?xml version='1.0' encoding='klingon'?><a/>", "not_xml"),
    ],
)
def test_what_is_no_search_answer_is_told_by_its_code(body: bytes, code: str) -> None:
    assert code_of(read_esearch(body)) == code


def test_citations_are_matched_in_the_order_they_were_asked() -> None:
    body = (
        b"gut|2019|68|996|zhou q|c1|30108163\n"
        b"gut|2019|||zhou q|c0|AMBIGUOUS 30108163,31076401\n"
        b"gut||||| c2 |AMBIGUOUS (812 citations)\n"
        b"nowhere|1|1|1|x|c3|NOT_FOUND;INVALID_JOURNAL\n"
        b"nowhere|1|1|1|x|c4|NOT_RECORDED\n"
        b"nowhere|1|1|1|x|c5|Sorry\n"
    )
    assert read_ecitmatch(body, ("c0", "c1", "c2", "c3", "c4", "c5")) == (
        Match(code="ambiguous", candidates=("30108163", "31076401"), detail="AMBIGUOUS 30108163,31076401"),
        Match(code="matched", pmid="30108163"),
        Match(code="ambiguous", detail="AMBIGUOUS (812 citations)"),
        Match(code="not_found", detail="NOT_FOUND;INVALID_JOURNAL"),
        Match(code="not_recorded", detail="NOT_RECORDED"),
        Match(code="unclear", detail="Sorry"),
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"gut|2019|68|996|zhou q|c0|30108163\n", "half_body"),
        (b"", "half_body"),
        (b"gut|2019|68|996|zhou q|c0|1\ngut|2019|68|996|zhou q|c1|", "half_body"),
        (b"<html>", "html"),
        (b"<?xml version='1.0'?><ERROR>No</ERROR>", "error_answer"),
    ],
)
def test_a_citation_without_a_line_makes_the_answer_none(body: bytes, code: str) -> None:
    assert code_of(read_ecitmatch(body, ("c0", "c1"))) == code


def corpus_file(name: str) -> Path:
    return shared_data() / "eutils" / name


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "as_search", "as_records"),
    [
        ("esearch1.xml", "", "not_xml"),
        ("esearch2.xml", "", "not_xml"),
        ("epost1.xml", "not_xml", "not_xml"),
        ("epost2.xml", "error_answer", "error_answer"),
        ("espell.xml", "not_xml", "not_xml"),
        ("einfo1.xml", "not_xml", "not_xml"),
        ("elink1.xml", "not_xml", "not_xml"),
        ("esummary1.xml", "not_xml", "not_xml"),
        ("esummary3.xml", "not_xml", "not_xml"),
        ("journals.xml", "not_xml", "not_xml"),
        ("not_xml_pubmed3.html", "html", "html"),
    ],
)
def test_every_recorded_answer_is_taken_for_what_it_is(name: str, as_search: str, as_records: str) -> None:
    body = corpus_file(name).read_bytes()
    found = read_esearch(body)
    assert (found.code if isinstance(found, Unavailable) else "") == as_search
    assert code_of(read_efetch(body)) == as_records
    assert isinstance(read_ecitmatch(body, ("c0",)), Unavailable)


@pytest.mark.corpus
def test_recorded_searches_are_read() -> None:
    first, second = (
        read_esearch(corpus_file(name).read_bytes()) for name in ("esearch1.xml", "esearch2.xml")
    )
    assert isinstance(first, Found)
    assert isinstance(second, Found)
    assert (first.count, len(first.pmids), first.pmids[0]) == (63, 20, "41282813")
    assert (second.count, len(second.pmids), second.warnings) == (42249, 100, ())
