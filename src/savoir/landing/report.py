"""What a landing did, for people: in sums, file by file, and of one file alone."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from savoir.landing import systems
from savoir.landing.files import folder_literal
from savoir.landing.run import REJECTS_FOLDER, FileRow, Report
from savoir.landing.schema import Entity

FilesEntity = tuple[str, str, str]


def print_report(report: Report, console: Console) -> None:
    """Print the sums per system, each unreadable file, and the first rejects."""
    by_system: dict[str, list[FileRow]] = defaultdict(list)
    for row in report.files:
        by_system[row.system].append(row)
    table = Table(box=None, pad_edge=False)
    table.add_column("system")
    for heading in ("files", "rows read", "landed", "rejected"):
        table.add_column(heading, justify="right")
    for system, rows in sorted(by_system.items()):
        sums = (
            len({row.file for row in rows}),
            sum(row.rows_read for row in rows),
            sum(row.rows_landed for row in rows),
            sum(row.rows_rejected for row in rows),
        )
        table.add_row(system or "(no folder)", *(f"{number:,}" for number in sums))
    console.print(table)
    console.print(
        f"{report.new} new or changed, {report.unchanged} unchanged, "
        f"{report.removed} removed",
        highlight=False,
    )
    for row in report.files:
        if row.status == "unreadable":
            console.print(Text(f"unreadable: {row.file}: {row.message}", style="red"))
    for reject in report.rejects:
        place = f"{reject.file}, line {reject.line}"
        console.print(Text(f"rejected: {place}: {reject.reason}", style="yellow"))
    rejected = sum(row.rows_rejected for row in report.files)
    if rejected > len(report.rejects):
        console.print(f"... and {rejected - len(report.rejects)} more rejects")


@dataclass(frozen=True)
class Reason:
    """Why rows of a file were rejected, how many, and the first of them."""

    system: str
    entity: str
    file: str
    reason: str
    rows: int
    line: int | None
    raw_text: str


def print_files(report: Report, raw: Path, console: Console) -> None:
    """Print each file's account: rows read = landed + rejected + superseded."""
    replaced = superseded(raw)
    reasons: dict[FilesEntity, list[Reason]] = defaultdict(list)
    for reason in reasons_of(raw):
        reasons[reason.system, reason.entity, reason.file].append(reason)
    for row in report.files:
        key = (row.system, row.entity, row.file)
        old = replaced.get(key, 0)
        account = (
            f"{row.rows_read:,} rows read = {row.rows_landed - old:,} landed"
            f" + {row.rows_rejected:,} rejected + {old:,} superseded"
            if row.status == "landed"
            else row.status
        )
        style = {"landed": "", "unreadable": "red"}.get(row.status, "dim")
        console.print(
            Text(f"{row.file} [{row.entity or '?'}]: {account}", style=style),
            soft_wrap=True,
        )
        if row.message:
            console.print(Text(f"    {row.message}", style=style), soft_wrap=True)
        for reason in reasons[key]:
            example = " ".join(reason.raw_text[:100].split())
            text = f"    {reason.rows:,} x {reason.reason}; line {reason.line}: "
            console.print(Text(text + example, style="yellow"), soft_wrap=True)


def reasons_of(raw: Path) -> list[Reason]:
    """Return why rows were rejected, per file the most frequent first.

    Reasons that differ in the value alone are one.
    """
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"""
            select
                system, entity, _file, min_by(reason, (_line, reason)), count(*),
                min(_line), coalesce(min_by(raw_text, (_line, reason)), '')
            from read_parquet({folder_literal(raw / REJECTS_FOLDER)})
            group by
                system, entity, _file,
                regexp_replace(reason, $$'.*' is not$$, 'is not', 's')
            order by system, entity, _file, count(*) desc, min(_line)
            """
        ).fetchall()
    return [Reason(*row) for row in rows]


def superseded(raw: Path) -> dict[FilesEntity, int]:
    """Return how many landed rows of each file a newer row of their key replaces."""
    found: dict[FilesEntity, int] = {}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for system in systems.known().values():
            for entity in system.entities:
                folder = raw / system.name / entity.name
                if entity.key and len(list(folder.glob("*.parquet"))) > 1:
                    for file, rows in connection.execute(
                        superseded_sql(entity, folder)
                    ).fetchall():
                        found[system.name, entity.name, file] = rows
    return found


def superseded_sql(entity: Entity, folder: Path) -> str:
    """Return SQL counting, per file, the rows that aren't the newest of their key."""
    at = "null"
    if newest := entity.newest:
        at = f"""coalesce(
            try_cast({newest} as timestamptz),
            to_timestamp(try_cast({newest} as double))
        )"""
    return f"""
        select _file, count(*) from (
            select _file, row_number() over (
                partition by {", ".join(entity.key)}
                order by {at} desc nulls last, _file desc, _line desc
            ) as recency
            from read_parquet({folder_literal(folder)})
            where {entity.key[0]} is not null
        ) where recency > 1 group by _file
    """
