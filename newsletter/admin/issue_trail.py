"""The trail of an issue in words: each event with who did it and what it changed. It reads; verbs write the trail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.word_diff import Part, word_diff
from evidence.models.claims import LANGUAGE_CHOICES
from newsletter.admin.issue_sheet import SAID, WORDS
from newsletter.models import Issue, IssueEvent, IssueLine, IssueText

Kind = IssueEvent.Kind
MOST = 60  # events a page shows; the newest say most
NAME = 44  # characters by which a line is known in the trail
MOST_REPLY = 200


@dataclass
class Change:
    """A text that was changed: what it is, and its words with what went and what came."""

    label: str
    parts: list[Part]


@dataclass
class Shown:
    """An event as a page shows it."""

    at: datetime
    what: str
    by: str
    remark: str
    changes: list[Change] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


def shown(issue: Issue, lines: Mapping[str, str]) -> list[Shown]:
    """Return the newest events first; `lines` are the texts of the issue's lines by their key."""
    events = issue.events.select_related("by").order_by("-id")[:MOST]
    return [_shown(event, lines) for event in events]


def _shown(event: IssueEvent, lines: Mapping[str, str]) -> Shown:
    said = Shown(
        at=event.at,
        what=event.get_kind_display(),
        by=_("by %(who)s") % {"who": event.by} if event.by else _("by the clock"),
        remark=event.remark,
    )
    for change in event.detail.get("changes", []):
        _add_change(said, change, event.detail, lines)
    said.sentences += [_stated(change) for change in event.detail.get("changed", [])]
    say = SENTENCES.get(event.kind)
    if say is not None and (sentence := say(event.detail, lines)):
        said.sentences.append(sentence)
    return said


def _add_change(
    said: Shown, change: Mapping[str, Any], detail: Mapping[str, Any], lines: Mapping[str, str]
) -> None:
    """Say one changed field: a text by its difference, everything else by a sentence."""
    name, old, new = change["field"], change["old"], change["new"]
    if name in LABELS and isinstance(new, str):
        about = _about(detail, lines)
        label = capfirst(f"{LABELS[name]} ({about})" if about else str(LABELS[name]))
        said.changes.append(Change(label, word_diff(str(old or ""), new)))
    elif name == "dropped" and isinstance(new, bool):
        sentence = _("Left out: %(line)s") if new else _("Taken in again: %(line)s")
        said.sentences.append(sentence % {"line": _line(str(detail.get("line")), lines)})
    elif name == "order":
        said.sentences.append(
            _("New order: %(lines)s") % {"lines": "; ".join(_line(key, lines) for key in new)}
        )
    else:
        said.sentences.append(_sentence_of(name, old, new, lines))


def _sentence_of(name: str, old: Any, new: Any, lines: Mapping[str, str]) -> str:
    """Say what taking in news did to a line; `name` is its key."""
    if name.endswith(".works"):
        works = ", ".join(f"@{key}" for key in new)
        line = _line(name.removesuffix(".works"), lines)
        return _("“%(line)s” cites now: %(works)s") % {"line": line, "works": works}
    if old is None:
        return _("Added: %(line)s") % {"line": _line(name, {name: str(new), **lines})}
    if new is None:
        return _("Taken away, since it is no news any more: %(line)s") % {
            "line": _line(name, {name: str(old)})
        }
    return _("“%(line)s” stated %(old)s, and states %(new)s now.") % {
        "line": _line(name, lines),
        "old": old or "–",
        "new": new or "–",
    }


def _stated(change: Mapping[str, Any]) -> str:
    """Say what the issue stated that no longer holds."""
    return _("%(of)s: from %(was)s to %(now)s") % {
        "of": change.get("of", ""),
        "was": change.get("was") or "–",
        "now": change.get("now") or "–",
    }


def _about(detail: Mapping[str, Any], lines: Mapping[str, str]) -> str:
    """Name what a changed text belongs to: a line, or the issue's words in a language."""
    if "line" in detail:
        return _line(str(detail["line"]), lines)
    return str(dict(LANGUAGE_CHOICES).get(detail.get("language", ""), ""))


def _line(key: str, lines: Mapping[str, str]) -> str:
    text = lines.get(key) or key
    return text if len(text) <= NAME else f"{text[:NAME].rstrip()}…"


def _composed(detail: Mapping[str, Any], _lines: Mapping[str, str]) -> str:
    count = int(detail.get("lines", 0))
    return ngettext("With %(count)s line.", "With %(count)s lines.", count) % {"count": count}


def _approved(detail: Mapping[str, Any], _lines: Mapping[str, str]) -> str:
    number = detail.get("revision", detail.get("number"))
    return _("As revision %(number)s.") % {"number": number} if number else ""


def _opened(detail: Mapping[str, Any], _lines: Mapping[str, str]) -> str:
    count = int(detail.get("audience", 0))
    return ngettext("%(count)s reader.", "%(count)s readers.", count) % {"count": count}


def _settled(detail: Mapping[str, Any], _lines: Mapping[str, str]) -> str:
    said = (
        _("Delivery %(number)s arrived.")
        if detail.get("arrived")
        else _("Delivery %(number)s goes once more.")
    )
    return said % {"number": detail.get("delivery")}


def _domain(detail: Mapping[str, Any], _lines: Mapping[str, str]) -> str:
    if "refused" not in detail:
        return str(detail.get("domain", ""))
    return _("%(domain)s refused %(refused)s of the last %(of)s.") % detail


def _reply(detail: Mapping[str, Any], _lines: Mapping[str, str]) -> str:
    return str(detail.get("reply", ""))[:MOST_REPLY]


def _spotlit(detail: Mapping[str, Any], _lines: Mapping[str, str]) -> str:
    return _("A claim was chosen for “Hype or signal”.") if detail.get("what") == "spotlight" else ""


def _tested(detail: Mapping[str, Any], _lines: Mapping[str, str]) -> str:
    return str(dict(LANGUAGE_CHOICES).get(detail.get("language", ""), ""))


SENTENCES: dict[str, Callable[[Mapping[str, Any], Mapping[str, str]], str]] = {
    Kind.COMPOSED: _composed,
    Kind.EDITED: _spotlit,
    Kind.TEST_SENT: _tested,
    Kind.APPROVED: _approved,
    Kind.OPENED: _opened,
    Kind.SETTLED: _settled,
    Kind.DOMAIN_PAUSED: _domain,
    Kind.DOMAIN_RESUMED: _domain,
    Kind.RELAY_REFUSED: _reply,
}
LABELS = {
    one.name: one.verbose_name
    for one in (*IssueText._meta.fields, *IssueLine._meta.fields)
    if one.name in {*WORDS, *SAID}
}
