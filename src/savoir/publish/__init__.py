"""Publish the marts: only after a build in which nothing failed, and never halfway.

Write, audit, publish: `proof` says that the build was whole and green, `marts` copies
and audits, `contract` keeps the views of v1, `health` reports on the build, `versions`
swaps the whole version in, `postgres` does the same in a PostgreSQL database.
"""

import gzip
import json
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import yaml

from savoir.landing.files import sha256
from savoir.paths import PROJECT
from savoir.publish import health, versions
from savoir.publish.common import PublishRefused, name
from savoir.publish.contract import CONTRACT, V1, create_views, read_contract
from savoir.publish.marts import (
    DATABASE,
    STORAGE_VERSION,
    copy_marts,
    opened,
    parquet,
    require_readable,
    write_parquet,
)
from savoir.publish.proof import (
    Build,
    green_build,
    require_outcome,
    require_same_project,
)

__all__ = ["PublishRefused", "Published", "publish", "rollback"]

# dbt's record of a run that a version keeps; of its nodes only these facts, because
# compiled SQL carries the salt of the customers' keys.
KEPT_OF_RESULTS = ("unique_id", "status", "execution_time", "failures", "timing")
KEPT_OF_NODES = (
    "unique_id",
    "resource_type",
    "relation_name",
    "description",
    "columns",
    "depends_on",
    "checksum",
    "group",
    "access",
)


@dataclass(frozen=True)
class Published:
    """What was published: its number, the DuckDB file, and rows by `schema.table`."""

    version: int
    database: Path
    rows: dict[str, int]


def publish(
    database: Path,
    published: Path,
    run_results: Path,
    *,
    allow_variant: bool = False,
    keep: int = 5,
    contract: Path = V1,
    show_progress: bool = True,
) -> Published:
    """Write every table of the public schemas as a new version, and serve it.

    Who reads the old version goes on reading it; the newest `keep` stay. Raises
    `PublishRefused` unless `run_results` (dbt's run_results.json) is of the whole green
    build that wrote `database`, and, unless variants are allowed, was given no
    parameters but the project's: who reads a KPI expects the one its definition
    describes. Raises it too where the marts no longer serve the `contract`.
    """
    if not database.exists():
        raise PublishRefused(f"no database {database}: run dbt build first")
    build = green_build(run_results)
    views = read_contract(contract)
    with opened(database) as connection:
        require_outcome(database, build)
        require_same_project(build, PROJECT / "dbt_project.yml")
        changed = _changed_parameters(connection)
        if changed and not allow_variant:
            raise PublishRefused(
                f"these KPIs were built with other parameters ({changed}): "
                "run dbt build without --vars, or publish with --allow-variant"
            )
        with versions.locked(published):
            with versions.new_version(published) as (number, folder):
                rows = copy_marts(connection, folder, show_progress)
                health.write_health(connection, build, database.parent / "raw")
                copy = name("published_copy", *health.TABLE.split("."))
                write_parquet(connection, copy, parquet(folder, health.TABLE))
                manifest = _manifest(connection, number, build, rows)
                create_views(connection, "published_copy", views)
                connection.execute(f"use {name(database.stem)}")
                connection.execute("detach published_copy")
                require_readable(folder / DATABASE, rows)
                shutil.copyfile(contract, folder / CONTRACT)
                _keep_artefacts(run_results, folder / "artefacts", build)
                _write_manifest(folder, manifest)
            versions.serve(published, number, "publish")
            versions.prune(published, keep)
    return Published(number, published / DATABASE, rows)


def rollback(published: Path, number: int, *, allow_variant: bool = False) -> None:
    """Serve a version kept from before.

    Raises `PublishRefused` unless it is whole and, unless variants are allowed, was
    built with the project's parameters.
    """
    with versions.locked(published):
        versions.require_whole(published, number)
        changed = versions.manifest_of(published, number).get("changed_parameters")
        if changed and not allow_variant:
            raise PublishRefused(
                f"version {number} was built with other parameters ({changed}): "
                "serve it with --allow-variant"
            )
        versions.serve(published, number, "rollback")


def _changed_parameters(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return what KPIs were built with instead of the project's parameters, if so."""
    return connection.execute("""
        select string_agg(changed_parameters, '; ' order by changed_parameters)
        from (select distinct changed_parameters from kpis.dim_kpi)
    """).fetchall()[0][0]


def _manifest(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    build: Build,
    rows: dict[str, int],
) -> dict[str, Any]:
    """Return what a version says of itself, but for its files."""
    definitions = connection.execute(
        "select kpi_id, version from kpis.dim_kpi order by kpi_id"
    ).fetchall()
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return {
        "version": number,
        "publication": uuid4().hex,
        "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "git_commit": _git("rev-parse", "HEAD"),
        "git_is_dirty": bool(_git("status", "--porcelain")),
        "data_horizon": health.data_horizon(connection),
        "build": {
            "invocation_id": build.invocation_id,
            "dbt_version": build.dbt_version,
            "duckdb_version": duckdb.__version__,
            "storage_version": STORAGE_VERSION,
            "started_at": build.started_at.isoformat(timespec="seconds"),
            "ended_at": build.ended_at.isoformat(timespec="seconds"),
        },
        "tests": {
            f"{kind}s_{status}": build.count(kind, status)
            for kind in ("test", "unit_test")
            for status in ("pass", "warn")
        },
        "parameters": project["vars"] | build.vars,
        "changed_parameters": _changed_parameters(connection),
        "definition_versions": dict(definitions),
        "rows": rows,
    }


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    files = {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": sha256(path),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    (folder / "manifest.json").write_text(
        json.dumps(manifest | {"files": files}, indent=1, ensure_ascii=False),
        encoding="utf-8",
    )


def _keep_artefacts(run_results: Path, folder: Path, build: Build) -> None:
    """Keep dbt's account of the run: its results, and its manifest if of that run."""
    folder.mkdir()
    results = json.loads(run_results.read_text(encoding="utf-8"))
    _write_zipped(
        folder / "run_results.json.gz",
        {
            "metadata": results["metadata"],
            "results": [_part(node, KEPT_OF_RESULTS) for node in results["results"]],
        },
    )
    path = run_results.with_name("manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if manifest.get("metadata", {}).get("invocation_id") == build.invocation_id:
        nodes = [*manifest["nodes"].values(), *manifest["sources"].values()]
        _write_zipped(
            folder / "manifest.json.gz",
            {
                "metadata": manifest["metadata"],
                "nodes": [_part(node, KEPT_OF_NODES) for node in nodes],
            },
        )


def _part(node: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: node[key] for key in keys if key in node}


def _write_zipped(path: Path, content: dict[str, Any]) -> None:
    path.write_bytes(gzip.compress(json.dumps(content).encode(), mtime=0))


def _git(*arguments: str) -> str | None:
    """Return what git says of the project, or null where it is no repository."""
    run = subprocess.run(
        ["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    return run.stdout.strip() if run.returncode == 0 else None
