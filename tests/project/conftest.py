"""Demo warehouses, built once, for every test that reads a warehouse."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from savoir.demo import write_demo
from savoir.paths import PROJECT
from tests.sharing import made_once


@dataclass(frozen=True)
class World:
    """A landing folder and the warehouse built from it."""

    folder: Path

    @property
    def landing(self) -> Path:
        return self.folder / "landing"

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse"

    @property
    def target(self) -> Path:
        return self.folder / "target"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "SAVOIR_LANDING": str(self.landing),
            "SAVOIR_WAREHOUSE": str(self.warehouse),
        }

    def run(
        self, program: str, *arguments: str, succeeds: bool = True, **environment: str
    ) -> str:
        """Run a command of the environment as a user would; return what it printed."""
        run = subprocess.run(
            [str(Path(sys.executable).with_name(program)), *arguments],
            cwd=PROJECT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (run.returncode == 0) is succeeds, run.stdout + run.stderr
        return run.stdout + run.stderr

    def dbt(self, *arguments: str, succeeds: bool = True) -> str:
        """Run dbt with artefacts of its own."""
        arguments = (*arguments, "--target-path", str(self.target))
        return self.run("dbt", *arguments, succeeds=succeeds)

    def build(self) -> None:
        """Build and test everything except unit tests, which need no exports."""
        self.dbt("--warn-error", "build", "--exclude-resource-type", "unit_test")

    def copy(self, folder: Path) -> "World":
        """Return a copy of exports and warehouse that may be changed."""
        shutil.copytree(self.landing, folder / "landing")
        shutil.copytree(self.warehouse, folder / "warehouse", symlinks=True)
        return World(folder)

    def read(self, sql: str) -> list[tuple]:
        with duckdb.connect(self.warehouse / "savoir.duckdb", read_only=True) as reader:
            return reader.sql(sql).fetchall()

    def manifest(self) -> dict:
        return json.loads((self.target / "manifest.json").read_text())


def build_demo(folder: Path) -> None:
    world = World(folder)
    write_demo(world.landing, show_progress=False)
    world.dbt("--warn-error", "build")
    world.run("savoir", "publish", DBT_TARGET_PATH=str(world.target))


def build_small(folder: Path) -> None:
    world = World(folder)
    write_demo(world.landing, scale=0.1, show_progress=False)
    world.build()


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> World:
    """The demo exports, landed, built and tested by plain `dbt build`; published.

    Every test process reads it, so none may write to it: dbt and MetricFlow, which
    open the file for themselves alone, get a `copy`.
    """
    return World(made_once(tmp_path_factory, "demo", build_demo))


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> World:
    """A tenth of the demo, landed and built; where many builds follow. Read it only."""
    return World(made_once(tmp_path_factory, "small", build_small))


@pytest.fixture(scope="session")
def truth(demo) -> dict:
    """What the generator planted."""
    return json.loads((demo.landing / "_truth" / "truth.json").read_text())
