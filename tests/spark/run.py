"""Builds and tests a small world on both engines, then compares every mart.

    python tests/spark/run.py DBT [--scale 0.1 | --contacts 2000]

DBT is the dbt command of the environment that Spark lives in; DuckDB's is the one
beside this Python. A generated world (`--contacts`) is built and compared, not tested:
it holds no case that the demo lacks. Everything written lies in target/spark, which is
emptied first.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from equality import compare, print_marts
from rich.console import Console

from savoir.demo import write_demo
from savoir.demo.scale import write_scale
from savoir.paths import PROJECT

FOLDER = PROJECT / "target" / "spark"
LANDING, WAREHOUSE = FOLDER / "landing", FOLDER / "warehouse"
WITHOUT_TESTS = ("--exclude-resource-type", "test", "unit_test")
# Spark in this process runs no models in Python: neither side has what they fit
WITHOUT_PYTHON = ("--vars", "{python_models: false}")


def write_world(scale: float, contacts: int | None) -> Path:
    """Write the demo's exports or a landed world; return its profile's folder."""
    if contacts is None:
        write_demo(LANDING, scale=scale, show_progress=False)
        return PROJECT
    return write_scale(WAREHOUSE, contacts=contacts, show_progress=False)


def build(dbt: Path, profiles: Path, *arguments: str) -> bool:
    """Build with one engine; Spark's own messages go to a file."""
    environment = os.environ | {
        "SAVOIR_LANDING": str(LANDING),
        "SAVOIR_WAREHOUSE": str(WAREHOUSE),
    }
    folders = {
        "--profiles-dir": profiles,
        "--target-path": FOLDER / "dbt",
        "--log-path": FOLDER / "logs",
    }
    command = [str(dbt), "build", *WITHOUT_PYTHON, *arguments]
    for option, folder in folders.items():
        command += [option, str(folder)]
    with (FOLDER / "messages.txt").open("a") as messages:
        run = subprocess.run(
            command, cwd=PROJECT, env=environment, stderr=messages, check=False
        )
    return run.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dbt", type=Path)
    world = parser.add_mutually_exclusive_group()
    world.add_argument("--scale", type=float, default=0.1)
    world.add_argument("--contacts", type=int)
    arguments = parser.parse_args()
    console = Console()

    shutil.rmtree(FOLDER, ignore_errors=True)
    profiles = write_world(arguments.scale, arguments.contacts)
    duckdb = Path(sys.executable).with_name("dbt")
    if not build(duckdb, profiles, *WITHOUT_TESTS):
        return 1

    started = time.monotonic()
    tests = WITHOUT_TESTS if arguments.contacts else ()
    passed = build(arguments.dbt.absolute(), profiles, "--target", "spark", *tests)
    console.print(f"Spark took {time.monotonic() - started:,.0f} s.")

    marts = compare(WAREHOUSE)
    print_marts(marts, console)
    return 0 if passed and all(mart.is_equal for mart in marts) else 1


if __name__ == "__main__":
    raise SystemExit(main())
