"""What a change does to the KPIs: two builds of the same exports, compared.

The base is a commit, built from a worktree of its own; the other side is the folder as
it stands, committed or not. Nothing is written to the user's warehouse.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table as RichTable

from savoir import paths
from savoir.printing import MISSING, format_value, read_rows

SHOWN = 8  # cut values, ids, kinds of change: the rest is counted

# A line of the scorecard has moved when any of its figures has, rounding apart.
MOVED_LINES = """
select
    kpi_id,
    coalesce(new_lines.period_grain, old_lines.period_grain) as period_grain,
    period_start_date,
    cut,
    cut_value,
    old_lines.kpi_value as old_value,
    new_lines.kpi_value as new_value,
    old_lines.sample_size as old_sample,
    new_lines.sample_size as new_sample
from old.kpis.rpt_kpi_scorecard as old_lines
full join new.kpis.rpt_kpi_scorecard as new_lines
    using (kpi_id, period_grain, period_start_date, cut, cut_value)
where
    old_lines.numerator is distinct from new_lines.numerator
    or old_lines.denominator is distinct from new_lines.denominator
    or old_lines.sample_size is distinct from new_lines.sample_size
    or round(old_lines.kpi_value, 9) is distinct from round(new_lines.kpi_value, 9)
    or round(old_lines.interval_low, 9)
    is distinct from round(new_lines.interval_low, 9)
    or round(old_lines.interval_high, 9)
    is distinct from round(new_lines.interval_high, 9)
"""

KPIS = """
select
    kpi_id,
    coalesce(new_kpis.label_en, old_kpis.label_en) as label,
    coalesce(new_kpis.unit, old_kpis.unit) as unit,
    old_kpis.version as old_version,
    new_kpis.version as new_version
from old.kpis.dim_kpi as old_kpis
full join new.kpis.dim_kpi as new_kpis using (kpi_id)
"""


class DiffError(Exception):
    """One side could not be built."""


@dataclass(frozen=True)
class Line:
    """One figure of one KPI on both sides; None where a side has none."""

    grain: str
    start: date
    cut: str
    cut_value: str
    old: float | None
    new: float | None
    old_sample: int | None
    new_sample: int | None

    @property
    def change(self) -> float | None:
        """Return new less old, if there are both."""
        return None if self.old is None or self.new is None else self.new - self.old


@dataclass(frozen=True)
class MovedKpi:
    """A KPI that is not what it was: its versions and the figures that moved."""

    kpi_id: str
    label: str
    unit: str
    old_version: int | None
    new_version: int | None
    lines: list[Line]

    @property
    def is_announced(self) -> bool:
        """Say whether its version says that it moved."""
        return self.old_version != self.new_version

    @property
    def months(self) -> list[Line]:
        """Return the overall figures by month that moved."""
        overall = [line for line in self.lines if line.cut == "overall"]
        return [line for line in overall if line.grain == "month"]

    @property
    def cuts(self) -> list[Line]:
        """Return the cut values over all time that moved, the largest change first."""
        found = [x for x in self.lines if x.grain == "all" and x.cut != "overall"]
        return sorted(found, key=lambda line: -abs(line.change or 0))


@dataclass(frozen=True)
class MovedRows:
    """The rows of a fact that are new, gone or other, with ids; changes by column."""

    table: str
    added: int
    removed: int
    changed: int
    examples: dict[str, list[str]]
    changes: dict[str, list[str]]


# Building both sides ------------------------------------------------------------------


@contextmanager
def checked_out(commit: str, folder: Path) -> Iterator[Path]:
    """Yield a worktree of a commit, and remove it afterwards."""
    try:
        _run(["git", "worktree", "add", "--detach", str(folder), commit], paths.PROJECT)
        yield folder
    finally:
        subprocess.run(
            ["git", "worktree", "remove", "--force", str(folder)],
            cwd=paths.PROJECT,
            capture_output=True,
            check=False,
        )


def build(project: Path, landing: Path, warehouse: Path) -> Path:
    """Land and build a project's marts with its own code; return the database.

    Raise `DiffError`, with what dbt says, where that fails. Tests are left out: they
    are what `make test` is for.
    """
    dbt = Path(sys.executable).with_name("dbt")
    command = [str(dbt), "--quiet", "build", "--target-path", str(warehouse / "target")]
    command += ["--log-path", str(warehouse / "logs")]
    command += [
        "--exclude-resource-type",
        "test",
        "--exclude-resource-type",
        "unit_test",
    ]
    environment = {
        "SAVOIR_LANDING": str(landing),
        "SAVOIR_WAREHOUSE": str(warehouse),
        # the landing code of that side, not of the one installed
        "PYTHONPATH": str(project / "src"),
    }
    _run(command, project, environment)
    return warehouse / "savoir.duckdb"


def _run(command: list[str], folder: Path, environment: dict | None = None) -> None:
    run = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise DiffError((run.stdout + run.stderr).strip())


# Comparing them -----------------------------------------------------------------------


@contextmanager
def both(old: Path, new: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to two databases, as `old` and `new`."""
    with duckdb.connect() as connection:
        for name, database in (("old", old), ("new", new)):
            connection.execute(f"attach '{database}' as {name} (read_only)")
        yield connection


def moved_kpis(connection: duckdb.DuckDBPyConnection) -> list[MovedKpi]:
    """Return the KPIs with a figure that moved, or that only one side has."""
    lines: dict[str, list[Line]] = {}
    query = f"{MOVED_LINES} order by kpi_id, period_start_date, cut, cut_value"
    for kpi_id, *line in connection.execute(query).fetchall():
        lines.setdefault(kpi_id, []).append(Line(*line))
    return [
        MovedKpi(**kpi, lines=lines.get(kpi["kpi_id"], []))
        for kpi in read_rows(connection, f"{KPIS} order by kpi_id")
        if kpi["kpi_id"] in lines or kpi["old_version"] != kpi["new_version"]
    ]


def moved_rows(connection: duckdb.DuckDBPyConnection) -> list[MovedRows]:
    """Return the facts, and the customers, whose rows differ between the sides."""
    tables = connection.execute(
        """
        select database_name, table_name, list(column_name order by column_index)
        from duckdb_columns()
        where schema_name = 'core' and regexp_matches(table_name, '^fct|^dim_customers')
        group by all
        """
    ).fetchall()
    columns = {(side, table): names for side, table, names in tables}
    compared = [
        _moved_rows(connection, table, [n for n in names if n in columns["old", table]])
        for (side, table), names in sorted(columns.items())
        if side == "new" and ("old", table) in columns
    ]
    return [rows for rows in compared if rows.added or rows.removed or rows.changed]


def _moved_rows(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]
) -> MovedRows:
    """Compare the columns of a table that both sides have; its first is its key."""
    key, *others = columns
    old, new = f"old.core.{table} as o", f"new.core.{table} as n"
    differs = {name: f"o.{name} is distinct from n.{name}" for name in others}
    either = " or ".join(differs.values()) or "false"
    sources = {
        "added": f"{new} anti join {old} using ({key})",
        "removed": f"{old} anti join {new} using ({key})",
        "changed": f"{old} join {new} using ({key}) where {either}",
    }
    counts, examples, changes = {}, {}, {}
    for kind, source in sources.items():
        counts[kind], ids = connection.execute(
            f"select count(*), list({key} order by {key})[:{SHOWN}] from {source}"
        ).fetchone()
        examples[kind] = ids or []
    for name, condition in differs.items():
        rows = connection.execute(
            f"select coalesce(o.{name}::varchar, 'null') || ' → ' "
            f"|| coalesce(n.{name}::varchar, 'null'), count(*) "
            f"from {old} join {new} using ({key}) where {condition} "
            "group by 1 order by 2 desc, 1"
        ).fetchall()
        if rows:
            changes[name] = [f"{what} ({count:,})" for what, count in rows[:SHOWN]]
    return MovedRows(table, **counts, examples=examples, changes=changes)


# Saying it ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """A table for a terminal or for Markdown."""

    title: str
    columns: list[str]
    rows: list[list[str]]


def tables(kpis: list[MovedKpi], rows: list[MovedRows]) -> list[Table]:
    """Return what moved: KPIs overall, each by month and by cut, then rows."""
    said = [
        Table(
            "KPIs that moved",
            ["KPI", "version", "lines moved", "old", "new", "difference"],
            [_overview(kpi) for kpi in kpis],
        )
    ]
    for kpi in kpis:
        for by, lines in (("month", kpi.months), ("cut, all time", kpi.cuts[:SHOWN])):
            if lines:
                said.append(
                    Table(
                        f"{kpi.label} by {by}",
                        [by, "old", "new", "difference", "sample"],
                        [_figures(kpi, line) for line in lines],
                    )
                )
    if rows:
        said.append(
            Table(
                "Rows that moved",
                ["table", "added", "removed", "changed", "what", "for example"],
                [line for moved in rows for line in _rows(moved)],
            )
        )
    return said


def _overview(kpi: MovedKpi) -> list[str]:
    versions = [
        MISSING if v is None else str(v) for v in (kpi.old_version, kpi.new_version)
    ]
    version = (
        versions[0] if kpi.old_version == kpi.new_version else " → ".join(versions)
    )
    overall = [x for x in kpi.lines if x.grain == "all" and x.cut == "overall"]
    figures = _figures(kpi, overall[0])[1:4] if overall else ["as it was", "", ""]
    return [kpi.kpi_id, version, f"{len(kpi.lines):,}", *figures]


def _figures(kpi: MovedKpi, line: Line) -> list[str]:
    where = (
        f"{line.start:%Y-%m}"
        if line.cut == "overall"
        else f"{line.cut} {line.cut_value}"
    )
    change = MISSING if line.change is None else f"{line.change:+,.2f}"
    samples = [
        MISSING if n is None else f"{n:,}" for n in (line.old_sample, line.new_sample)
    ]
    sample = samples[0] if samples[0] == samples[1] else " → ".join(samples)
    values = [format_value(value, kpi.unit, "en") for value in (line.old, line.new)]
    return [where, *values, change, sample]


def _rows(moved: MovedRows) -> list[list[str]]:
    counts = [f"{n:,}" for n in (moved.added, moved.removed, moved.changed)]
    ids = [
        f"{kind}: {', '.join(found)}" for kind, found in moved.examples.items() if found
    ]
    lines = [[moved.table, *counts, "", "; ".join(ids)]]
    for column, changes in moved.changes.items():
        lines.append(["", "", "", "", column, "; ".join(changes)])
    return lines


def print_tables(said: list[Table], console: Console) -> None:
    """Print tables in a terminal."""
    for table in said:
        printed = RichTable(*table.columns, title=table.title, title_justify="left")
        for row in table.rows:
            printed.add_row(*row)
        console.print(printed)


def markdown(said: list[Table]) -> str:
    """Return tables as Markdown, for a pull request's comment."""
    parts = []
    for table in said:
        lines = [f"### {table.title}", ""]
        cells = [table.columns, ["---"] * len(table.columns), *table.rows]
        lines += [
            "| " + " | ".join(c.replace("|", "\\|") for c in row) + " |"
            for row in cells
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)
