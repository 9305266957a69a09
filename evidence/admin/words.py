"""Words at the desk for codes that no model carries: lint, the trail's steps and outcomes, reasons, broken files."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = dict[str, str | Promise]

LINT: Words = {
    "ci_reversed": _("The interval's ends are the wrong way round."),
    "estimate_outside_ci": _("The estimate lies outside its interval."),
    "midpoint_off": _("The estimate is not in the middle of its interval."),
    "arms_do_not_sum": _("The arms do not add up to n."),
    "percentage_impossible_for_n": _("No whole number of people gives this percentage."),
    "p_not_below_alpha": _("An effect is coded, but p is not below alpha."),
    "p_disagrees_with_ci": _("p and the interval contradict one another."),
}

STEPS: Words = {
    "compute_raw_score": _("Work out the score"),
    "tier_from_score": _("Find the tier"),
    "apply_hec_rules": _("Ask the best reviews"),
    "tier_strict_requirement_check": _("Check what the tier demands"),
    "apply_safety_cap": _("Apply the safety cap"),
    "detect_disputes": _("Look for disputes"),
    "decide_status": _("Decide the status"),
}

OUTCOMES: Words = {
    "computed": _("Computed"),
    "insufficient": _("Insufficient evidence"),
    "tier": _("Tier found"),
    "conflict": _("The best reviews contradict one another"),
    "harm": _("Harm"),
    "none": _("None"),
    "not_applicable": _("Does not apply"),
    "null": _("No effect"),
    "positive": _("Benefit"),
    "demoted": _("Moved down"),
    "met": _("Met"),
    "capped": _("Capped"),
    "within_cap": _("Within the cap"),
    "debated": _("Debated"),
    "disputed": _("Disputed"),
    "established": _("Established"),
    "harmful": _("Harmful"),
    "not_supported": _("Not supported"),
    "preliminary": _("Preliminary"),
    "supported": _("Supported"),
    "unproven": _("Unproven"),
}

PARAMS: Words = {
    "score": _("score"),
    "terms": _("layers: value and weight"),
    "missing": _("without input"),
    "present_weight": _("weight present"),
    "mass": _("mass of the studies"),
    "tier": _("tier"),
    "before": _("before"),
    "after": _("after"),
    "positive": _("reviews of benefit"),
    "null": _("reviews of no effect"),
    "harm": _("reviews of harm"),
    "hard": _("hard disputes"),
    "soft": _("soft disputes"),
}

CHANGES: Words = {
    "positive_rct": _("One large, direct trial finds benefit"),
    "null_rct": _("One large, direct trial finds no effect"),
    "positive_review": _("One large, direct review of trials finds benefit"),
}

# What a dossier's fields are called where two are compared.
DOSSIER: Words = {
    "design": _("design"),
    "direction": _("direction"),
    "quality": _("quality"),
    "precision": _("precision"),
    "directness": _("directness"),
    "state": _("standing"),
    "role": _("role"),
    "group": _("research group"),
    "n": _("people (n)"),
    "includes": _("pooled studies"),
    "stance": _("stance"),
    "relevance": _("relevance"),
    "layer": _("layer"),
    "grade": _("grade"),
    "verdict": _("verdict"),
    "answer": _("answer"),
    "safety": _("safety"),
}

# What a verdict's lines are called where two are compared.
VERDICT: Words = {
    "engine": _("Engine"),
    "tier": _("Tier"),
    "score": _("Score"),
    "status": _("Status"),
    "reader_grade": _("Grade"),
    "certainty": _("Certainty"),
    "confidence": _("Confidence"),
}

LEFT_OUT: Words = {
    "not_yet_checked": _("nobody has asked its source yet, so nothing is known of its standing"),
    "notice_cited": _("it is a notice, not a study"),
    "wrong_work": _("its record is that of another work than the one cited"),
    "not_found": _("its source knows no work under this identifier"),
}

# Reason and way out of each way a file of references can be broken (evidence/sources/problems.py).
PROBLEMS: dict[str, tuple[Promise, Promise]] = {
    "empty": (_("The file is empty."), _("Fetch or export it again.")),
    "html": (_("The file is a web page, not PubMed XML."), _("Ask efetch again with retmode=xml.")),
    "nbib": (
        _("The file is in NBIB (MEDLINE text) form, not XML."),
        _("Import it as NBIB."),
    ),
    "not_xml": (
        _("The file is not XML."),
        _("Export the records from PubMed as XML, or choose another format."),
    ),
    "error_answer": (
        _("PubMed answered with an error instead of records."),
        _("Mend the request, then ask again."),
    ),
    "other_xml": (_("The XML holds no PubMed records."), _("Use an efetch answer or a PubMed XML export.")),
    "no_records": (
        _("The answer is well formed and holds no record."),
        _("Check the PMIDs that were asked for."),
    ),
    "broken_xml": (
        _("The XML breaks off or is malformed here."),
        _("The records before it were kept; get the rest anew."),
    ),
    "broken_gzip": (
        _("The compressed file is damaged."),
        _("The records before it were kept; download it anew."),
    ),
    "entities": (
        _("The XML declares entities, which are refused."),
        _("Use a file that comes from PubMed itself."),
    ),
    "encoding": (_("The XML names an encoding that cannot be read."), _("Save the file as UTF-8.")),
    "record_too_long": (_("One record is longer than any real one."), _("Check where the file comes from.")),
    "pmid_missing": (_("The record has no PMID."), _("Look the work up in PubMed and import it from there.")),
    "pmid_unreadable": (
        _("The record's PMID is not a number of 1 to 8 digits."),
        _("Import the work from PubMed anew."),
    ),
    "article_missing": (
        _("The record has no Article."),
        _("Look the PMID up in PubMed and import it from there."),
    ),
    "web_page": (
        _("The file is a web page."),
        _("Download the references themselves, not the page about them."),
    ),
    "file_too_long": (
        _("The file is too long to be read at once."),
        _("Export the references in several files."),
    ),
    "unknown_format": (
        _("The file is in none of the formats that can be read."),
        _("Export the references as PubMed XML, NBIB, RIS, CSL-JSON or BibTeX."),
    ),
    "no_references": (
        _("The file holds no reference of this format."),
        _("Export it again, or in another format."),
    ),
    "nothing_stated": (
        _("The record states neither a title nor an identifier."),
        _("Add its DOI, its PMID or its title to the file."),
    ),
    "broken_off": (
        _("The file ends within this record."),
        _("The records before it were kept; export it again."),
    ),
    "broken_json": (
        _("The JSON breaks off or is malformed here."),
        _("Export the references again as CSL-JSON."),
    ),
    "broken_item": (
        _("This item is not a CSL-JSON reference."),
        _("Mend it, or export it again as CSL-JSON."),
    ),
    "broken_entry": (_("This BibTeX entry cannot be read."), _("Check its braces, commas and quotes.")),
}

# Why a service gave no answer (evidence/sources/replies.py), with the service's name before it.
SILENCES: Words = {
    "unlisted": _("Neither PubMed nor Crossref holds the work; another agency registered its DOI."),
    "timeout": _("it did not answer in time."),
    "refused": _("it could not be reached."),
    "no_turn": _("too many others are asking it just now."),
    "status_429": _("it says that we ask too often."),
    "status_5xx": _("it has a fault of its own."),
    "html": _("it answered with a web page instead of data."),
    "half_body": _("its answer broke off."),
    "not_json": _("its answer is not JSON."),
    "not_xml": _("its answer is not the XML asked for."),
    "too_large": _("its answer is larger than any real one."),
    "redirect": _("it sends us to another place, where we do not go."),
    "error_answer": _("it answered that it cannot answer."),
    "not_recorded": _("the demonstration has recorded no reply to this; a real site asks the real service."),
}
