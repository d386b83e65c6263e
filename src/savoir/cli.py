"""The `savoir` command. Each subcommand is one step; the work is done elsewhere."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from savoir import paths

# heavy libraries are imported by the step that needs them: `savoir --help` is instant
app = typer.Typer(
    help="Customer-service KPIs from raw exports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line."""
    app()


def _stop(message: str) -> None:
    """Say what is wrong, without a traceback, and leave with exit code 1."""
    Console(stderr=True).print(f"error: {message}", style="red", markup=False)
    raise typer.Exit(1)


@app.command()
def demo(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to write; default the landing folder.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another world.")] = 2025,
    scale: Annotated[float, typer.Option(help="Multiplies the customers.")] = 1.0,
) -> None:
    """Write the exports of a fictional French retailer, and the truth in them."""
    from savoir.demo import write_demo

    target = folder or paths.landing()
    if target.exists() and any(target.iterdir()):
        _stop(f"{target} is not empty: the demo never mixes with other exports")
    try:
        write_demo(target, seed=seed, scale=scale)
    except ValueError as error:
        _stop(str(error))
    Console().print(f"Demo exports, and the truths planted in them, in {target}")


@app.command()
def land(
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first unreadable file.")
    ] = False,
) -> None:
    """Land new and changed exports as Parquet; rows nobody can read become rejects."""
    from savoir.landing import LandingError
    from savoir.landing import land as land_exports
    from savoir.landing.report import print_report

    try:
        report = land_exports(paths.landing(), paths.raw(), strict=strict)
    except LandingError as error:
        _stop(str(error))
    print_report(report, Console())


@app.command()
def check() -> None:
    """Hold the landed files against the contracts with the exporters."""
    from savoir.expectations import check as check_contracts

    if not paths.raw().exists():
        _stop(f"nothing has landed in {paths.raw()}: run `savoir land` first")
    console = Console()
    result = check_contracts(paths.raw(), paths.warehouse() / "data_docs")
    for failure in result.failures:
        console.print(f"broken contract: {failure}", style="red", markup=False)
    console.print(
        f"{result.expectations} expectations on {result.rows:,} landed rows, "
        f"{len(result.failures)} broken; Data Docs in {result.index}",
        highlight=False,
    )
    if not result.passed:
        raise typer.Exit(1)


@app.command()
def publish() -> None:
    """Publish the marts, if the last build was whole and green."""
    from savoir.publish import PublishRefused
    from savoir.publish import publish as publish_marts

    try:
        done = publish_marts(
            paths.database(),
            paths.warehouse() / "published",
            paths.PROJECT / "target" / "run_results.json",
        )
    except PublishRefused as refusal:
        _stop(str(refusal))
    Console().print(f"Published {len(done.rows)} tables in {done.database.parent}")


@app.command()
def scorecard(
    language: Annotated[str, typer.Option(help="Labels: en or fr.")] = "en",
) -> None:
    """Print the scorecard of the built warehouse."""
    import duckdb

    from savoir.scorecard import print_scorecard

    if language not in ("en", "fr"):
        _stop(f"no labels in {language!r}: choose en or fr")
    if not paths.database().exists():
        _stop(f"nothing is built in {paths.warehouse()}: run `make build` first")
    try:
        print_scorecard(paths.database(), Console(), language=language)
    except duckdb.Error as error:  # being written to, or left half-built
        _stop(f"cannot read {paths.database()}: {error}")
