"""Reading PubMed XML: what is good is kept, what is broken says where."""

import gzip
import io
from collections.abc import Iterator
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.sources import pubmed
from evidence.sources.problems import ParseProblem
from evidence.sources.pubmed import DeletedRecord, parse_pubmed, read_pubmed
from evidence.sources.records import Author, OtherId, WorkRecord
from tests.evidence.corpus import DEMONSTRATION, SAMPLES


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def only(data: bytes) -> WorkRecord:
    batch = parse_pubmed(data)
    assert batch.problems == ()
    assert len(batch.records) == 1
    return batch.records[0]


def problem(data: bytes) -> ParseProblem:
    found = parse_pubmed(data).problems
    assert len(found) == 1
    assert found[0].reason
    assert found[0].way_out
    return found[0]


def article(inside: str = "", *, pmid: str = "<PMID>1</PMID>", data: str = "") -> bytes:
    body = f"<Article><ArticleTitle>A title.</ArticleTitle>{inside}</Article>"
    return f"<PubmedArticle><MedlineCitation>{pmid}{body}</MedlineCitation>{data}</PubmedArticle>".encode()


def own_id(scheme: str, value: str) -> str:
    listed = f"<ArticleId IdType='{scheme}'>{value}</ArticleId>"
    return f"<PubmedData><ArticleIdList>{listed}</ArticleIdList></PubmedData>"


def many(count: int) -> bytes:
    members = "\n".join(article(pmid=f"<PMID>{number}</PMID>").decode() for number in range(1, count + 1))
    return f"<PubmedArticleSet>\n{members}\n</PubmedArticleSet>".encode()


class TestIdentifiers:
    def test_they_come_from_the_records_own_list_and_never_from_its_references(self) -> None:
        record = only(sample("efetch_33889184.xml"))
        assert record.pmid == "33889184"
        assert record.pmcid == "PMC8040910"
        assert record.doi == "10.1590/1678-9199-jvatitd-2020-0147"
        assert record.doi_spelled == "10.1590/1678-9199-JVATITD-2020-0147"
        assert record.reference_count > 80

    def test_a_reference_list_alone_gives_no_identifier(self) -> None:
        nested = (
            "<PubmedData><ReferenceList><Reference><ArticleIdList>"
            "<ArticleId IdType='doi'>10.9999/other</ArticleId><ArticleId IdType='pmc'>PMC9</ArticleId>"
            "</ArticleIdList></Reference></ReferenceList></PubmedData>"
        )
        record = only(article(data=nested))
        assert (record.doi, record.pmcid) == ("", "")

    def test_the_doi_of_an_elocation_stays_apart(self) -> None:
        record = only(article("<ELocationID EIdType='doi' ValidYN='Y'>10.1000/ABC</ELocationID>"))
        assert (record.doi, record.elocation_doi) == ("", "10.1000/abc")

    def test_an_elocation_marked_invalid_is_not_taken(self) -> None:
        assert (
            only(article("<ELocationID EIdType='doi' ValidYN='N'>10.1000/abc</ELocationID>")).elocation_doi
            == ""
        )

    def test_an_unreadable_doi_is_kept_aside_and_remarked(self) -> None:
        record = only(article(data=own_id("doi", "see journal")))
        assert record.doi == ""
        assert record.other_ids == (OtherId(scheme="doi", value="see journal"),)
        assert "doi_unreadable" in record.remarks

    def test_a_list_that_names_another_pmid_is_remarked(self) -> None:
        ids = (
            "<PubmedData><ArticleIdList><ArticleId IdType='pubmed'>2</ArticleId></ArticleIdList></PubmedData>"
        )
        record = only(article(data=ids))
        assert record.pmid == "1"
        assert "pmid_differs:2" in record.remarks


class TestFields:
    def test_markup_goes_and_its_text_stays(self) -> None:
        data = article().replace(b"A title.", b"H<sub>2</sub>O and <i>E. coli</i>\n in  <sup>13</sup>C?")
        assert only(data).title == "H2O and E. coli in 13C?"

    def test_an_empty_title_is_an_empty_string_with_a_remark(self) -> None:
        record = only(article().replace(b"A title.", b""))
        assert record.title == ""
        assert record.remarks == ("title_missing",)

    def test_a_translated_title_keeps_its_vernacular_one(self) -> None:
        record = only(sample("efetch_30776274.xml"))
        assert record.title == "[Autism. Genetic and biological aspects]"
        assert record.vernacular_title == "Autismo. Aspectos genéticos y biológicos"

    def test_it_reads_a_chapter_of_a_book(self) -> None:
        record = only(sample("efetch_20301546.xml"))
        assert (record.kind, record.pmid, record.year) == ("chapter", "20301546", 2006)
        assert record.book is not None
        assert record.book.title == "GeneReviews®"
        assert record.book.years == "1993-2026"
        assert record.book.editors[0].family == "Adam"
        assert [author.family for author in record.authors] == ["Gauvreau", "Brisson", "Dupré"]
        assert OtherId(scheme="bookaccession", value="NBK1372") in record.other_ids
        assert record.abstract[0].label == "CLINICAL CHARACTERISTICS"

    def test_it_keeps_a_name_marked_invalid_without_printing_it(self) -> None:
        retraction = parse_pubmed(sample("nlm_sample_odd.xml")).records[0]
        assert retraction.pmid == "9634358"
        assert len(retraction.authors) == len(retraction.named_authors) + 1

    def test_it_reads_a_date_over_two_years_and_prints_the_first(self) -> None:
        records = {record.pmid: record for record in parse_pubmed(sample("nlm_sample_odd.xml")).records}
        record = records["10188493"]
        assert record.year == 1998
        assert record.print_date is not None
        assert record.print_date.text == "1998 Dec-1999 Jan"

    def test_it_reads_the_version_of_a_record(self) -> None:
        records = {
            record.pmid: record
            for record in parse_pubmed(sample("update_2021_preprint_and_version.xml")).records
        }
        assert records["33728380"].pmid_version == 2
        assert records["34013271"].pmid_version == 1

    def test_it_reads_everything_a_full_record_says(self) -> None:
        record = only(sample("made_up_full_record.xml"))
        person = record.authors[0]
        assert person == Author(
            family="Hambrick",
            given="G W",
            initials="GW",
            suffix="Jr",
            orcid="0000-0001-7721-2106",
            affiliations=("Paris.",),
        )
        assert record.authors[1].collective == "A Group"
        assert record.authors_complete is False
        assert [name.family for name in record.investigators] == ["Inv"]
        assert (record.volume, record.issue, record.pages.end, record.year) == ("68", "6", "1002", 2019)
        assert (record.journal.nlm_id, record.journal.issns) == ("2985108R", frozenset({"0017-5749"}))
        assert record.electronic_date is not None
        assert record.electronic_date.iso == "2018-08-14"
        received = record.date_of("received")
        assert received is not None
        assert received.iso == "2017-09-01"
        assert (record.abstract[0].label, record.abstract[0].category, record.copyright) == (
            "METHODS",
            "METHODS",
            "(c) them",
        )
        assert record.other_abstracts[0].sections[0].text == "Plainly."
        assert record.languages == ("eng", "fre")
        assert record.trial_registrations == ("NCT01414244",)
        assert (record.grants[0].number, record.grants[0].agency) == ("AT005291", "NCCIH NIH HHS")
        assert record.type_names == {"Randomized Controlled Trial"}
        assert record.mesh[0].qualifiers[0].major is True
        assert record.chemicals[0].registry_number == "0RH81L854J"
        assert (record.notices[0].kind, record.notices[0].pmid, record.notices[0].note) == (
            "CommentIn",
            "9",
            "n",
        )
        assert (record.keywords[0].text, record.coi_statement, record.reference_count) == ("gut", "None.", 12)
        assert (record.record_status, record.owner, record.publication_status) == (
            "MEDLINE",
            "NLM",
            "ppublish",
        )


class TestShapes:
    def test_deleted_pmids_are_named_as_deleted(self) -> None:
        deleted = parse_pubmed(sample("nlm_sample_odd.xml")).deleted
        assert len(deleted) == 7
        assert deleted[0] == DeletedRecord("23203860")

    def test_a_record_may_stand_alone_or_without_its_pubmed_data(self) -> None:
        assert only(article()).pmid == "1"
        bare = b"<MedlineCitation><PMID>3</PMID><Article/></MedlineCitation>"
        assert only(b"<MedlineCitationSet>" + bare + b"</MedlineCitationSet>").pmid == "3"

    def test_blank_lines_before_the_declaration_do_no_harm(self) -> None:
        assert only(b"\n\n  <?xml version='1.0'?>\n" + article()).pmid == "1"

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
    def test_it_reads_other_encodings_the_declaration_names(self, encoding: str) -> None:
        name = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
        text = f"<?xml version='1.0' encoding='{name}'?>" + article().decode().replace("A title.", "Dröge.")
        assert only(text.encode(encoding)).title == "Dröge"

    def test_gzip_is_told_by_its_first_bytes(self) -> None:
        assert only(gzip.compress(sample("efetch_38833988.xml"), mtime=0)).pmid == "38833988"

    def test_it_reads_from_a_stream_that_cannot_seek_and_leaves_it_open(self) -> None:
        class Pipe:
            closed = False

            def __init__(self, data: bytes) -> None:
                self._inner = io.BytesIO(data)

            def read(self, size: int) -> bytes:
                return self._inner.read(min(size, 100))

        pipe = Pipe(gzip.compress(many(5), mtime=0))
        assert len(list(read_pubmed(cast("BinaryIO", pipe)))) == 5
        assert pipe.closed is False

    def test_it_holds_one_record_at_a_time(self) -> None:
        class Endless:
            """A set of records without an end: reading it whole would never return."""

            def __init__(self) -> None:
                self._pieces = self._make()

            def _make(self) -> Iterator[bytes]:
                yield b"<PubmedArticleSet>"
                while True:
                    yield article()

            def read(self, size: int) -> bytes:
                return next(self._pieces)

        reading = read_pubmed(cast("BinaryIO", Endless()))
        assert all(isinstance(next(reading), WorkRecord) for _ in range(1000))


class TestBroken:
    def test_a_file_cut_in_the_middle_keeps_the_records_before_and_says_where_it_stops(self) -> None:
        whole = many(5)
        cut = whole[: whole.index(b"<PMID>4</PMID>") + 20]
        batch = parse_pubmed(cut)
        assert [record.pmid for record in batch.records] == ["1", "2", "3"]
        (stop,) = batch.problems
        assert (stop.code, stop.line, stop.ordinal, stop.final) == ("broken_xml", 5, 4, True)
        assert stop.where == f"line 5, column {stop.column}, record 4"

    def test_leading_blank_lines_are_counted_in_the_line_it_names(self) -> None:
        whole = b"\n\n" + many(3)
        assert problem(whole[: whole.index(b"<PMID>2</PMID>")]).line == 5

    def test_one_odd_record_is_a_problem_of_its_own_and_the_rest_goes_on(self) -> None:
        data = (
            b"<PubmedArticleSet>\n"
            + article(pmid="")
            + b"\n"
            + article()
            + b"\n<PubmedArticle><MedlineCitation><PMID>8</PMID></MedlineCitation></PubmedArticle>\n"
            + article(pmid="<PMID>abc</PMID>")
            + b"</PubmedArticleSet>"
        )
        batch = parse_pubmed(data)
        assert [record.pmid for record in batch.records] == ["1"]
        assert [(p.code, p.line, p.ordinal, p.pmid, p.final) for p in batch.problems] == [
            ("pmid_missing", 2, 1, "", False),
            ("article_missing", 4, 3, "8", False),
            ("pmid_unreadable", 5, 4, "abc", False),
        ]

    def test_a_record_without_a_citation_is_a_problem(self) -> None:
        assert problem(b"<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>").code == "pmid_missing"
        book = b"<PubmedBookArticle><BookDocument><PMID>5</PMID></BookDocument></PubmedBookArticle>"
        assert (problem(book).code, problem(book).pmid) == ("article_missing", "5")

    def test_a_damaged_gzip_keeps_what_could_be_read(self) -> None:
        packed = gzip.compress(many(4000), compresslevel=1, mtime=0)
        batch = parse_pubmed(packed[: len(packed) * 3 // 4])
        assert batch.records
        assert batch.problems[0].code == "broken_gzip"

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "empty"),
            (b" \n\n", "empty"),
            (b"<!DOCTYPE html><html><body>Error</body></html>", "html"),
            (b"<html><head><title>PmFetch response</title></head></html>", "html"),
            (b"PMID- 19304878\nOWN - NLM\n", "nbib"),
            (b"\nPMID- 19304878\n", "nbib"),
            (b'{"error": "API rate limit exceeded"}', "not_xml"),
            (b"\x89PNG\r\n", "not_xml"),
            (b"<eSearchResult><Count>0</Count></eSearchResult>", "other_xml"),
            (b"<PubmedArticleSet></PubmedArticleSet>", "no_records"),
            (b"<eFetchResult><ERROR>Empty id list</ERROR></eFetchResult>", "error_answer"),
            (b"<a></b>", "broken_xml"),
            (b"<PubmedArticleSet>&nbsp;</PubmedArticleSet>", "broken_xml"),
            (b"<?xml version='1.0' encoding='klingon'?><a/>", "encoding"),
            (b"\x1f\x8bnot gzip at all", "broken_gzip"),
        ],
    )
    def test_what_is_not_pubmed_xml_is_called_by_its_name(self, data: bytes, code: str) -> None:
        found = problem(data)
        assert found.code == code
        assert found.final

    def test_an_error_answer_is_quoted(self) -> None:
        assert problem(b"<eFetchResult><ERROR>Empty id list</ERROR></eFetchResult>").detail == "Empty id list"

    def test_an_answer_without_records_is_no_work_and_no_exception(self) -> None:
        assert problem(sample("efetch_37909814.xml")).code == "no_records"


class TestHostile:
    def test_entity_bombs_are_refused(self) -> None:
        bomb = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><PubmedArticleSet>&b;</PubmedArticleSet>'
        assert problem(bomb).code == "entities"

    def test_outside_entities_are_refused(self) -> None:
        thief = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><PubmedArticleSet>&x;</PubmedArticleSet>'
        assert problem(thief).code == "entities"

    def test_a_record_without_an_end_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pubmed, "LONGEST_RECORD_BYTES", 200_000)
        found = problem(b"<PubmedArticle><MedlineCitation>" + b"x" * 500_000)
        assert (found.code, found.ordinal) == ("record_too_long", 1)

    def test_a_tag_without_an_end_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pubmed, "LONGEST_RECORD_BYTES", 200_000)
        assert problem(b'<PubmedArticleSet a="' + b"x" * 500_000).code == "record_too_long"

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_wherever_a_file_is_cut_or_spoilt_the_reader_answers(self, data: st.DataObject) -> None:
        whole = sample("efetch_38833988.xml")
        place = data.draw(st.integers(min_value=0, max_value=len(whole) - 1))
        spoilt = whole[:place] + data.draw(st.binary(max_size=4))
        batch = parse_pubmed(spoilt)
        assert batch.records or batch.problems


@pytest.mark.parametrize(
    "citekey",
    [
        "abbasi2024",
        "camilleri2019",
        "cruzat2018",
        "heyland2013",
        "heyland2022",
        "kim2017",
        "shu2016",
        "zhou2019",
    ],
)
def test_a_hand_entered_record_reads_and_says_that_it_is_synthetic(citekey: str) -> None:
    written = (DEMONSTRATION / f"{citekey}.xml").read_bytes()
    record = only(written)
    assert b"synthetic: true" in written
    assert record.doi == record.elocation_doi
    assert record.title
    assert record.journal.nlm_id
