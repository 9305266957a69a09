"""Both catalogues are complete, mean what they replace, and are compiled as they are written."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

from tools.catalogues import unfinished

LOCALES = Path(settings.BASE_DIR) / "config" / "locale"
PLACES = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\}")


def catalogue(language: str) -> polib.POFile:
    read: polib.POFile = polib.pofile(str(LOCALES / language / "LC_MESSAGES" / "django.po"))
    return read


@pytest.mark.parametrize("language", ["en", "zh_Hant"])
def test_no_message_is_missing_or_guessed(language: str) -> None:
    assert unfinished(catalogue(language)) == []


@pytest.mark.parametrize("language", ["en", "zh_Hant"])
def test_the_compiled_catalogue_says_what_the_written_one_says(language: str) -> None:
    written = {
        (e.msgctxt, e.msgid): e.msgstr or e.msgstr_plural for e in catalogue(language) if not e.obsolete
    }
    compiled = polib.mofile(str(LOCALES / language / "LC_MESSAGES" / "django.mo"))
    assert {(e.msgctxt, e.msgid): e.msgstr or e.msgstr_plural for e in compiled} == written


def test_every_place_for_a_value_is_kept_in_translation() -> None:
    lost = []
    for entry in catalogue("zh_Hant"):
        for said in [entry.msgstr] if entry.msgstr else list(entry.msgstr_plural.values()):
            wanted = set(PLACES.findall(entry.msgid)) | set(PLACES.findall(entry.msgid_plural or ""))
            # A plural form may leave out the count's singular wording, never a named value.
            if set(PLACES.findall(said)) != wanted:
                lost.append(entry.msgid)
    assert lost == []


def test_chinese_is_chinese() -> None:
    """A message of several words left as it stood in English is a message forgotten."""
    untouched = [
        entry.msgid
        for entry in catalogue("zh_Hant")
        if entry.msgstr == entry.msgid and len(re.findall(r"[a-z]{3,}", entry.msgid)) > 2
    ]
    assert untouched == []
