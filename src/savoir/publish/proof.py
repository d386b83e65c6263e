"""The proof that a database is the outcome of a whole, green build."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from savoir.publish.common import PublishRefused

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


@dataclass(frozen=True)
class Build:
    """A dbt build and its outcome. Times are UTC; `vars` are its command line's.

    `nodes` are dbt's results, one per node: unique_id, status, execution_time (s), …
    """

    invocation_id: str
    dbt_version: str
    started_at: datetime
    ended_at: datetime
    vars: dict[str, Any]
    nodes: list[dict[str, Any]]

    def count(self, kind: str, status: str) -> int:
        """Return how many nodes of a kind (`test`, `unit_test`) have a status."""
        return sum(
            node["unique_id"].startswith(f"{kind}.") and node["status"] == status
            for node in self.nodes
        )


def green_build(run_results: Path) -> Build:
    """Return the build that dbt's run_results.json is of.

    Raises `PublishRefused` unless it was a build, of everything, without a failure.
    """
    if not run_results.exists():
        raise PublishRefused(f"no build results {run_results}: run dbt build first")
    try:
        results = json.loads(run_results.read_text(encoding="utf-8"))
        which = results["args"]["which"]
        partial = [name for name in PARTIAL if results["args"].get(name)]
        metadata = results["metadata"]
        build = Build(
            metadata["invocation_id"],
            metadata["dbt_version"],
            _time(metadata["invocation_started_at"]),
            _time(metadata["generated_at"]),
            results["args"].get("vars") or {},
            results["results"],
        )
        bad = [
            f"{node['unique_id']}: {node['status']}"
            for node in build.nodes
            if node["status"] not in GOOD
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise PublishRefused(f"{run_results} is not dbt's run_results.json") from error
    if which != "build":
        raise PublishRefused(f"the last dbt command was {which}: run dbt build")
    if partial:
        raise PublishRefused(
            f"the last dbt build was of a part ({', '.join(partial)}): run it whole"
        )
    if bad or not build.nodes:
        raise PublishRefused(
            "the last dbt build was not green:\n  " + "\n  ".join(bad or ["no nodes"])
        )
    return build


def require_outcome(database: Path, build: Build) -> None:
    """Raise `PublishRefused` unless the database was last written by the build."""
    written = datetime.fromtimestamp(database.stat().st_mtime, UTC)
    if written > build.ended_at + CLOSING:
        raise PublishRefused(
            f"{database} was changed after its last build: run dbt build"
        )
    if written < build.started_at:
        raise PublishRefused(
            f"the last dbt build did not write {database}: run dbt build"
        )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def require_same_project(build: Build, project: Path) -> None:
    """Raise `PublishRefused` if the project's file was edited since the build began.

    A version says with which parameters it was built, which are read there.
    """
    edited = datetime.fromtimestamp(project.stat().st_mtime, UTC)
    if edited > build.started_at:
        raise PublishRefused(
            f"{project.name} was changed after the last build began: run dbt build"
        )
