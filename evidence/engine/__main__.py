"""The command line, `python -m evidence.engine FILE|- [--version V] [--pretty]`. It decides nothing."""

import argparse
import json
import sys
from pathlib import Path

from evidence.engine import (
    DossierError,
    UnknownVersionError,
    Verdict,
    dossier_from_bytes,
    grade,
    verdict_data,
    verdict_line,
)

REFUSED = 2


def main(arguments: list[str] | None = None) -> int:
    """Print the verdict on a dossier and return 0; refuse it in one line on stderr and return 2."""
    options = _parser().parse_args(arguments)
    try:
        verdict = grade(dossier_from_bytes(_read(options.file)), options.version)
    except (DossierError, UnknownVersionError) as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{options.file!a}: {error.strerror}")
    sys.stdout.buffer.write(_printed(verdict, pretty=options.pretty).encode("utf-8") + b"\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evidence.engine", description="Print the verdict on one dossier as a line of JSON."
    )
    parser.add_argument("file", metavar="FILE|-", help="the dossier as JSON in UTF-8; - reads standard input")
    parser.add_argument("--version", metavar="V", help="grade by this released version (default: the newest)")
    parser.add_argument("--pretty", action="store_true", help="indent the verdict for reading")
    return parser


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _printed(verdict: Verdict, *, pretty: bool) -> str:
    return json.dumps(verdict_data(verdict), indent=2) if pretty else verdict_line(verdict)


def _refuse(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
