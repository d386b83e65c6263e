"""Whose rows go into which file: a filter in a page would be no security."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from savoir.dashboard.page import write_dashboard
from savoir.dashboard.tables import CUTS, MISSING_VALUE, Only

# What a file may be made for, each value of it holding its own rows and no others.
SCOPES = ("site", "team", "agent")


def find_scopes(published: Path, cuts: Iterable[str]) -> list[Only]:
    """Return every value of these cuts that handled a contact."""
    with duckdb.connect(published, read_only=True) as connection:
        return [
            Only(cut, value)
            for cut in cuts
            for (value,) in connection.sql(
                f"select distinct {CUTS[cut]} from kpis.kpi_contacts_daily "
                f"where {CUTS[cut]} != '{MISSING_VALUE}' order by 1"
            ).fetchall()
        ]


def write_dashboards(
    published: Path, folder: Path, run_results: Path | None, cuts: Iterable[str] = ()
) -> Iterator[Path]:
    """Write the page of everything and one per value of these cuts; yield each file.

    Files of scopes that are no more are removed: they would show figures of old.
    """
    scopes: list[Only | None] = [None, *find_scopes(published, cuts)]
    targets = {folder / name: only for name, only in file_names(scopes).items()}
    for cut in SCOPES:
        for old in folder.glob(f"{cut}-*.html"):
            if old not in targets:
                old.unlink()
    for target, only in targets.items():
        yield write_dashboard(published, target, run_results, only)


def file_names(scopes: Iterable[Only | None]) -> dict[str, Only | None]:
    """Name the file of each scope: `dashboard.html`, `team-support-n1.html`.

    Values whose names differ by less than a file's name can say are numbered.
    """
    named: dict[str, Only | None] = {}
    for only in scopes:
        stem = "dashboard" if only is None else f"{only.cut}-{_slug(only.value)}"
        name, number = f"{stem}.html", 1
        while name in named:
            number += 1
            name = f"{stem}-{number}.html"
        named[name] = only
    return named


def _slug(text: str) -> str:
    return re.sub(r"\W+", "-", text.casefold()).strip("-")
