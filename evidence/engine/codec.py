"""Dossiers and verdicts as bytes: canonical JSON, its sha256, the verdict's line, and reading a dossier back.

What a dossier may hold is decided in `validation`.
"""

import hashlib
import json
from dataclasses import fields
from typing import Final, TypeVar

from evidence.engine.dossier import Benchmark, Dossier, DossierError, Finding, Position, Recheck
from evidence.engine.validation import COUNT_DIGITS, COUNT_LIMIT, WHOLE, JsonObject, read_dossier
from evidence.engine.verdict import Verdict

_SEPARATORS: Final = (",", ":")
_Listed = TypeVar("_Listed", Finding, Position, Benchmark, Recheck)


def dossier_from_bytes(raw: bytes) -> Dossier:
    """Read a dossier from the UTF-8 bytes of one JSON object.

    Raises DossierError, one line beginning with the path (`dossier` for the whole), also for what is not
    UTF-8, not JSON or nested too deeply, and for a key given twice. NaN, fractions and endless numbers are
    refused where they stand, since no key takes them.
    """
    try:
        data = json.loads(raw.decode("utf-8"), object_pairs_hook=_object, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise DossierError(f"{WHOLE}: not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise DossierError(f"{WHOLE}: not JSON at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise DossierError(f"{WHOLE}: nested too deeply") from error
    return read_dossier(data)


def canonical_dossier(dossier: Dossier) -> dict[str, object]:
    """Give the dossier as data in canonical order: lists of objects by id, `includes` sorted and unique."""
    return {
        "claim_type": dossier.claim_type,
        "findings": [
            _record(finding) | {"includes": sorted(set(finding.includes))}
            for finding in _by_id(dossier.findings)
        ],
        "positions": [_record(position) for position in _by_id(dossier.positions)],
        "mechanism": dossier.mechanism.answered(),
        "benchmarks": [_record(benchmark) for benchmark in _by_id(dossier.benchmarks)],
        "rechecks": [_record(recheck) for recheck in _by_id(dossier.rechecks)],
        "safety": dossier.safety,
    }


def canonical_bytes(dossier: Dossier) -> bytes:
    """Give the one form of the dossier that is hashed, stored and downloaded (engine.md, section 4)."""
    data = canonical_dossier(dossier)
    return json.dumps(data, sort_keys=True, separators=_SEPARATORS, ensure_ascii=False).encode("utf-8")


def dossier_sha256(dossier: Dossier) -> str:
    """Give the sha256 of the canonical bytes, in hex."""
    return hashlib.sha256(canonical_bytes(dossier)).hexdigest()


def verdict_data(verdict: Verdict) -> dict[str, object]:
    """Give the verdict as data for JSON, its keys in the order of engine.md, section 4."""
    return _record(verdict) | {
        "layers": dict(verdict.layers),
        "disputes": {"hard": list(verdict.disputes.hard), "soft": list(verdict.disputes.soft)},
        "weights": dict(verdict.weights),
        "steps": [
            {"step": step.step, "outcome": step.outcome, "params": dict(step.params)}
            for step in verdict.steps
        ],
    }


def verdict_line(verdict: Verdict) -> str:
    """Give the verdict on one line of JSON, without a line end: what is stored and compared byte for byte."""
    return json.dumps(verdict_data(verdict), separators=_SEPARATORS, ensure_ascii=False)


def _record(record: Finding | Position | Benchmark | Recheck | Verdict) -> dict[str, object]:
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _by_id(records: tuple[_Listed, ...]) -> list[_Listed]:
    return sorted(records, key=lambda record: record.id)


def _object(pairs: list[tuple[str, object]]) -> JsonObject:
    found = JsonObject()
    for name, value in pairs:
        if name in found and found.repeated is None:
            found.repeated = name
        found[name] = value
    return found


def _integer(digits: str) -> int:
    # Python refuses very long integers with an error that names no path; this one is refused where it stands.
    return int(digits) if len(digits) <= COUNT_DIGITS else COUNT_LIMIT
