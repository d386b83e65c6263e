"""Builds and tests a small demo on both engines, then compares every mart.

    python tests/spark/run.py DBT [--scale 0.1]

DBT is the dbt command of the environment that Spark lives in; DuckDB's is the one
beside this Python. Everything written lies in target/spark, which is emptied first.
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
from savoir.paths import PROJECT

FOLDER = PROJECT / "target" / "spark"


def build(dbt: Path, *arguments: str) -> bool:
    """Build and test with one engine; Spark's own messages go to a file."""
    environment = os.environ | {
        "SAVOIR_LANDING": str(FOLDER / "landing"),
        "SAVOIR_WAREHOUSE": str(FOLDER / "warehouse"),
    }
    command = [str(dbt), "build", "--target-path", str(FOLDER / "dbt"), *arguments]
    with (FOLDER / "messages.txt").open("a") as messages:
        run = subprocess.run(
            command, cwd=PROJECT, env=environment, stderr=messages, check=False
        )
    return run.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dbt", type=Path)
    parser.add_argument("--scale", type=float, default=0.1)
    arguments = parser.parse_args()
    console = Console()

    shutil.rmtree(FOLDER, ignore_errors=True)
    write_demo(FOLDER / "landing", scale=arguments.scale, show_progress=False)
    duckdb = Path(sys.executable).with_name("dbt")
    if not build(duckdb, "--exclude-resource-type", "unit_test"):
        return 1

    started = time.monotonic()
    passed = build(arguments.dbt.absolute(), "--target", "spark")
    console.print(f"Spark took {time.monotonic() - started:,.0f} s.")

    marts = compare(FOLDER / "warehouse")
    print_marts(marts, console)
    return 0 if passed and all(mart.is_equal for mart in marts) else 1


if __name__ == "__main__":
    raise SystemExit(main())
