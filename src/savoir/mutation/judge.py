"""Runs the project's tests on mutants, in one process and without dbt's start-up.

dbt builds a small demo once. Its compiled models, unit tests and data tests are then
run as they are, in a copy of that warehouse: a mutant's model and what descends from it
are built anew inside a transaction that is rolled back.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from savoir import paths
from savoir.mutation.operators import DIALECT, Mutant, mutants_of, parse

# A mutant that joins everything with everything is found by its slowness.
SECONDS = 60

# The tests of what the generator planted; they read the warehouse by one fixture.
TRUTH_TESTS = ("tests/project/test_recovery.py", "tests/project/test_hand_worked.py")


class MutationError(Exception):
    """The project does not build, or a test fails without any mutant."""


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: the test that killed it, or None."""

    mutant: Mutant
    killed_by: str | None


@dataclass(frozen=True)
class Built:
    """A demo that dbt has built and tested."""

    folder: Path

    @classmethod
    def build(cls, folder: Path, scale: float) -> "Built":
        """Write, land, build and test a demo; raise `MutationError` where it fails."""
        from savoir.demo import write_demo

        write_demo(folder / "landing", scale=scale, show_progress=False)
        command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "build"]
        command += ["--full-refresh", "--target-path", str(folder / "target")]
        places = {
            "SAVOIR_LANDING": str(folder / "landing"),
            "SAVOIR_WAREHOUSE": str(folder / "warehouse"),
        }
        run = subprocess.run(
            [*command, "--log-path", str(folder / "logs")],
            cwd=paths.PROJECT,
            env=os.environ | places,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise MutationError(f"the demo does not build:\n{run.stdout[-3000:]}")
        return cls(folder)

    @cached_property
    def manifest(self) -> dict:
        """dbt's manifest, with every compiled text."""
        file = self.folder / "target" / "manifest.json"
        return json.loads(file.read_text(encoding="utf-8"))

    @cached_property
    def models(self) -> dict[str, dict]:
        """The models by name."""
        nodes = self.manifest["nodes"].values()
        return {n["name"]: n for n in nodes if n["resource_type"] == "model"}

    def mutants(self) -> list[Mutant]:
        """Return every mutant of every model."""
        return [
            mutant
            for name, node in sorted(self.models.items())
            for mutant in mutants_of(name, parse(node["compiled_code"]))
        ]

    def roots(self) -> list[str]:
        """Return the models that descend from no other."""
        return [
            name
            for name, node in self.models.items()
            if not any(n.startswith("model.") for n in node["depends_on"]["nodes"])
        ]

    def family(self, model: str) -> list[str]:
        """Return a model and what descends from it, parents first."""
        children = self.manifest["child_map"]
        order: dict[str, None] = {}

        def visit(node: str) -> None:
            if node.startswith("model.") and node not in order:
                for child in children[node]:
                    visit(child)
                order[node] = None

        visit(self.models[model]["unique_id"])
        return [node.split(".")[-1] for node in reversed(order)]

    def data_tests(self, models: set[str]) -> list[dict]:
        """Return the error-level data tests that read any of some models."""
        ids = {self.models[model]["unique_id"] for model in models}
        return [
            node
            for node in self.manifest["nodes"].values()
            if node["resource_type"] == "test"
            and node["config"]["severity"].lower() == "error"
            and ids.intersection(node["depends_on"]["nodes"])
        ]

    def unit_tests(self, model: str) -> list[tuple[str, str]]:
        """Return name and SQL of a model's unit tests, as dbt ran them."""
        tests = self.manifest["unit_tests"].values()
        run = self.folder / "target" / "run"
        return [
            (test["name"], next(run.rglob(f"{test['name']}.sql")).read_text())
            for test in tests
            if test["model"] == model
        ]


class Judge:
    """One worker's copy of the warehouse, and the tests that it can run there."""

    def __init__(self, built: Built, scratch: Path, oracle: bool = True) -> None:
        """Copy the warehouse into `scratch`, and see what passes without a mutant."""
        scratch.mkdir(parents=True, exist_ok=True)
        self.built = built
        copied = scratch / "savoir.duckdb"
        shutil.copy(built.folder / "warehouse" / "savoir.duckdb", copied)
        self.connection = duckdb.connect(copied)
        self.connection.execute("set TimeZone = 'UTC'; set threads = 1")
        self.deselected: list[str] = []
        self._require_green()
        self.worlds = Worlds(scratch / "oracle") if oracle else None

    def _require_green(self) -> None:
        """See that every test passes on models built as a mutant's are, unchanged.

        A small demo has too few rows for some of the truths: those are not asked again.
        """
        with rolled_back(self.connection):
            for root in self.built.roots():
                for name in self.built.family(root):
                    node = self.built.models[name]
                    replace(self.connection, node, node["compiled_code"])
            for test in self.built.data_tests(set(self.built.models)):
                if rows_of(self.connection, test["compiled_code"]):
                    raise MutationError(f"{test['name']} fails without a mutant")
            truths = self._truths()
        if not truths.passed:
            raise MutationError("no truth of the demo is found without a mutant")
        for test in truths.failed:
            self.deselected += ["--deselect", test]

    def judge(self, mutant: Mutant) -> Verdict:
        """Run the tests on a mutant until one fails."""
        tree = mutant.apply(parse(self.built.models[mutant.model]["compiled_code"]))
        for test in (self._by_unit_tests, self._by_demo, self._by_oracle):
            with self._in_time():
                try:
                    killed_by = test(mutant, tree.sql(dialect=DIALECT))
                except duckdb.Error as error:
                    killed_by = f"does not run: {str(error).splitlines()[0]}"
            if killed_by:
                return Verdict(mutant, killed_by)
        return Verdict(mutant, None)

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        timer = threading.Timer(SECONDS, self._interrupt)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _interrupt(self) -> None:
        judged = self.worlds.judged if self.worlds else []
        for connection in (self.connection, *(w.connection for _, w in judged)):
            connection.interrupt()

    def _by_unit_tests(self, mutant: Mutant, _: str) -> str | None:
        for name, sql in self.built.unit_tests(mutant.model):
            changed = in_unit_test(mutant, sql)
            if changed is not None and not passes(self.connection, changed):
                return f"unit test {name}"
        return None

    def _by_demo(self, mutant: Mutant, sql: str) -> str | None:
        """Build the mutant's family in the demo; run its data tests and the truths."""
        nodes = self.built.models
        relation = nodes[mutant.model]["relation_name"]
        family = self.built.family(mutant.model)
        with rolled_back(self.connection):
            if is_same(self.connection, relation, sql):
                return None
            for name in family:
                text = sql if name == mutant.model else nodes[name]["compiled_code"]
                replace(self.connection, nodes[name], text)
            for test in self.built.data_tests(set(family)):
                if rows_of(self.connection, test["compiled_code"]):
                    return f"data test {test['name']}"
            failed = self._truths("-x", *self.deselected).failed
            return f"test {min(failed)}" if failed else None

    def _truths(self, *arguments: str) -> "Truths":
        """Run the tests of what the demo planted, on the warehouse as it stands."""
        import pytest

        plugin = Truths(self.built.folder, self.connection)
        files = [str(paths.PROJECT / file) for file in TRUTH_TESTS]
        with contextlib.redirect_stdout(io.StringIO()):
            quiet = ["-q", "--no-header", "-p", "no:cacheprovider"]
            pytest.main([*quiet, *arguments, *files], plugins=[plugin])
        return plugin

    def _by_oracle(self, mutant: Mutant, sql: str) -> str | None:
        return self.worlds.kills(mutant.model, sql) if self.worlds else None


class Truths:
    """A pytest plugin: the project's tests read this warehouse, and report here."""

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        """Stand in for the demo that tests/project builds."""
        self.folder, self.connection = folder, connection
        self.passed: set[str] = set()
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report) -> None:
        """Remember what passed and what failed."""
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self.passed.add(report.nodeid)

    def pytest_fixture_setup(self, fixturedef, request):
        """Give the `demo` fixture: the copied warehouse, as it stands."""
        if fixturedef.argname == "demo":
            from tests.project.conftest import World

            connection = self.connection

            class Open(World):
                """A world whose warehouse is open already."""

                def read(self, sql: str) -> list[tuple]:
                    """Read within the transaction of the mutant."""
                    return connection.execute(sql).fetchall()

            fixturedef.cached_result = (Open(self.folder), 0, None)
            return fixturedef.cached_result[0]
        return None


class Worlds:
    """A few small worlds that the oracle has judged, each in a warehouse of its own."""

    COUNT = 6

    def __init__(self, folder: Path) -> None:
        """Compile the project for the oracle, and build every world once."""
        from hypothesis import HealthCheck, Phase, given, settings

        from tests.oracle.oracle import judge
        from tests.oracle.parameters import Parameters
        from tests.oracle.warehouse import Project, Warehouse
        from tests.oracle.worlds import worlds

        parameters = Parameters(min_sample=3)
        self.project = Project.compile(folder, parameters)
        found = []

        @settings(
            max_examples=self.COUNT,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(exports=worlds())
        def collect(exports):
            found.append(exports)

        collect()
        self.judged: list[tuple] = []
        for exports in found:
            warehouse = Warehouse(self.project)
            warehouse.take(exports)
            opinion = judge(exports, paths.PROJECT / "seeds", parameters)
            self.judged.append((opinion, warehouse))

    def kills(self, model: str, sql: str) -> str | None:
        """Return the first world in which the oracle disagrees with a changed model."""
        from tests.oracle.comparing import differences

        changed = self._ours(sql)
        for number, (opinion, warehouse) in enumerate(self.judged, start=1):
            with rolled_back(warehouse.connection):
                if self._rebuild(warehouse, model, changed) and differences(
                    opinion, warehouse
                ):
                    return f"oracle, world {number}"
        return None

    def _ours(self, sql: str) -> str:
        from tests.oracle.warehouse import LANDED

        return LANDED.sub(r"savoir.raw.\1__\2", sql)

    def _rebuild(self, warehouse, model: str, sql: str) -> bool:
        """Build a changed model and what follows; False where nothing changes."""
        changed: set[str] = set()
        nodes = self.project.nodes
        for step in self.project.steps:
            text = sql if step.name == model else step.sql
            parents = nodes[f"model.savoir.{step.name}"]["depends_on"]["nodes"]
            if step.name == model:
                if is_same(warehouse.connection, step.relation, sql):
                    return False
            elif changed.isdisjoint(parents):
                continue
            changed.add(f"model.savoir.{step.name}")
            warehouse.connection.execute(
                f"create or replace table {step.relation} as {text}"
            )
        return bool(changed)


def in_unit_test(mutant: Mutant, sql: str) -> str | None:
    """Return a unit test's SQL with the mutant in it; None where it has no such place.

    Fixtures are CTEs before the model's own: without them the tree is the model's.
    """
    tree = sqlglot.parse_one(sql, dialect=DIALECT)
    inner = next(
        node.this
        for node in tree.find_all(exp.Subquery)
        if node.alias == "_dbt_internal_unit_test_actual"
    )
    fixtures, own = [], []
    for cte in inner.ctes:
        (fixtures if cte.alias.startswith("__dbt__cte__") else own).append(cte)
    model = inner.copy()
    if own:
        model.args["with_"].set("expressions", [cte.copy() for cte in own])
    changed = mutant.apply(model)
    if changed is None:
        return None
    ctes = [cte.copy() for cte in fixtures] + list(changed.ctes)
    changed.set("with_", exp.With(expressions=ctes))
    inner.replace(changed)
    return tree.sql(dialect=DIALECT)


def passes(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    """Say whether a unit test's actual rows are its expected ones."""
    rows = connection.execute(sql).fetchall()
    sides: dict[str, list] = {"actual": [], "expected": []}
    for *row, side in rows:
        sides[side].append(tuple(map(str, row)))
    return sorted(sides["actual"]) == sorted(sides["expected"])


def is_same(connection: duckdb.DuckDBPyConnection, relation: str, sql: str) -> bool:
    """Say whether a query returns the rows that a relation holds."""
    connection.execute(f"create or replace temp table mutated as {sql}")
    return not rows_of(
        connection,
        f"(from mutated except all from {relation}) "
        f"union all (from {relation} except all from mutated)",
    )


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    """Count the rows of a query."""
    return connection.execute(f"select count(*) from ({sql})").fetchall()[0][0]


def replace(connection: duckdb.DuckDBPyConnection, node: dict, sql: str) -> None:
    """Build a model's relation anew."""
    kind = "view" if node["config"]["materialized"] == "view" else "table"
    connection.execute(f"create or replace {kind} {node['relation_name']} as {sql}")


@contextmanager
def rolled_back(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Undo on leaving whatever is done inside."""
    connection.execute("begin")
    try:
        yield
    finally:
        connection.execute("rollback")
