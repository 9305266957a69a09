"""What a line of the log never holds. Where lines go, and which are written, is config/settings.py's."""

import re
from typing import Any

# The tokens of newsletter/keys.py: a number, for some a second, and sixteen bytes nobody guesses. Whoever reads one in
# an address could open what its reader may: the preferences, for half an hour.
TOKEN = re.compile(r"\b(\d+)(?:-\d+)?-[0-9a-f]{32}\b", re.IGNORECASE)


def mask_tokens(_logger: Any, _method: str, line: str) -> str:
    """Leave of every token in a finished line only whom it names. Last in the chain: addresses stand in tracebacks too."""
    return TOKEN.sub(r"\1-***", line)
