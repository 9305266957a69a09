"""How we grade says every number as the engine's tables have it, for every released version."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from articles.views.exhibits.graded import GRADE_OF_TIER
from articles.words.numbers import printed, weight
from evidence import engine
from evidence.engine import scales
from evidence.verbs import overriding
from tests.articles.views.reading_site import read, visible
from tests.evidence.engine.vectors import lines

pytestmark = pytest.mark.django_db

PAGE = "/how-we-grade/"


def test_every_weight_and_border_of_every_version_is_on_the_page(client: Client) -> None:
    page = visible(read(client, PAGE))
    for version in engine.VERSIONS:
        tables = engine.tables(version)
        numbers = [*tables.profiles["intervention"].values(), *tables.tiers.values()]
        assert [weight(number) for number in numbers if weight(number) not in page] == []
    newest = engine.tables()
    for name in (
        "design",
        "quality",
        "precision",
        "directness",
        "direction",
        "stance",
        "mechanism",
        "benchmark",
    ):
        for value in getattr(newest, name).values():
            assert printed(weight(value)) in page


def test_all_six_grades_stand_with_their_shapes_and_what_they_mean(client: Client) -> None:
    html = read(client, PAGE)
    for grade in scales.READER_GRADES:
        assert f'href="#g-{grade}"' in html
    page = visible(html)
    assert "Weak is not against." in page
    assert "Hardly tested" in page
    assert "Tested and failed" in page


def test_the_letter_beside_each_grade_is_the_engines(client: Client) -> None:
    for case in lines("engine.jsonl"):
        for verdict in case["verdicts"].values():
            if verdict["status"] not in {"not_supported", "harmful"}:
                assert GRADE_OF_TIER[verdict["tier"]] == verdict["reader_grade"]


@pytest.mark.parametrize("path", [PAGE, f"/zh-hant{PAGE}"])
def test_it_costs_few_queries_and_answers_304(
    client: Client, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(4):
        first = client.get(path)
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_who_does_what_stands_there_with_its_numbers(client: Client) -> None:
    page = visible(read(client, PAGE))
    assert "a critical item (2, 4, 7, 9, 11, 13, 15)" in page
    assert f"at least {overriding.REASON_LENGTH} characters" in page
    assert f"after {overriding.LONGEST.days} days at the latest" in page
