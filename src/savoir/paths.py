"""Where things lie. Two environment variables place everything (see README)."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def landing() -> Path:
    """Folder of the exports, one subfolder per system (`SAVOIR_LANDING`)."""
    return PROJECT / os.environ.get("SAVOIR_LANDING", "landing")


def warehouse() -> Path:
    """Folder of everything built from them (`SAVOIR_WAREHOUSE`)."""
    return PROJECT / os.environ.get("SAVOIR_WAREHOUSE", "warehouse")


def raw() -> Path:
    """Folder of the landed Parquet files, `<system>/<entity>/*.parquet`."""
    return warehouse() / "raw"


def database() -> Path:
    """The DuckDB file that dbt builds."""
    return warehouse() / "savoir.duckdb"


def published() -> Path:
    """Folder of what readers get: versions of the marts, one of them served."""
    return warehouse() / "published"


def run_results() -> Path:
    """Dbt's account of its last command (`DBT_TARGET_PATH`, as dbt has it)."""
    return PROJECT / os.environ.get("DBT_TARGET_PATH", "target") / "run_results.json"
