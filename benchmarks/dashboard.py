"""What a page of the dashboard weighs and how soon it answers, in a real browser.

    python benchmarks/dashboard.py DATABASE...

Each DATABASE is a published DuckDB file, or a built one. Sizes are the same anywhere;
times are of one machine on one day, each the best of some repeats, since whatever else
the machine does can only add to them. The history keeps all of it.
"""

import argparse
import csv
import re
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

import duckdb
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table
from run import commit

from savoir.dashboard import write_dashboard
from savoir.dashboard.pdf import find_browser

HISTORY = Path(__file__).with_name("dashboard.csv")
VIEWPORT = {"width": 1440, "height": 900}

# Milliseconds from asking for the page: until figures stand there, until the charts
# may be drawn, which is the last thing a reader waits for; and what a filter takes.
OPENED = """() => ({
    "ms to figures": Number(document.body.dataset.shown),
    "ms to interactive": Number(document.body.dataset.ready),
})"""
FILTERED = """channel => {
    const started = performance.now();
    window.savoir.set({ filters: { channel: [channel] } });
    document.body.getBoundingClientRect();
    return performance.now() - started;
}"""


def main() -> None:
    """Measure every database, print, and remember."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("databases", type=Path, nargs="+")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--forget", action="store_true", help="Keep no history.")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        measured = {
            contacts_of(database): measure(database, browser, options.repeats)
            for database in options.databases
        }
        browser.close()
    show(measured, Console())
    if not options.forget:
        remember(measured)


def contacts_of(database: Path) -> int:
    """Return how many contacts a database holds."""
    with duckdb.connect(database, read_only=True) as connection:
        return connection.sql("select count(*) from core.fct_contacts").fetchall()[0][0]


def measure(database: Path, browser: Browser, repeats: int) -> dict[str, float]:
    """Write the page of everything and open it anew some times."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        page = write_dashboard(database, Path(folder) / "dashboard.html")
        written = time.process_time() - started
        opened = [open_page(page, browser) for _ in range(repeats)]
        return {
            **weigh(page),
            "processor s to write": written,
            **{name: min(one[name] for one in opened) for name in opened[0]},
        }


def weigh(page: Path) -> dict[str, float]:
    """Return the bytes of a page in kB, and of its parts."""
    text = page.read_text(encoding="utf-8")
    parts = {"data": "pack-data", "lists": "pack-meta", "library": "library"}
    return {"kB": page.stat().st_size / 1000} | {
        f"kB of {name}": len(re.search(rf'id="{key}">([^<]*)<', text).group(1)) / 1000
        for name, key in parts.items()
    }


def open_page(page: Path, browser: Browser) -> dict[str, float]:
    """Open a page in a profile of its own; filter it by each channel in turn."""
    tab = browser.new_context(viewport=VIEWPORT).new_page()
    tab.goto(page.as_uri())
    tab.wait_for_selector("body[data-ready]")
    found = tab.evaluate(OPENED)
    channels = tab.evaluate("window.savoir.pack.values.channel")
    found["ms to filter"] = median(tab.evaluate(FILTERED, one) for one in channels)
    found["rows"] = tab.evaluate(
        "window.savoir.pack.tables.reduce((sum, { rows }) => sum + rows, 0)"
    )
    tab.context.close()
    return found


def show(measured: dict[int, dict[str, float]], console: Console) -> None:
    """Print what was measured, a column per size."""
    table = Table("contacts", *(f"{contacts:,}" for contacts in measured))
    for name in next(iter(measured.values())):
        table.add_row(name, *(f"{one[name]:,.1f}" for one in measured.values()))
    console.print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    console.print(f"{peak / unit:,.0f} MiB of memory at most to write them")


def remember(measured: dict[int, dict[str, float]]) -> None:
    """Add what was measured to the history."""
    with HISTORY.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if not file.tell():
            writer.writerow(["date", "commit", "contacts", "measure", "value"])
        for contacts, one in measured.items():
            for name, value in one.items():
                row = [date.today().isoformat(), commit(), contacts, name]
                writer.writerow([*row, f"{value:.1f}"])


if __name__ == "__main__":
    main()
