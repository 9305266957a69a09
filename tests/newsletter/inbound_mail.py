"""The small messages of data/reports/ (written for these tests), with tokens put where they belong."""

from pathlib import Path

FOLDER = Path(__file__).parent / "data" / "reports"
NAMES = sorted(path.stem for path in FOLDER.glob("*.eml"))
# Of the right form, and nobody's.
FORGED = "12-0123456789abcdef0123456789abcdef"


def message(
    name: str, *, bounce: str = f"bounce+{FORGED}@b.example", leave: str = f"leave+{FORGED}@b.example"
) -> bytes:
    """Return one message as a mail server pipes it."""
    text = (FOLDER / f"{name}.eml").read_text()
    return text.replace("BOUNCE", bounce).replace("LEAVE", leave).encode()
