"""The difference between two texts, word by word: it can always be read back as either of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.word_diff import Part, word_diff


@given(old=st.text(max_size=200), new=st.text(max_size=200))
def test_both_texts_can_be_read_back(old: str, new: str) -> None:
    parts = word_diff(old, new)
    assert "".join(part.text for part in parts if part.kind != "new") == old
    assert "".join(part.text for part in parts if part.kind != "gone") == new


@given(text=st.text(max_size=200))
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(part.kind == "same" for part in word_diff(text, text))


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("a large effect.", "a small effect.", [Part("gone", "large "), Part("new", "small ")]),
        ("緩解症狀", "緩解部分症狀", [Part("new", "部分")]),
    ],
)
def test_what_changed_is_words_in_english_and_characters_in_chinese(
    old: str, new: str, changed: list[Part]
) -> None:
    assert [part for part in word_diff(old, new) if part.kind != "same"] == changed
