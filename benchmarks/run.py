"""What the project costs beside its floor, from one run: `make bench`.

Every step is a process of its own; its time and peak memory are the kernel's account of
it. Seconds are of one machine on one day, so what is kept and judged are ratios.
"""

import argparse
import csv
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import median

import duckdb
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
BIN = Path(sys.executable).parent

HISTORY = HERE / "history.csv"
PLOT = HERE / "cost.svg"
SIZES = (10_000, 100_000, 1_000_000)
THREADS = 2
WITHOUT_TESTS = ("--resource-type", "seed", "--resource-type", "model")

ENTITIES = (
    "contacts",
    "contact_events",
    "calls",
    "survey_responses",
    "orders",
    "support_costs",
)


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds by the clock and of processors, largest MiB."""

    seconds: float
    cpu_seconds: float
    peak_mib: float


@dataclass
class Measured:
    """The costs of every step at one size, all repeats of it."""

    contacts: int
    costs: dict[str, list[Cost]] = field(default_factory=dict)

    def add(self, step: str, cost: Cost) -> None:
        """Keep one more repeat of a step."""
        self.costs.setdefault(step, []).append(cost)

    def seconds(self, step: str) -> float:
        """Return the median seconds of a step; NaN where it was not run."""
        costs = self.costs.get(step)
        return median(cost.seconds for cost in costs) if costs else math.nan

    def cpu_seconds(self, step: str) -> float:
        """Return the median processor seconds of a step; NaN where it was not run."""
        costs = self.costs.get(step)
        return median(cost.cpu_seconds for cost in costs) if costs else math.nan

    def peak_mib(self, step: str) -> float:
        """Return the largest memory any repeat of a step took."""
        costs = self.costs.get(step)
        return max(cost.peak_mib for cost in costs) if costs else math.nan

    @property
    def models(self) -> float:
        """Return the seconds of the models without dbt's own start."""
        return self.seconds("models") - self.seconds("dbt start")

    @property
    def cpu_models(self) -> float:
        """Return the processor seconds of the models without dbt's own start."""
        return self.cpu_seconds("models") - self.cpu_seconds("dbt start")

    @property
    def models_of_floor(self) -> float:
        """Return the seconds of what the floor's marts need, without dbt's start."""
        return self.seconds("models of floor") - self.seconds("dbt start")

    @property
    def cpu_models_of_floor(self) -> float:
        """Return their processor seconds, without dbt's own start."""
        return self.cpu_seconds("models of floor") - self.cpu_seconds("dbt start")


@dataclass(frozen=True)
class Target:
    """A figure of a run, and the bound that it should keep."""

    name: str
    bound: float
    at_most: bool
    figure: Callable[[dict[int, Measured]], float]

    def met(self, value: float) -> str:
        """Say whether a value keeps the bound, if there is one."""
        if math.isnan(value):
            return "not measured"
        kept = value <= self.bound if self.at_most else value >= self.bound
        return "met" if kept else "NOT met"


def at(contacts: int, figure: Callable[[Measured], float]) -> Callable:
    """Return a figure of the run at one size, NaN where that was not run."""
    return lambda runs: figure(runs[contacts]) if contacts in runs else math.nan


def exponent(runs: dict[int, Measured], small: int, large: int) -> float:
    """Return p where the models' cost grows with contacts to the power of p."""
    if small not in runs or large not in runs:
        return math.nan
    growth = math.log(runs[large].models / runs[small].models)
    return growth / math.log(large / small)


def least_increment(runs: dict[int, Measured], small: int, large: int) -> float:
    """Return the models' cost over next to no data, beside that over a lot."""
    if small not in runs or large not in runs:
        return math.nan
    return runs[small].models / runs[large].models


TARGETS = (
    Target(
        "models / floor at 1 M",
        2.0,
        True,
        at(1_000_000, lambda run: run.models_of_floor / run.seconds("floor")),
    ),
    Target(
        "growth from 100 k to 1 M, exponent",
        1.05,
        True,
        lambda runs: exponent(runs, 100_000, 1_000_000),
    ),
    Target(
        "landing speed / read_csv at 1 M",
        0.5,
        False,
        at(1_000_000, lambda run: run.seconds("read_csv") / run.seconds("landing")),
    ),
    # a build is a full build, as DECISIONS.md says: no increment costs less than the
    # same models over next to no data
    Target(
        "models at 10 k / models at 1 M, the least an increment could be",
        0.1,
        True,
        lambda runs: least_increment(runs, 10_000, 1_000_000),
    ),
    Target(
        "GiB of memory at 10 M",
        16,
        True,
        at(10_000_000, lambda run: run.peak_mib("models") / 1024),
    ),
)

# name: what is divided by what; the history keeps these
RATIOS: dict[str, Callable[[Measured], float]] = {
    "models / floor": lambda run: run.models_of_floor / run.seconds("floor"),
    # what the clock says of a machine that others use too, it says of them
    "models / floor, processor time": lambda run: (
        run.cpu_models_of_floor / run.cpu_seconds("floor")
    ),
    "models / scan": lambda run: run.models / run.seconds("scan"),
    "models / models of floor": lambda run: run.models / run.models_of_floor,
    "tests / models": lambda run: (
        (run.seconds("build") - run.seconds("models")) / run.models
    ),
    "publish / models": lambda run: run.seconds("publish") / run.models,
    "dbt start / models": lambda run: run.seconds("dbt start") / run.models,
    "landing speed / read_csv": lambda run: (
        run.seconds("read_csv") / run.seconds("landing")
    ),
    "peak memory, models / floor": lambda run: (
        run.peak_mib("models") / run.peak_mib("floor")
    ),
}


def main() -> None:
    """Measure every size, print, plot and remember."""
    options = arguments()
    console = Console()
    runs: dict[int, Measured] = {}
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="savoir-") as scratch:
        for contacts in sorted(options.sizes):
            folder = Path(scratch) / str(contacts)
            folder.mkdir()
            is_smallest = contacts == min(options.sizes)
            runs[contacts] = run = Measured(contacts)
            step = steps_of(run, folder, console)
            measure(step, contacts, folder, options.repeats)
            if is_smallest:
                compare("floor_equality", folder, console)
            for large in folder.glob("**/*.duckdb"):
                large.unlink()
    print_costs(runs, console)
    print_ratios(runs, console)
    print_targets(runs, console)
    PLOT.write_text(plot(runs), encoding="utf-8")
    if not options.forget:
        remember(runs)
    console.print(f"Plot in {PLOT.relative_to(PROJECT)}")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--folder", help="Where to work; default the system's.")
    parser.add_argument(
        "--forget", action="store_true", help="Leave the history as it is."
    )
    return parser.parse_args()


def steps_of(run: Measured, folder: Path, console: Console) -> Callable:
    """Return what runs a command as a step and keeps its cost."""

    def step(name: str, command: list[str], **environment: Path) -> None:
        environment = {"SAVOIR_WAREHOUSE": folder / "warehouse"} | environment
        with console.status(f"{run.contacts:,} contacts: {name}"):
            run.add(name, process(command, folder / f"{name}.log", environment))

    return step


def measure(step: Callable, contacts: int, folder: Path, repeats: int) -> None:
    """Run every step at one size, and those that are compared `repeats` times."""
    warehouse = folder / "warehouse"
    world = [str(BIN / "savoir"), "demo", "--contacts", str(contacts), "--as"]
    step("generate", [*world, "landed", str(warehouse)])
    step("generate csv", [*world, "exports", str(folder / "landing")])
    for _ in range(repeats):
        step(
            "landing",
            [str(BIN / "savoir"), "land"],
            SAVOIR_LANDING=folder / "landing",
            SAVOIR_WAREHOUSE=fresh(folder / "landed"),
        )
        step("read_csv", own("read_csv", folder / "landing", fresh(folder / "read")))

    step("build", dbt_command("build", folder))
    step("publish", own("publish", warehouse, folder / "target"))
    for _ in range(repeats):
        step("dbt start", dbt_command("ls", folder))
        step("models", dbt_command("run", folder))
        step("floor", own("floor", warehouse, folder / "floor.duckdb"))
        of_floor = models_of(folder / "floor.duckdb", folder / "target")
        step("models of floor", dbt_command("run", folder, "--select", *of_floor))
        step("scan", own("scan", warehouse))


def models_of(floor: Path, target: Path) -> list[str]:
    """Return the models that make the marts of the floor, and nothing else.

    What the floor makes no component of stays as the whole build left it.
    """
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    with duckdb.connect(str(floor), read_only=True) as connection:
        made = {mart for mart, _ in marts_of(connection, "floor")}
    wanted: set[str] = set()
    todo = [f"model.savoir.{mart}" for mart in made]
    while todo:
        model = todo.pop()
        name, schema = nodes[model]["name"], nodes[model]["schema"]
        if model not in wanted and (name in made or schema != "kpis"):
            wanted.add(model)
            parents = nodes[model]["depends_on"]["nodes"]
            todo += [parent for parent in parents if parent.startswith("model.")]
    return sorted(nodes[model]["name"] for model in wanted)


def process(command: list[str], log: Path, environment: dict[str, Path]) -> Cost:
    """Run a command to its end; raise where it fails, with the end of what it said."""
    started = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        child = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=os.environ | {name: str(path) for name, path in environment.items()},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - started
    # wait4 has taken the child's status: Popen is told, or it would wait in vain
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        said = log.read_text(encoding="utf-8")[-2000:]
        raise SystemExit(f"{log.stem} ended with {child.returncode}:\n{said}")
    # kibibytes on Linux, bytes on a Mac
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def own(step: str, *paths: Path) -> list[str]:
    """Return the command that runs one of this file's own steps as a process."""
    code = f"import run, sys; run.{step}_step(*sys.argv[1:])"
    start = f"import sys; sys.path.insert(0, {str(HERE)!r}); {code}"
    return [sys.executable, "-c", start, *map(str, paths)]


def dbt_command(command: str, folder: Path, *options: str) -> list[str]:
    """Return a dbt command on the world in `folder`, which landing leaves alone."""
    return [
        *(str(BIN / "dbt"), "--quiet", command, *options),
        *("--profiles-dir", str(folder / "warehouse")),
        *("--target-path", str(folder / "target")),
        *("--log-path", str(folder / "logs")),
    ]


def fresh(folder: Path) -> Path:
    """Return a folder that does not exist yet, beside those of earlier repeats."""
    number = sum(1 for _ in folder.parent.glob(f"{folder.name}*"))
    return folder.with_name(f"{folder.name}{number}")


def connect(database: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """Open a database with as many threads as the project's profile has."""
    connection = duckdb.connect(database, config={"threads": THREADS})
    connection.execute("set enable_progress_bar = false")
    return connection


def read_csv_step(landing: str, target: str) -> None:
    """Turn the CSV exports into Parquet, as fast as DuckDB can."""
    Path(target).mkdir()
    with connect() as connection:
        for file in sorted(Path(landing).glob("generic/*.csv")):
            connection.execute(
                f"copy (from read_csv('{file}', all_varchar = true)) "
                f"to '{target}/{file.stem}.parquet' (format parquet)"
            )


def scan_step(warehouse: str) -> None:
    """Read every value of the landed Parquet once."""
    with connect() as connection:
        for entity in ENTITIES:
            connection.execute(
                "select count(columns(*)), sum(length(columns(*)::varchar)) "
                f"from read_parquet('{warehouse}/raw/generic/{entity}/*.parquet')"
            ).fetchall()


def floor_step(warehouse: str, database: str) -> None:
    """Run the hand-written script; the catalogue is the one the project built."""
    Path(database).unlink(missing_ok=True)
    catalogue = Path(database).with_suffix(".dim_kpi.parquet")
    with duckdb.connect(f"{warehouse}/savoir.duckdb", read_only=True) as built:
        built.execute(f"copy kpis.dim_kpi to '{catalogue}' (format parquet)")
    with connect(database) as connection:
        connection.execute(f"set variable raw = '{warehouse}/raw/generic'")
        connection.execute(f"set variable seeds = '{PROJECT / 'seeds'}'")
        connection.execute(f"set variable catalogue = '{catalogue}'")
        connection.execute((HERE / "floor.sql").read_text(encoding="utf-8"))


def publish_step(warehouse: str, target: str) -> None:
    """Publish what was built, on the proof of its build."""
    from savoir.publish import publish

    folder = Path(warehouse)
    publish(
        folder / "savoir.duckdb",
        folder / "published",
        Path(target) / "run_results.json",
        show_progress=False,
    )


def compare(step: str, folder: Path, console: Console) -> None:
    """Run a comparison and print what it says.

    As a process of its own: a child's peak memory is never less than its parent's.
    """
    log = folder / f"{step}.log"
    process(own(step, folder), log, {})
    console.print(log.read_text(encoding="utf-8").strip())


def floor_equality_step(folder: str) -> None:
    """Compare every mart that the floor makes with the project's."""
    with connect() as connection:
        connection.execute(
            f"attach '{folder}/warehouse/savoir.duckdb' as p (read_only)"
        )
        connection.execute(f"attach '{folder}/floor.duckdb' as f (read_only)")
        # what the floor makes no component of is not compared
        made = "select column_name from duckdb_columns() where database_name = 'f'"
        kept = {
            "kpi_components": f"component in ({made})",
            "rpt_kpi_scorecard": "kpi_id in (select kpi_id from p.kpis.dim_kpi "
            f"where numerator_component in ({made}) and "
            f"coalesce(denominator_component, numerator_component) in ({made}))",
        }
        differing = {
            mart: differences(
                connection, f"p.kpis.{mart}", f"f.{mart}", kept.get(mart, "true")
            )
            for mart, _ in marts_of(connection, "f")
        }
    report("The floor", differing)


def marts_of(
    connection: duckdb.DuckDBPyConnection, database: str
) -> list[tuple[str, str]]:
    """Return the tables of an attached database, each with its schema."""
    return connection.execute(
        "select table_name, schema_name from duckdb_tables() "
        f"where database_name = '{database}' and not temporary order by all"
    ).fetchall()


def report(what: str, differing: dict[str, int]) -> None:
    """Say how many rows of which marts differ from the project's full build."""
    if not any(differing.values()):
        print(f"{what} equals a full build in all {len(differing)} marts.")
    for mart, rows in differing.items():
        if rows:
            print(f"{what} is NOT a full build's {mart}: {rows:,} rows differ.")


def differences(
    connection: duckdb.DuckDBPyConnection, one: str, other: str, where: str = "true"
) -> int:
    """Count the rows of a mart that only one of both has, by the columns of the other.

    Doubles are compared to nine decimals: their sums depend on the order of rows.
    """
    described = connection.execute(f"describe {other}").fetchall()
    columns = ", ".join(
        f"round({name}, 9) as {name}" if kind == "DOUBLE" else name
        for name, kind, *_ in described
    )
    ours, theirs = (
        f"select {columns} from {mart} where {where}" for mart in (one, other)
    )
    return connection.execute(
        f"select (select count(*) from ({ours} except all {theirs})) "
        f"+ (select count(*) from ({theirs} except all {ours}))"
    ).fetchall()[0][0]


def print_costs(runs: dict[int, Measured], console: Console) -> None:
    """Print what every step took at every size."""
    table = Table("step", title="Seconds (peak GiB), medians of this run")
    for contacts in runs:
        table.add_column(f"{contacts:,}", justify="right")
    for step in next(iter(runs.values())).costs:
        cells = (
            f"{run.seconds(step):,.1f} ({run.peak_mib(step) / 1024:.1f})"
            for run in runs.values()
        )
        table.add_row(step, *cells)
    console.print(table)


def print_ratios(runs: dict[int, Measured], console: Console) -> None:
    """Print what is divided by what, at every size."""
    table = Table("ratio", title="Ratios of this run; models without dbt's start")
    for contacts in runs:
        table.add_column(f"{contacts:,}", justify="right")
    for name, ratio in RATIOS.items():
        table.add_row(name, *(f"{ratio(run):.2f}" for run in runs.values()))
    console.print(table)


def print_targets(runs: dict[int, Measured], console: Console) -> None:
    """Print every target beside its figure."""
    table = Table("target", "bound", "figure", "", title="Targets")
    for target in TARGETS:
        value = target.figure(runs)
        sign = "≤" if target.at_most else "≥"
        table.add_row(
            target.name, f"{sign} {target.bound}", f"{value:.2f}", target.met(value)
        )
    console.print(table)


def commit() -> str:
    """Return the short name of the commit that is measured."""
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def remember(runs: dict[int, Measured]) -> None:
    """Append the ratios of a run to the history, one row each.

    Beside them stands how many processes wanted a processor while they were measured:
    a busy machine's ratios are told by processor time, not by the clock.
    """
    rows = [
        (contacts, name, ratio(run))
        for contacts, run in runs.items()
        for name, ratio in RATIOS.items()
    ]
    sizes = sorted(runs)
    rows += [
        (large, f"growth exponent from {small}", exponent(runs, small, large))
        for small, large in pairwise(sizes)
    ]
    load = f"{os.getloadavg()[2]:.1f}"
    is_new = not HISTORY.exists()
    with HISTORY.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(("date", "commit", "contacts", "ratio", "value", "load"))
        for contacts, name, value in rows:
            if not math.isnan(value):
                writer.writerow(
                    (date.today(), commit(), contacts, name, f"{value:.3f}", load)
                )


# The plot ---------------------------------------------------------------------------

LINES = {
    "models": "#b45309",
    "models of floor": "#d99a4e",
    "floor": "#0f766e",
    "tests": "#6d28d9",
    "scan": "#64748b",
}
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 460, 78, 120, 48, 58


def plot(runs: dict[int, Measured]) -> str:
    """Draw cost against size, both logarithmic, in units of the smallest floor."""
    unit = runs[min(runs)].seconds("floor")
    points = {
        "models": {n: run.models / unit for n, run in runs.items()},
        "models of floor": {n: run.models_of_floor / unit for n, run in runs.items()},
        "floor": {n: run.seconds("floor") / unit for n, run in runs.items()},
        "tests": {
            n: (run.seconds("build") - run.seconds("models")) / unit
            for n, run in runs.items()
        },
        "scan": {n: run.seconds("scan") / unit for n, run in runs.items()},
    }
    drawn = {
        name: {n: cost for n, cost in line.items() if cost > 0}
        for name, line in points.items()
    }
    costs = [cost for line in drawn.values() for cost in line.values()]
    x = axis(min(runs), max(runs), LEFT, WIDTH - RIGHT)
    y = axis(min(costs), max(costs), HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="13" fill="#1e293b">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="26" font-size="16">Cost against size, in times the '
        f"floor at {min(runs):,} contacts</text>",
    ]
    for power in decades(min(costs), max(costs)):
        at = y(10.0**power)
        parts.append(line_of(LEFT, at, WIDTH - RIGHT, at, "#e2e8f0"))
        parts.append(text_of(LEFT - 10, at + 4, f"{10.0**power:g}", "end"))
    for contacts in runs:
        at = x(contacts)
        parts.append(line_of(at, TOP, at, HEIGHT - BOTTOM, "#e2e8f0"))
        parts.append(text_of(at, HEIGHT - BOTTOM + 20, f"{contacts:,}", "middle"))
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(text_of(middle, HEIGHT - 14, "contacts", "middle"))
    for (name, line), label_y in zip(drawn.items(), labels(drawn, y), strict=True):
        parts += series(name, line, x, y, label_y)
    return "\n".join([*parts, "</svg>", ""])


def axis(low: float, high: float, start: float, end: float) -> Callable:
    """Return where a value lies on a logarithmic axis that spans whole decades."""
    powers = decades(low, high)
    first, span = powers[0], max(powers[-1] - powers[0], 1)
    return lambda value: start + (math.log10(value) - first) / span * (end - start)


def decades(low: float, high: float) -> range:
    """Return the powers of ten that enclose two values."""
    return range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)


def labels(lines: dict[str, dict[int, float]], y: Callable) -> list[float]:
    """Return where each line's name stands: beside its end, never on another's."""
    ends = {name: y(line[max(line)]) for name, line in lines.items()}
    placed: dict[str, float] = {}
    for name in sorted(ends, key=ends.get):
        above = max(placed.values(), default=-math.inf)
        placed[name] = max(ends[name] + 4, above + 16)
    return [placed[name] for name in lines]


def series(
    name: str, line: dict[int, float], x: Callable, y: Callable, label_y: float
) -> list[str]:
    """Draw one line, its points and its name."""
    colour = LINES[name]
    places = [(x(contacts), y(cost)) for contacts, cost in sorted(line.items())]
    path = " ".join(f"{left:.1f},{top:.1f}" for left, top in places)
    dots = [
        f'<circle cx="{left:.1f}" cy="{top:.1f}" r="3.5" fill="{colour}"/>'
        for left, top in places
    ]
    label = text_of(places[-1][0] + 12, label_y, name, "start", colour)
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *dots,
        label,
    ]


def line_of(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    """Return a straight line."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{colour}"/>'
    )


def text_of(x: float, y: float, text: str, anchor: str, colour: str = "#334155") -> str:
    """Return a line of text."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
        f'fill="{colour}">{text}</text>'
    )


if __name__ == "__main__":
    main()
