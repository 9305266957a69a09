"""The command line that any reader can check a downloaded dossier with, run as a reader would."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evidence.engine.vectors import compact, lines

ROOT = Path(__file__).resolve().parents[3]
CASE = lines("engine.jsonl")[0]
DOSSIER = json.dumps(CASE["dossier"], ensure_ascii=False).encode()


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the command in the project's folder, without the variables a server would have."""
    return subprocess.run(
        [sys.executable, "-m", "evidence.engine", *arguments],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env={"PYTHONUTF8": "1"},
        check=False,
    )


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_it_prints_the_verdict_on_a_file_on_one_line(version: str, tmp_path: Path) -> None:
    file = tmp_path / "dossier.json"
    file.write_bytes(DOSSIER)
    done = run(str(file), "--version", version)
    assert done.stdout.decode() == compact(CASE["verdicts"][version]) + "\n"
    assert (done.returncode, done.stderr) == (0, b"")


def test_it_reads_standard_input_and_grades_by_the_newest_version() -> None:
    done = run("-", stdin=DOSSIER)
    assert done.stdout.decode() == compact(CASE["verdicts"]["1.1"]) + "\n"
    assert done.returncode == 0


def test_it_prints_the_same_verdict_indented_for_reading() -> None:
    done = run("-", "--pretty", "--version", "1.0", stdin=DOSSIER)
    assert done.stdout.count(b"\n") > 50
    assert compact(json.loads(done.stdout)) == compact(CASE["verdicts"]["1.0"])


@pytest.mark.parametrize(
    ("dossier", "message"),
    [
        (DOSSIER.replace(b'"rct"', b'"rcts"', 1), b'findings[1].design: unknown value "rcts"\n'),
        (b"\xff", b"dossier: not UTF-8 at byte 0\n"),
        (b"{", b"dossier: not JSON at line 1, column 2\n"),
        ('{"說": 1}'.encode(), "說: unknown key\n".encode()),
    ],
)
def test_it_refuses_a_bad_dossier_in_one_line_and_prints_no_verdict(dossier: bytes, message: bytes) -> None:
    done = run("-", stdin=dossier)
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", message)


@pytest.mark.parametrize("arguments", [("-", "--version", "0.9"), ("no-such-file.json",), ("tests",)])
def test_it_refuses_an_unknown_version_and_a_file_that_is_none(arguments: tuple[str, ...]) -> None:
    done = run(*arguments, stdin=DOSSIER)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1


def test_importing_the_engine_imports_nothing_but_the_standard_library() -> None:
    probe = (
        "import sys; import evidence.engine, evidence.engine.__main__, evidence.derived, evidence.lint;"
        "known = sys.stdlib_module_names | {'evidence', '__main__'};"
        "print(sorted({name.partition('.')[0] for name in sys.modules} - known))"
    )
    done = subprocess.run(
        # -S and -E keep installed packages' own start-up files out of the count.
        [sys.executable, "-S", "-E", "-c", probe],
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout.decode().strip() == "[]"
