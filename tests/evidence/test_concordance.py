"""Two readers' agreement is counted as Cohen counted it."""

from fractions import Fraction

import pytest

from evidence.concordance import agreement


def test_cohens_kappa_of_a_table_worked_by_hand() -> None:
    # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed .70, by chance .50, kappa .40.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    found = agreement(pairs)
    assert (found.same, found.total, found.share, found.kappa) == (35, 50, Fraction(7, 10), Fraction(2, 5))


@pytest.mark.parametrize("pairs", [[], [("a", "a")], [("a", "a"), ("a", "a")]])
def test_kappa_is_left_open_where_chance_alone_would_agree(pairs: list[tuple[str, str]]) -> None:
    assert agreement(pairs).kappa is None


def test_perfect_agreement_over_different_answers_is_one() -> None:
    assert agreement([("a", "a"), ("b", "b")]).kappa == 1


def test_nothing_to_compare_has_no_share() -> None:
    assert agreement([]).share is None
