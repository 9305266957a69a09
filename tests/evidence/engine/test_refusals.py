"""What the engine refuses: in one line that begins with the path, the same error first every time."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from evidence.engine import DossierError, canonical_bytes, dossier_from_bytes, read_dossier
from tests.evidence.engine.vectors import lines

GLUTAMINE = lines("engine.jsonl")[0]["dossier"]
FINDING_KEYS = tuple(GLUTAMINE["findings"][0])

Change = Callable[[dict[str, Any]], object]


def refusal(data: object) -> str:
    """Give the message with which data are refused, read directly and from their bytes alike."""
    with pytest.raises(DossierError) as direct:
        read_dossier(data)
    with pytest.raises(DossierError) as from_bytes:
        dossier_from_bytes(json.dumps(data).encode())
    assert str(direct.value) == str(from_bytes.value)
    assert str(direct.value).isprintable()
    return str(direct.value)


def changed(change: Change) -> dict[str, Any]:
    """Give the glutamine dossier with one change made to it."""
    dossier: dict[str, Any] = copy.deepcopy(GLUTAMINE)
    change(dossier)
    return dossier


@pytest.mark.parametrize("case", [pytest.param(case, id=case["path"]) for case in lines("invalid.jsonl")])
def test_it_refuses_the_golden_case_by_its_path(case: dict[str, Any]) -> None:
    assert refusal(case["dossier"]).startswith(case["path"] + ": ")


@pytest.mark.parametrize("data", [None, [], "dossier", 7, True, 1.5])
def test_it_refuses_a_dossier_that_is_no_object(data: object) -> None:
    assert refusal(data).startswith("dossier: expected an object")


@pytest.mark.parametrize("key", list(GLUTAMINE))
def test_every_key_of_a_dossier_is_required(key: str) -> None:
    assert refusal(changed(lambda dossier: dossier.pop(key))) == f"{key}: missing"


@pytest.mark.parametrize("key", FINDING_KEYS)
def test_every_key_of_a_finding_is_required(key: str) -> None:
    path = f"findings[1].{key}"
    assert refusal(changed(lambda dossier: dossier["findings"][1].pop(key))) == f"{path}: missing"


@pytest.mark.parametrize("key", FINDING_KEYS)
@pytest.mark.parametrize("value", [None, True, 1.0, {}, "\ud800"])
def test_every_key_of_a_finding_has_its_type(key: str, value: object) -> None:
    path = f"findings[0].{key}: "
    assert refusal(changed(lambda dossier: dossier["findings"][0].update({key: value}))).startswith(path)


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("claim_type", lambda dossier: dossier.update(claim_type=["intervention"])),
        ("safety", lambda dossier: dossier.update(safety=0)),
        ("mechanism", lambda dossier: dossier.update(mechanism=[])),
        ("mechanism.target", lambda dossier: dossier["mechanism"].update(target=None)),
        ("positions", lambda dossier: dossier.update(positions=None)),
        ("positions[2]", lambda dossier: dossier["positions"].insert(2, "mayo")),
        ("positions[1].id", lambda dossier: dossier["positions"][1].update(id="us-fda")),
        ("positions[1].relevance", lambda dossier: dossier["positions"][1].pop("relevance")),
        ("positions[0].url", lambda dossier: dossier["positions"][0].update(url="")),
        ("benchmarks[0].id", lambda dossier: dossier["benchmarks"][0].update(id=1)),
        ("benchmarks[1].id", lambda dossier: dossier["benchmarks"].append(dossier["benchmarks"][0])),
        ("rechecks", lambda dossier: dossier.update(rechecks="none")),
        ("rechecks[0]", lambda dossier: dossier.update(rechecks=[[]])),
        ("findings[0].n", lambda dossier: dossier["findings"][0].update(n=False)),
        ("findings[0].n", lambda dossier: dossier["findings"][0].update(n=10**640)),
        ("findings[0].group", lambda dossier: dossier["findings"][0].update(group="\udfff")),
        ("findings[0].includes", lambda dossier: dossier["findings"][0].update(includes="a")),
        ("findings[0].includes[1]", lambda dossier: dossier["findings"][0].update(includes=["a", ""])),
        ("findings[0].includes[0]", lambda dossier: dossier["findings"][0].update(includes=["é"])),
        ("權重", lambda dossier: dossier.update({"權重": 1})),
    ],
)
def test_it_names_the_place(path: str, change: Change) -> None:
    assert refusal(changed(change)).startswith(f"{path}: ")


def test_a_key_that_breaks_the_line_is_shown_escaped() -> None:
    assert refusal(changed(lambda dossier: dossier.update({"a\nb": 1}))) == "a\\nb: unknown key"


def test_a_long_value_is_shown_shortened() -> None:
    message = refusal(changed(lambda dossier: dossier.update(safety="x" * 10_000)))
    assert len(message) < 100


def test_an_unknown_key_is_reported_before_anything_missing_or_wrong() -> None:
    dossier = changed(lambda dossier: dossier.update(claim_type="hype", verdict="A"))
    del dossier["safety"]
    assert refusal(dossier) == "verdict: unknown key"


def test_of_two_wrong_values_the_first_in_the_order_of_the_specification_is_reported() -> None:
    def change(dossier: dict[str, Any]) -> None:
        dossier["safety"] = "fine"
        dossier["findings"][0]["state"] = "lost"
        dossier["findings"][0] = dict(reversed(dossier["findings"][0].items()))
        dossier["findings"][0]["quality"] = "superb"

    assert refusal(changed(change)) == 'findings[0].quality: unknown value "superb"'


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\xff\xfe", "dossier: not UTF-8 at byte 0"),
        (b"", "dossier: not JSON at line 1, column 1"),
        (b"{}{}", "dossier: not JSON at line 1, column 3"),
        ("\ufeff{}".encode(), "dossier: not JSON at line 1, column 1"),
        (b"[" * 100_000, "dossier: nested too deeply"),
        (b'{"safety": null, "safety": null}', "safety: repeated key"),
        (b'{"claim_type": NaN}', "claim_type: unknown value a floating number"),
    ],
)
def test_it_refuses_bytes_that_hold_no_dossier(raw: bytes, message: str) -> None:
    with pytest.raises(DossierError) as refused:
        dossier_from_bytes(raw)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-1", "352.0", "3e2", "1e999", "9" * 5000, "-" + "9" * 5000]
)
def test_it_refuses_a_number_of_people_that_is_none(number: str) -> None:
    raw = json.dumps(GLUTAMINE).replace("352", number).encode()
    with pytest.raises(DossierError) as refused:
        dossier_from_bytes(raw)
    assert str(refused.value).startswith("findings[0].n: expected a whole number of 0 or more")


def test_it_refuses_a_finding_whose_key_stands_there_twice() -> None:
    raw = json.dumps(GLUTAMINE).replace('"n": 352', '"n": 352, "n": 353').encode()
    with pytest.raises(DossierError) as refused:
        dossier_from_bytes(raw)
    assert str(refused.value) == "findings[0].n: repeated key"


def test_it_takes_names_of_groups_in_any_writing_and_includes_that_repeat_or_are_absent() -> None:
    dossier = changed(
        lambda dossier: dossier["findings"][0].update(group="林口長庚", includes=["z", "a", "z"], n=10**30)
    )
    stored = json.loads(canonical_bytes(read_dossier(dossier)))
    finding = next(finding for finding in stored["findings"] if finding["n"] == 10**30)
    assert finding["group"] == "林口長庚"
    assert finding["includes"] == ["a", "z"]
