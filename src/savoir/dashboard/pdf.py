"""The overview on paper, printed by a browser that the machine has."""

import os
import shutil
import subprocess
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")

# Milliseconds of the page's own time, in which it decodes its data and draws.
DRAWING_TIME = 20_000


class NoBrowser(Exception):
    """There is no browser that could print."""


def find_browser() -> str | None:
    """Return the program of a browser that prints, if the machine has one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def write_pdf(page: Path, language: str) -> Path:
    """Print the overview of a page beside it; return the PDF.

    Raises `NoBrowser` where there is none, `subprocess.SubprocessError` when it fails.
    """
    browser = find_browser()
    if browser is None:
        raise NoBrowser(
            f"no browser to print with (looked for {', '.join(BROWSERS)}): install "
            "Chromium, or open the page and choose Export, PDF"
        )
    target = page.with_name(f"{page.stem}.{language}.pdf")
    command = [
        browser,
        "--headless",
        "--disable-gpu",
        "--no-pdf-header-footer",
        "--window-size=1400,1000",
        f"--virtual-time-budget={DRAWING_TIME}",
        f"--print-to-pdf={target}",
        f"{page.resolve().as_uri()}#overview?lang={language}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.insert(1, "--no-sandbox")  # Chromium refuses root its sandbox
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target
