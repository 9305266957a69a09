"""The heavy bars, run before an issue is called resolved: Lighthouse over the kinds of page, mobile, median of three.

Needs Node and Chromium; installs Lighthouse under var/. Axe, the Nu checker and the console are in the browser tests.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.running import ROOT, Site

LIGHTHOUSE = "12.8.2"  # 13 needs a newer Node
RUNS = 3
BARS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
PAGES = (
    "/", "/zh-hant/", "/articles/l-glutamine/", "/zh-hant/articles/l-glutamine/",
    "/claims/glutamine-for-gut-permeability/", "/zh-hant/claims/glutamine-for-gut-permeability/", "/claims/",
    "/topics/gut/", "/studies/zhou2019/", "/how-we-grade/", "/people/demonstration-writer/", "/about/", "/privacy/",
)  # fmt: skip


def installed() -> Path:
    """Return Lighthouse's command, installing it on first use."""
    folder = ROOT / "var" / "lighthouse"
    command = folder / "node_modules" / ".bin" / "lighthouse"
    if not command.exists():
        subprocess.run(
            [
                "npm",
                "install",
                "--silent",
                "--no-audit",
                "--no-fund",
                "--prefix",
                folder,
                f"lighthouse@{LIGHTHOUSE}",
            ],
            check=True,
        )
    return command


def measure(command: Path, address: str) -> dict[str, float]:
    """Return the four scores of one run, 0 to 100."""
    ran = subprocess.run(
        [
            command, address, "--quiet", "--output=json", "--output-path=stdout",
            f"--only-categories={','.join(BARS)}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking",
        ],
        env={**os.environ, "CHROME_PATH": os.environ.get("CHROMIUM", "/usr/bin/chromium")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    categories = json.loads(ran.stdout)["categories"]
    return {name: categories[name]["score"] * 100 for name in BARS}


def main() -> int:
    """Measure every page and fail when a median lies below its bar."""
    command, below = installed(), 0
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder)).wait()
        try:
            for path in PAGES:
                runs = [measure(command, site.address + path) for _ in range(RUNS)]
                medians = {name: statistics.median(run[name] for run in runs) for name in BARS}
                fallen = [name for name, bar in BARS.items() if medians[name] < bar]
                below += len(fallen)
                shown = "  ".join(f"{name} {score:.0f}" for name, score in medians.items())
                print(f"{path:<60} {shown}  {'BELOW: ' + ', '.join(fallen) if fallen else ''}", flush=True)
        finally:
            site.stop()
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
