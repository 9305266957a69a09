"""What a study measured, in words and numbers as its source printed them. Nothing is computed or rounded here."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.words.codes import label
from articles.words.numbers import listed, printed


def estimate(finding: dict[str, Any]) -> str:
    """Print the estimate with its measure, "RR 13.8"; nothing where none is stated."""
    if not (finding["measure"] and finding["estimate"]):
        return ""
    return f"{finding['measure']} {printed(finding['estimate'])}"


def interval(finding: dict[str, Any]) -> str:
    """Print the confidence interval with its level; nothing where none is stated."""
    if not finding["ci_low"]:
        return ""
    ends = {"low": printed(finding["ci_low"]), "high": printed(finding["ci_high"])}
    if not finding["ci_level"]:
        return _("CI %(low)s to %(high)s") % ends
    return _("%(level)s %% CI %(low)s to %(high)s") % {**ends, "level": finding["ci_level"]}


def p_value(finding: dict[str, Any]) -> str:
    """Print p as stated, with the threshold where the study had set one."""
    stated = finding["p"]
    if not stated:
        return ""
    text = f"p {stated[0]} {stated[1:]}" if stated.startswith("<") else f"p = {stated}"
    if not finding["alpha"]:
        return text
    return _("%(p)s (threshold set beforehand: %(alpha)s)") % {"p": text, "alpha": finding["alpha"]}


def measured(finding: dict[str, Any]) -> str:
    """Name the measure and which way is better: "Risk ratio; higher is better"."""
    if not finding["measure"]:
        return ""
    measure, better = label("measure", finding["measure"]), label("better", finding["better"])
    return _("%(measure)s; %(better)s") % {"measure": measure, "better": better[:1].lower() + better[1:]}


def people(count: int) -> str:
    """Say how many people took part; 0 is "not stated"."""
    if not count:
        return _("not stated")
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": f"{count:,}"}


def arm(one: dict[str, Any], name: str) -> str:
    """Say how many of an arm had the event, or how large it is: "Placebo: 3 of 52"."""
    counts = f"{one['n']:,}"
    if one.get("events") is not None:
        counts = _("%(events)s of %(people)s") % {"events": f"{one['events']:,}", "people": counts}
    return _("%(arm)s: %(count)s") % {"arm": name, "count": counts} if name else counts


def size(finding: dict[str, Any]) -> str:
    """Print the whole effect in one line; nothing where the study states no number."""
    return listed(filter(None, [estimate(finding), interval(finding), p_value(finding)]))
