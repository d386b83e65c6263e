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
