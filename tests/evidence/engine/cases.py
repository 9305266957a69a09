"""Hand-made findings and claims for tests of single rules; random ones are in `dossiers`."""

from dataclasses import replace

from evidence.engine import Dossier, Finding, Mechanism, Position, Recheck

NOT_ASSESSED = Mechanism()


def trial(name: str, direction: str, **codes: str) -> Finding:
    """Make a sound randomised trial, which weighs .80, with some of its codes changed."""
    finding = Finding(
        id=name,
        design="rct",
        direction=direction,
        quality="high",
        precision="adequate",
        directness="direct",
        state="current",
        role="efficacy",
        group="",
        n=100,
        includes=(),
    )
    return replace(finding, **codes)  # type: ignore[arg-type]


def claim(
    *findings: Finding,
    body: str = "neutral",
    mechanism: Mechanism = NOT_ASSESSED,
    rechecks: tuple[Recheck, ...] = (),
) -> Dossier:
    """Make an intervention that a clinical body has a stance on, so that it is graded."""
    return Dossier(
        claim_type="intervention",
        findings=findings,
        positions=(Position("body", "L5", body, "direct"),),
        mechanism=mechanism,
        benchmarks=(),
        rechecks=rechecks,
        safety="none",
    )
