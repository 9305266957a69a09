"""Every way a file can be broken has words at the desk as well as in English."""

from evidence.admin import words
from evidence.sources.problems import CODES, ParseProblem


def test_every_problem_has_a_reason_and_a_way_out_at_the_desk() -> None:
    assert set(words.PROBLEMS) == CODES


def test_a_problem_says_what_is_wrong_where_and_what_to_do() -> None:
    found = ParseProblem(code="broken_off", line=4, ordinal=3)
    assert found.where == "line 4, column 0, record 3"
    assert found.reason
    assert found.way_out
