"""Compiles both message catalogues and refuses what is unfinished. Collecting words is `makemessages`' work."""

import sys
from pathlib import Path

import polib

LOCALES = Path(__file__).resolve().parent.parent / "config" / "locale"


def unfinished(catalogue: polib.POFile) -> list[str]:
    """Name every message without words in its language, or whose words are a guess."""
    return [
        f"{entry.occurrences[0][0] if entry.occurrences else '?'}: {entry.msgid!r}"
        for entry in catalogue
        if not entry.obsolete and (entry.fuzzy or not entry.translated())
    ]


def fill_english(catalogue: polib.POFile) -> None:
    """The words in the code are English already: where the English catalogue is silent, it says the same."""
    for entry in catalogue:
        if entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.msgstr, entry.msgstr_plural = "", {}
        if entry.msgid_plural and not any(entry.msgstr_plural.values()):
            entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
        elif not entry.msgid_plural and not entry.msgstr:
            entry.msgstr = entry.msgid


def main() -> int:
    """Compile, and fail with the list of what is unfinished."""
    missing = []
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/django.po")):
        catalogue = polib.pofile(str(path), wrapwidth=0)
        if path.parts[-3] == "en":
            fill_english(catalogue)
            catalogue.save(str(path))
        missing += [f"{path.parts[-3]} {line}" for line in unfinished(catalogue)]
        catalogue.save_as_mofile(str(path.with_suffix(".mo")))
        print(f"{path.parts[-3]}: {len(catalogue)} messages")
    print("\n".join(missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
