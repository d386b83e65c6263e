"""Publish the marts: only after a build in which nothing failed, and never halfway."""

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from rich.progress import track

SCHEMAS = ("core", "kpis", "reference")

# DuckDB 1.5 and later read this format; the engine's own default is 2.0's.
STORAGE_VERSION = "v1.5.0"

# `no-op` is dbt's word for nodes with nothing to run, such as exposures.
GOOD = {"success", "pass", "warn", "no-op"}

# Arguments by which a build leaves something out, and so proves less than all.
PARTIAL = (
    "select",
    "exclude",
    "selector",
    "resource_types",
    "exclude_resource_types",
    "empty",
    "sample",
)

# dbt writes its results, then closes the database: the file is a little newer.
CLOSING = timedelta(minutes=1)


class PublishRefused(Exception):
    """There is no proof that the database is the outcome of a whole, green build."""


@dataclass(frozen=True)
class Published:
    """What was published: the DuckDB file, and rows by `schema.table`."""

    database: Path
    rows: dict[str, int]


def publish(
    database: Path,
    published: Path,
    run_results: Path,
    *,
    allow_variant: bool = False,
    show_progress: bool = True,
) -> Published:
    """Write every table and view of the public schemas to Parquet and one DuckDB file.

    Both are written beside what is there and swapped in when they are complete; who
    reads the old files goes on reading them. Raises `PublishRefused` unless
    `run_results` (dbt's run_results.json) is of the whole green build that wrote
    `database`, and, unless variants are allowed, was given no parameters but the
    project's: who reads a KPI expects the one its definition describes.
    """
    _require_green_build(database, run_results)
    if not allow_variant:
        _require_project_parameters(database)
    published.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=published, prefix=".new-") as scratch:
        rows = _export(database, Path(scratch), show_progress)
        for table in rows:
            file = _parquet(published, table)
            file.parent.mkdir(exist_ok=True)
            os.replace(_parquet(Path(scratch), table), file)
        target = published / "savoir.duckdb"
        # A log left by someone who opened the old file to write is not of the new one.
        target.with_suffix(".duckdb.wal").unlink(missing_ok=True)
        os.replace(Path(scratch) / "savoir.duckdb", target)
    for schema in SCHEMAS:
        for file in (published / schema).glob("*.parquet"):
            if f"{schema}.{file.stem}" not in rows:
                file.unlink()
    return Published(target, rows)


def _require_green_build(database: Path, run_results: Path) -> None:
    if not database.exists():
        raise PublishRefused(f"no database {database}: run dbt build first")
    if not run_results.exists():
        raise PublishRefused(f"no build results {run_results}: run dbt build first")
    try:
        results = json.loads(run_results.read_text(encoding="utf-8"))
        which = results["args"]["which"]
        partial = [name for name in PARTIAL if results["args"].get(name)]
        status = {node["unique_id"]: node["status"] for node in results["results"]}
        started = _time(results["metadata"]["invocation_started_at"])
        ended = _time(results["metadata"]["generated_at"])
    except (ValueError, KeyError, TypeError) as error:
        raise PublishRefused(f"{run_results} is not dbt's run_results.json") from error
    if which != "build":
        raise PublishRefused(f"the last dbt command was {which}: run dbt build")
    if partial:
        raise PublishRefused(
            f"the last dbt build was of a part ({', '.join(partial)}): run it whole"
        )
    bad = [f"{node}: {how}" for node, how in status.items() if how not in GOOD]
    if bad or not status:
        raise PublishRefused(
            "the last dbt build was not green:\n  " + "\n  ".join(bad or ["no nodes"])
        )
    written = datetime.fromtimestamp(database.stat().st_mtime, UTC)
    if written > ended + CLOSING:
        raise PublishRefused(
            f"{database} was changed after its last build: run dbt build"
        )
    if written < started:
        raise PublishRefused(
            f"{run_results} is of a build that did not write {database}: run dbt build"
        )


def _require_project_parameters(database: Path) -> None:
    with duckdb.connect(database, read_only=True) as connection:
        changed = connection.execute(
            "select any_value(changed_parameters) from kpis.dim_kpi"
        ).fetchall()[0][0]
    if changed:
        raise PublishRefused(
            f"these KPIs were built with other parameters ({changed}): "
            "run dbt build without --vars, or publish with --allow-variant"
        )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _export(database: Path, folder: Path, show_progress: bool) -> dict[str, int]:
    """Copy the public tables into `folder`; return their rows."""
    rows = {}
    with duckdb.connect() as connection:
        # dbt writes the database's own name into its views: it has to keep it.
        source = database.stem
        connection.execute(f"attach {_text(database)} as {_name(source)} (read_only)")
        connection.execute(
            f"attach {_text(folder / 'savoir.duckdb')} as published_copy "
            f"(storage_version '{STORAGE_VERSION}')"
        )
        tables = connection.execute(
            """
            select table_schema, table_name
            from information_schema.tables
            where table_catalog = ? and list_contains(?, table_schema)
            order by all
            """,
            [source, list(SCHEMAS)],
        ).fetchall()
        for schema, table in track(
            tables, "Publishing", transient=True, disable=not show_progress
        ):
            copy = f"published_copy.{_name(schema)}.{_name(table)}"
            file = _parquet(folder, f"{schema}.{table}")
            file.parent.mkdir(exist_ok=True)
            connection.execute(
                f"create schema if not exists published_copy.{_name(schema)}"
            )
            connection.execute(
                f"create table {copy} as "
                f"from {_name(source)}.{_name(schema)}.{_name(table)}"
            )
            (count,) = connection.execute(
                f"copy {copy} to {_text(file)} (format parquet, compression zstd)"
            ).fetchone()
            rows[f"{schema}.{table}"] = count
        connection.execute("detach published_copy")
    return rows


def _parquet(folder: Path, table: str) -> Path:
    schema, _, name = table.partition(".")
    return folder / schema / f"{name}.parquet"


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
