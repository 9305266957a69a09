"""`make run` as a new person meets it: greeted with addresses and sign-ins, stopped by Ctrl-C, started again as it was."""

from pathlib import Path

from tests.browser.crawl import fetch
from tools.running import Site


def test_it_survives_ctrl_c_and_a_second_start(tmp_path: Path) -> None:
    first = Site(tmp_path / "var").wait()
    greeting = "".join(first.printed)
    assert f"{first.address}/desk/" in greeting
    assert [
        name
        for name in ("writer", "editor", "reviewer", "translator", "managing")
        if f"    {name}" not in greeting
    ] == []
    page = fetch(f"{first.address}/articles/l-glutamine/")
    assert first.stop() == 0
    assert "Stopped." in "".join(first.printed)

    second = Site(tmp_path / "var").wait()
    assert fetch(f"{second.address}/articles/l-glutamine/").replace(str(second.port), "") == page.replace(
        str(first.port), ""
    )
    assert second.stop() == 0


def test_a_second_terminal_is_told_that_it_runs_already(site: Site) -> None:
    again = Site(site.folder)
    assert again.process.wait(timeout=60) == 1
    again.greeted.wait(timeout=5)
    assert "running already" in "".join(again.printed)
