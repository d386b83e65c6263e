"""The warehouse in one process: dbt compiles once, DuckDB runs the text per world."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import permutations
from pathlib import Path

import duckdb
import pyarrow as pa

from savoir.landing.run import land
from savoir.paths import PROJECT
from tests.oracle.components import Key
from tests.oracle.kpis import FORMULAE
from tests.oracle.parameters import Parameters
from tests.oracle.scorecard import Described
from tests.oracle.world import Exports, entity_of

LANDED = re.compile(r"read_parquet\(\s*'[^']*/raw/(\w+)/(\w+)/\*\.parquet'[^)]*\)")


@dataclass(frozen=True)
class Step:
    """One model: its relation, its compiled text, and whether a world changes it."""

    name: str
    relation: str
    sql: str
    varies: bool


@dataclass(frozen=True)
class Project:
    """The compiled project in a scratch folder."""

    folder: Path

    @classmethod
    def compile(
        cls, folder: Path, parameters: Parameters, **variables: str
    ) -> "Project":
        """Land nothing and compile every model as if from nothing.

        `variables` of the project are set besides the parameters.
        """
        project = cls(folder)
        (folder / "landing").mkdir(parents=True, exist_ok=True)
        land(folder / "landing", folder / "warehouse" / "raw", show_progress=False)
        given = json.loads(parameters.as_variables()) | variables
        project.dbt("compile", "--full-refresh", "--vars", json.dumps(given))
        return project

    def dbt(self, *arguments: str) -> None:
        run = subprocess.run(
            [
                str(Path(sys.executable).with_name("dbt")),
                *arguments,
                "--target-path",
                str(self.folder / "target"),
            ],
            cwd=PROJECT,
            env=os.environ
            | {
                "SAVOIR_LANDING": str(self.folder / "landing"),
                "SAVOIR_WAREHOUSE": str(self.folder / "warehouse"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise RuntimeError(run.stdout + run.stderr)

    @cached_property
    def nodes(self) -> dict[str, dict]:
        manifest = json.loads((self.folder / "target" / "manifest.json").read_text())
        return manifest["nodes"]

    @cached_property
    def catalogue(self) -> dict[str, Described]:
        """What the catalogue declares of each KPI, and the cuts its marts have."""
        manifest = json.loads((self.folder / "target" / "manifest.json").read_text())
        cuts = {
            measure["name"]: {
                entity["name"].replace("contact_reason", "reason")
                for entity in model["entities"]
                if entity["type"] == "foreign"
            }
            for model in manifest["semantic_models"].values()
            for measure in model["measures"]
        }
        found = {}
        for metric in manifest["metrics"].values():
            if kpi := metric["config"]["meta"].get("kpi"):
                formula = FORMULAE[metric["name"]]
                parts = [formula.denominator or formula.numerator, formula.numerator]
                found[metric["name"]] = Described(
                    kpi["interval"],
                    kpi.get("squares_component"),
                    kpi.get("sample_component", parts[0]),
                    int(kpi.get("maturity_days", 0)),
                    kpi["version"],
                    frozenset(cuts[parts[0]] & cuts[parts[1]]),
                    kpi.get("role", "kpi"),
                    kpi.get("direction"),
                    kpi["fact"],
                    kpi["fact_date"],
                    kpi["fact_rows"],
                )
        return found

    @property
    def raw(self) -> Path:
        return self.folder / "warehouse" / "raw"

    def parents(self, node: str) -> list[str]:
        # what is no model and no seed is landed, and has none
        return self.nodes.get(node, {}).get("depends_on", {}).get("nodes", [])

    def in_order(self) -> list[str]:
        """Return the nodes that the marts need, parents first."""
        order: dict[str, None] = {}

        def visit(node: str) -> None:
            if node in self.nodes and node not in order:
                for parent in self.parents(node):
                    visit(parent)
                order[node] = None

        for node in self.nodes:
            if node.startswith("model.") and self.nodes[node]["fqn"][1] == "marts":
                visit(node)
        return list(order)

    def ancestors(self, model: str) -> frozenset[str]:
        """Return the models that a model reads, themselves or through others."""
        found: set[str] = set()
        todo = [f"model.savoir.{model}"]
        while todo:
            found.update(parents := self.parents(todo.pop()))
            todo += parents
        return frozenset(node.split(".")[-1] for node in found)

    @cached_property
    def seeds(self) -> list[dict]:
        """The seeds they read."""
        nodes = self.in_order()
        return [self.nodes[node] for node in nodes if node.startswith("seed.")]

    @cached_property
    def data_tests(self) -> dict[str, tuple[list[str], str]]:
        """dbt's data tests of what is built here: what they read, and their SQL."""
        built = set(self.in_order())
        return {
            node["name"]: (
                [parent.split(".")[-1] for parent in self.parents(key)],
                as_landed(node["compiled_code"]),
            )
            for key, node in self.nodes.items()
            if node["resource_type"] == "test"
            and node["config"]["enabled"]
            and built.issuperset(
                parent for parent in self.parents(key) if parent.startswith("model.")
            )
            and node["config"]["severity"].lower() == "error"
        }

    @cached_property
    def steps(self) -> list[Step]:
        """The models in the order they are built."""
        varying: set[str] = set()
        steps = []
        for node in self.in_order():
            if not node.startswith("model."):
                continue
            parents = self.parents(node)
            if varying.intersection(parents) or any(
                parent.startswith("source.savoir.generic.") for parent in parents
            ):
                varying.add(node)
            of_node = self.nodes[node]
            path = Path("compiled", "savoir", of_node["original_file_path"])
            sql = (self.folder / "target" / path).read_text(encoding="utf-8")
            steps.append(
                Step(
                    of_node["name"],
                    of_node["relation_name"],
                    as_landed(sql),
                    node in varying,
                )
            )
        return steps


def first_of(sql: str) -> str:
    """Return a query for one row of another."""
    return f"select 1 from ({sql}) limit 1"


def as_landed(sql: str) -> str:
    """Return a model's text with tables in place of the landed files."""
    return LANDED.sub(r"savoir.raw.\1__\2", sql)


class Built:
    """What a built warehouse says; `connection` has it attached as savoir."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def components(self) -> dict[Key, Decimal]:
        """Return the components that are not zero."""
        rows = self.connection.execute(
            """
            select component, period_grain, period_start_date, cut, cut_value,
                component_value
            from savoir.kpis.kpi_components
            where component_value != 0
            """
        ).fetchall()
        return {tuple(row[:5]): row[5] for row in rows}

    def percentiles(self) -> dict[Key, tuple[int, float, float]]:
        """Return sample size, median and 90th percentile of durations."""
        rows = self.connection.execute(
            """
            select duration_id, period_grain, period_start_date, cut, cut_value,
                sample_size, median_duration, p90_duration
            from savoir.kpis.rpt_kpi_percentiles
            """
        ).fetchall()
        return {tuple(row[:5]): row[5:] for row in rows}

    def scorecard(self) -> list[dict]:
        """Return the lines of the scorecard; of days, those of channels."""
        lines = "period_grain != 'day' or cut = 'channel'"
        return self.rows("kpis.rpt_kpi_scorecard", lines)

    def rows(self, table: str, condition: str = "true") -> list[dict]:
        """Return a table's rows by column."""
        found = self.connection.sql(f"from savoir.{table} where {condition}")
        names = found.columns
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


class Warehouse(Built):
    """A warehouse that takes one world after another, in memory unless in a `file`.

    `edits` gives other text for some models, by name: (old, new).
    """

    def __init__(
        self,
        project: Project,
        edits: dict[str, tuple[str, str]] | None = None,
        file: str = ":memory:",
    ) -> None:
        self.project = project
        self.edits = edits or {}
        self.file = file
        self.open()

    def open(self) -> None:
        """Start afresh: seeds, and the models that no world changes."""
        self.worlds = 0
        self.connection = duckdb.connect(":memory:")
        self.connection.execute(
            "set TimeZone = 'UTC'; set threads = 1; set enable_progress_bar = false"
        )
        self.connection.execute(f"attach '{self.file}' as savoir")
        nodes = self.project.nodes.values()
        for schema in {node["schema"] for node in nodes} | {"raw"}:
            self.connection.execute(f"create schema if not exists savoir.{schema}")
        self.load_landed()
        self.load_seeds()
        self.build(varies=False)

    def load_landed(self) -> None:
        """Create the table of every landed entity, empty."""
        for path in self.project.raw.glob("*/*/_empty.parquet"):
            self.connection.execute(
                f"create table savoir.raw.{path.parts[-3]}__{path.parts[-2]}"
                f" as from read_parquet('{path}')"
            )

    def load_seeds(self) -> None:
        """Load the seeds with the types that the project declares."""
        for seed in self.project.seeds:
            path = PROJECT / seed["original_file_path"]
            types = seed["config"]["column_types"]
            self.connection.read_csv(str(path), header=True, dtype=types).create_view(
                "seed"
            )
            self.connection.execute(
                f"create table {seed['relation_name']} as from seed"
            )

    def build(self, *, varies: bool, names: frozenset[str] | None = None) -> None:
        """Build the models that a world changes, or those that none does; by name."""
        for step in self.project.steps:
            if step.varies is varies and (names is None or step.name in names):
                self.connection.execute(
                    f"create or replace table {step.relation} as {self.edited(step)}"
                )

    def rebuild(self, model: str) -> None:
        """Build one model anew."""
        step = next(step for step in self.project.steps if step.name == model)
        self.connection.execute(
            f"create or replace table {step.relation} as {step.sql}"
        )

    def edited(self, step: Step) -> str:
        """Return the text of a model as it is built here."""
        if step.name not in self.edits:
            return step.sql
        old, new = self.edits[step.name]
        assert old in step.sql, f"{step.name} no longer says: {old}"
        return step.sql.replace(old, new)

    def take(self, exports: Exports) -> None:
        """Replace the world before by another, and build it."""
        self.land(exports)
        self.build(varies=True)

    def is_moved(self, exports: Exports, model: str) -> bool:
        """Say whether an edited model's own rows are others in a world.

        It is cheaper than to build the world: only what the model reads is built.
        """
        self.land(exports)
        self.build(varies=True, names=self.project.ancestors(model))
        step = next(step for step in self.project.steps if step.name == model)
        return any(
            self.connection.execute(f"({one} except all {other}) limit 1").fetchone()
            for one, other in permutations((f"({step.sql})", f"({self.edited(step)})"))
        )

    def land(self, exports: Exports) -> None:
        """Replace the world before by another."""
        self.worlds += 1
        # what is replaced is not given back
        if self.worlds > 50:
            self.connection.close()
            self.open()
        by_entity: dict[str, list[tuple[str, int, dict[str, str]]]] = {}
        for file in sorted(exports):
            rows = by_entity.setdefault(entity_of(file), [])
            rows += [(file, line, row) for line, row in enumerate(exports[file], 2)]
        for (table,) in self.connection.execute(
            "select table_name from duckdb_tables()"
            " where schema_name = 'raw' and starts_with(table_name, 'generic__')"
        ).fetchall():
            self.connection.execute(f"delete from savoir.raw.{table}")
            rows = by_entity.get(table.removeprefix("generic__"))
            if rows:
                self.insert(table, rows)

    def take_landed(self, raw: Path) -> None:
        """Replace the world before by what landing wrote to a folder, and build it."""
        for folder in (raw / "generic").iterdir():
            table = f"savoir.raw.generic__{folder.name}"
            self.connection.execute(f"delete from {table}")
            self.connection.execute(
                f"insert into {table} by name"
                f" from read_parquet('{folder}/*.parquet', union_by_name = true)"
            )
        self.build(varies=True)

    def insert(self, table: str, rows: list[tuple[str, int, dict[str, str]]]) -> None:
        """Insert rows as landing would: text, what is empty missing."""
        columns = list(dict.fromkeys(column for *_, row in rows for column in row))
        texts = {
            column: pa.array([row.get(column) or None for *_, row in rows], pa.string())
            for column in columns
        }
        landed = pa.table(
            texts
            | {
                "_file": pa.array([f"generic/{file}" for file, *_ in rows]),
                "_line": pa.array([line for _, line, _ in rows], pa.int64()),
            }
        )
        self.connection.register("landed", landed)
        self.connection.execute(f"insert into savoir.raw.{table} by name from landed")
        self.connection.unregister("landed")

    def broken(
        self, tests: set[str] | None = None, models: set[str] | None = None
    ) -> Iterator[str]:
        """Yield the data tests that fail, of some, or of those that read a model."""
        for name, (read, sql) in self.project.data_tests.items():
            wanted = tests is None or name in tests
            reads = models is None or models.intersection(read)
            if wanted and reads and self.connection.execute(first_of(sql)).fetchall():
                yield name


class Landed(Warehouse):
    """A warehouse of the exports landed in a folder; of `models` alone, if given."""

    def __init__(
        self, project: Project, raw: Path, models: frozenset[str] | None = None
    ) -> None:
        self.landed = raw
        self.models = models
        super().__init__(project)
        self.build(varies=True)

    def load_landed(self) -> None:
        """Create the table of every landed entity, with its rows."""
        for folder in {path.parent for path in self.landed.glob("*/*/*.parquet")}:
            self.connection.execute(
                f"create table savoir.raw.{folder.parent.name}__{folder.name} as"
                f" from read_parquet('{folder}/*.parquet', union_by_name = true)"
            )

    def build(self, *, varies: bool, names: frozenset[str] | None = None) -> None:
        """Build the models that are wanted."""
        super().build(varies=varies, names=names or self.models)
