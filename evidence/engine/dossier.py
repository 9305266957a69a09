"""A dossier as typed, frozen records: everything known about one claim.

Reading one from data, and refusing it, lives in `validation`; its bytes and hash in `codec`. Every version
imports this module, so it holds nothing that could want to change.
"""

from dataclasses import dataclass, fields


class DossierError(ValueError):
    """A dossier is refused; the message is one line that begins with the path of what is wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one study on the claim; an empty group is a group of its own, and n = 0 is not stated."""

    id: str
    design: str
    direction: str
    quality: str
    precision: str
    directness: str
    state: str
    role: str
    group: str
    n: int
    includes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """What a regulator (L4) or a clinical body (L5) says about the claim."""

    id: str
    layer: str
    stance: str
    relevance: str


@dataclass(frozen=True, slots=True)
class Mechanism:
    """Answers to the five questions of mechanism (L3); None is a question not assessed."""

    target: str | None = None
    model: str | None = None
    human_marker: str | None = None
    exposure: str | None = None
    population: str | None = None

    def answered(self) -> dict[str, str]:
        """Give the questions that were assessed, with their answers, in the order of the fields."""
        answers = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {question: answer for question, answer in answers if answer is not None}


@dataclass(frozen=True, slots=True)
class Benchmark:
    """The grade another house gives the claim (L1)."""

    id: str
    grade: str


@dataclass(frozen=True, slots=True)
class Recheck:
    """The verdict of an independent reader blind to the other layers (L11)."""

    id: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything known about one claim; `safety` None is not assessed. The order of lists means nothing."""

    claim_type: str
    findings: tuple[Finding, ...]
    positions: tuple[Position, ...]
    mechanism: Mechanism
    benchmarks: tuple[Benchmark, ...]
    rechecks: tuple[Recheck, ...]
    safety: str | None
