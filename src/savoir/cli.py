"""The `savoir` command. Each subcommand is one step; the work is done elsewhere."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

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


def _stop(message: str, code: int = 1) -> None:
    """Say what is wrong, without a traceback, and leave, with exit code 1 as a rule."""
    Console(stderr=True).print(f"error: {message}", style="red", markup=False)
    raise typer.Exit(code)


def _require_report(language: str, code: int = 1) -> None:
    """Stop where there are no labels, or no warehouse to report on."""
    if language not in ("en", "fr"):
        _stop(f"no labels in {language!r}: choose en or fr", code)
    if not paths.database().exists():
        _stop(f"nothing is built in {paths.warehouse()}: run `make build` first", code)


def _stop_unreadable(error: Exception, code: int = 1) -> None:
    """Stop over a warehouse that is being written to, half-built or an old one."""
    _stop(f"cannot read {paths.database()}: {error}", code)


def _print_or_write(
    language: str,
    page: Path | None,
    show: Callable[[Path, Console, str], None],
    write: Callable[[Path, Path], None],
) -> None:
    """Show what the warehouse says, or write it into a Markdown page."""
    import duckdb

    _require_report(language)
    try:
        if page is None:
            show(paths.database(), Console(), language)
        else:
            write(paths.database(), page)
    except duckdb.Error as error:
        _stop_unreadable(error)
    except (OSError, ValueError) as error:
        _stop(f"cannot write {page}: {error}")


Language = Annotated[str, typer.Option(help="Labels: en or fr.")]
Page = Annotated[
    Path | None, typer.Option(help="Write it between a Markdown page's marks instead.")
]
Helpdesk = Literal[
    "zendesk", "freshdesk", "salesforce", "intercom", "gorgias", "hubspot"
]
Telephony = Literal[
    "asterisk",
    "amazon_connect",
    "genesys",
    "aircall",
    "twilio",
    "five9",
    "threecx",
    "zendesk_talk",
]
Shop = Literal["shopify", "woocommerce", "prestashop", "magento", "olist"]
SurveyTool = Literal["qualtrics", "surveymonkey", "typeform", "delighted"]


@app.command()
def demo(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to write; default the landing folder.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another world.")] = 2025,
    scale: Annotated[float, typer.Option(help="Multiplies the customers.")] = 1.0,
    helpdesk: Annotated[
        Helpdesk, typer.Option(help="The product the retailer's tickets are in.")
    ] = "zendesk",
    telephony: Annotated[
        Telephony, typer.Option(help="The product its calls are in.")
    ] = "asterisk",
    shop: Annotated[
        Shop, typer.Option(help="The product its orders are in.")
    ] = "shopify",
    survey: Annotated[
        SurveyTool, typer.Option(help="The product its survey answers are in.")
    ] = "qualtrics",
    contacts: Annotated[
        int | None,
        typer.Option(
            help="Write a world of this many contacts instead, to measure with; "
            "no truth is known of it, and scale does not apply."
        ),
    ] = None,
    form: Annotated[
        Literal["exports", "landed"],
        typer.Option(
            "--as",
            help="With --contacts: exports to land, or a warehouse with them landed.",
        ),
    ] = "exports",
) -> None:
    """Write the exports of a fictional French retailer, and the truth in them."""
    landed = form == "landed"
    if landed and contacts is None:
        _stop("--as landed needs --contacts: the demo itself is written as exports")
    target = folder or (paths.warehouse() if landed else paths.landing())
    if target.exists() and any(target.iterdir()):
        _stop(f"{target} is not empty: the demo never mixes with other exports")
    try:
        if contacts is None:
            from savoir.demo import write_demo
            from savoir.demo.vendors import OWN

            products = {
                "helpdesk": helpdesk,
                "telephony": telephony,
                "shop": shop,
                "survey": survey,
            }
            write_demo(target, seed=seed, scale=scale, **products)
            says = f"Demo exports, and the truths planted in them, in {target}"
            if products != OWN:
                says = f"Demo exports of {', '.join(products.values())}, in {target}"
        else:
            from savoir.demo.scale import write_scale

            write_scale(target, contacts=contacts, seed=seed, landed=landed)
            how = " (README.txt says how to build on them)" if landed else ""
            says = f"{contacts:,} contacts, {form}, in {target}{how}"
    except ValueError as error:
        _stop(str(error))
    Console().print(says, highlight=False)


@app.command()
def land(
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first unreadable file.")
    ] = False,
    report_files: Annotated[
        bool,
        typer.Option("--report", help="Account for each file: rows and reasons."),
    ] = False,
    check_file: Annotated[
        Path | None,
        typer.Option(
            "--check",
            metavar="FILE",
            help="Only tell which system a file looks like and what is wrong with it.",
        ),
    ] = None,
) -> None:
    """Land new and changed exports as Parquet; rows nobody can read become rejects.

    With --check nothing lands. Exit code 0: the whole file would. 1: not all of it
    would, or none. 2: there is no such file.
    """
    from savoir.definitions import project_variables
    from savoir.landing import LandingError, systems
    from savoir.landing import land as land_exports
    from savoir.landing.dates import declared_orders
    from savoir.landing.looks import check_file as check_one
    from savoir.landing.report import print_files, print_report

    try:
        known = systems.known(declared_orders(project_variables()))
    except ValueError as error:
        _stop(str(error))
    if check_file is not None:
        if not check_file.is_file():
            _stop(f"no such file: {check_file}", code=2)
        raise typer.Exit(0 if check_one(check_file, known, Console()) else 1)
    try:
        report = land_exports(paths.landing(), paths.raw(), strict=strict, known=known)
    except LandingError as error:
        _stop(str(error))
    if report_files:
        print_files(report, paths.raw(), Console())
    print_report(report, Console())


@app.command()
def check() -> None:
    """Hold the landed files against the contracts with the exporters."""
    from savoir.definitions import project_variables
    from savoir.drift import Limits
    from savoir.expectations import check as check_contracts

    if not paths.raw().exists():
        _stop(f"nothing has landed in {paths.raw()}: run `savoir land` first")
    try:
        limits = Limits.of(project_variables())
    except ValueError as error:
        _stop(str(error))
    console = Console()
    result = check_contracts(paths.raw(), paths.warehouse() / "data_docs", limits)
    for failure in result.failures:
        is_warning = failure.severity == "warn"
        what, style = (
            ("changed", "yellow") if is_warning else ("broken contract", "red")
        )
        console.print(f"{what}: {failure}", style=style, markup=False)
    console.print(
        f"{result.expectations} expectations on {result.rows:,} landed rows, "
        f"{len(result.failures)} broken; Data Docs in {result.index}",
        highlight=False,
    )
    if not result.passed:
        raise typer.Exit(1)


@app.command()
def publish(
    allow_variant: Annotated[
        bool,
        typer.Option(
            "--allow-variant",
            help="Publish KPIs built with other parameters than the project's.",
        ),
    ] = False,
    list_versions: Annotated[
        bool, typer.Option("--list", help="Only list the versions kept.")
    ] = False,
    rollback: Annotated[
        int | None,
        typer.Option(metavar="N", help="Serve version N again; publish nothing."),
    ] = None,
    keep: Annotated[int, typer.Option(min=1, help="Versions to keep.")] = 5,
    to_postgres: Annotated[
        bool | None,
        typer.Option(
            "--postgres/--no-postgres",
            help="Serve the same in PostgreSQL; default: if SAVOIR_POSTGRES is set.",
        ),
    ] = None,
    extend_v1: Annotated[
        bool,
        typer.Option(
            "--extend-v1",
            help="Only add the columns that published_v1.yml does not promise yet.",
        ),
    ] = False,
) -> None:
    """Publish the marts as a new version, if the last build was whole and green."""
    import duckdb

    from savoir import publish as publishing
    from savoir.publish import contract, postgres, report, versions

    console, published = Console(), paths.published()
    if list_versions:
        return report.print_versions(published, console)
    if extend_v1:
        if versions.current(published) is None:
            _stop(f"nothing is published in {published}: run `savoir publish` first")
        added = contract.extend_contract(published / "savoir.duckdb")
        return console.print(f"{added} columns added to {contract.CONTRACT}.")
    dsn = postgres.dsn() if to_postgres is not False else None
    if to_postgres and not dsn:
        _stop(f"set {postgres.DSN} to the database to publish to")
    try:
        if rollback is None:
            number = publishing.publish(
                paths.database(),
                published,
                paths.run_results(),
                allow_variant=allow_variant,
                keep=keep,
            ).version
        else:
            publishing.rollback(published, rollback, allow_variant=allow_variant)
            number = rollback
        console.print(f"Version {number} is served in {published}", highlight=False)
        if dsn:
            postgres.serve(dsn, versions.folder_of(published, number), keep=keep)
            console.print(f"Version {number} is served in PostgreSQL", highlight=False)
    except publishing.PublishRefused as refusal:
        _stop(str(refusal))
    except (duckdb.Error, OSError) as error:
        _stop(f"{error}; what was served before is served still")


@app.command()
def scorecard(
    language: Language = "en",
) -> None:
    """Print the scorecard of the built warehouse."""
    import duckdb

    from savoir.scorecard import print_scorecard

    _require_report(language)
    try:
        print_scorecard(paths.database(), Console(), language=language)
    except duckdb.Error as error:
        _stop_unreadable(error)


@app.command()
def alerts(
    language: Language = "en",
    seen: Annotated[
        Path | None,
        typer.Option(
            help="Where the alerts shown are remembered; "
            "default alerts_seen.json in the warehouse."
        ),
    ] = None,
) -> None:
    """Print what to look at now, red first, and remember what was shown.

    Exit code 0: no red alert is new. 1: one is. 2: the alerts could not be shown.
    """
    import duckdb

    from savoir.alerts import SeenFileBroken, show_alerts

    _require_report(language, code=2)
    seen_file = seen or paths.warehouse() / "alerts_seen.json"
    try:
        red_is_new = show_alerts(
            paths.database(), seen_file, Console(), language=language
        )
    except duckdb.Error as error:
        _stop_unreadable(error, code=2)
    except SeenFileBroken as error:
        _stop(f"{error}; remove it to see every alert as new", code=2)
    except OSError as error:
        _stop(f"cannot read or write {seen_file}: {error}", code=2)
    if red_is_new:
        raise typer.Exit(1)


@app.command()
def review(
    week: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DD",
            help="Any day of the week to review; default the latest complete week.",
        ),
    ] = None,
    verbatims: Annotated[
        bool,
        typer.Option(
            "--verbatims", help="Show what customers wrote, read from the raw exports."
        ),
    ] = False,
    language: Language = "en",
) -> None:
    """Print the weekly review: dearest issues, warmest words, contact of the week."""
    import duckdb

    from savoir.review import ReviewError, print_review

    _require_report(language)
    try:
        day = datetime.strptime(week, "%Y-%m-%d").date() if week is not None else None
    except ValueError:
        _stop(f"{week!r} is no day: write it as YYYY-MM-DD")
    try:
        print_review(
            paths.database(),
            Console(),
            day=day,
            with_verbatims=verbatims,
            language=language,
        )
    except duckdb.Error as error:
        _stop_unreadable(error)
    except ReviewError as error:
        _stop(str(error))


@app.command()
def forecast(
    language: Language = "en",
    page: Page = None,
) -> None:
    """Print the contacts of the next four weeks, and the agents they need."""
    from savoir.planning import print_forecast, write_page

    _print_or_write(language, page, print_forecast, write_page)


@app.command()
def whatif(
    fcr: Annotated[float | None, typer.Option(help="Points of FCR more.")] = None,
    handle_time: Annotated[
        float | None, typer.Option(help="Seconds of handle time more; -10 is less.")
    ] = None,
    agents: Annotated[
        float | None, typer.Option(help="Agents more, whenever the phone is staffed.")
    ] = None,
    automation: Annotated[
        float | None, typer.Option(help="Points more of contacts that bots settle.")
    ] = None,
    language: Language = "en",
) -> None:
    """Print what a change would do to cost, margin, service level and ROI."""
    import duckdb

    from savoir.whatif import WhatIfError, print_what_if

    _require_report(language)
    changes = {
        "fcr": fcr,
        "handle_time": handle_time,
        "agents": agents,
        "automation": automation,
    }
    try:
        print_what_if(paths.database(), Console(), changes=changes, language=language)
    except duckdb.Error as error:
        _stop_unreadable(error)
    except WhatIfError as error:
        _stop(str(error))


@app.command()
def diff(
    base: Annotated[str, typer.Argument(help="The commit or branch to compare with.")],
    markdown: Annotated[
        Path | None, typer.Option(help="Write what moved as Markdown, too.")
    ] = None,
) -> None:
    """Build a commit and the folder as it stands; print what moved between them.

    Both are built from the exports in the landing folder. Exit code 0: no KPI moved
    under its old version. 1: one did. 2: one side could not be built.
    """
    import tempfile

    from savoir import diff as diffs

    if not paths.landing().exists():
        _stop(f"no exports in {paths.landing()}: `savoir demo` writes some", code=2)
    console = Console()
    with tempfile.TemporaryDirectory(prefix="savoir-diff-") as scratch:
        folder = Path(scratch)
        try:
            with (
                console.status(f"Building {base}"),
                diffs.checked_out(base, folder / "tree") as tree,
            ):
                old = diffs.build(tree, paths.landing(), folder / "old")
            with console.status("Building the folder as it stands"):
                new = diffs.build(paths.PROJECT, paths.landing(), folder / "new")
        except diffs.DiffError as error:
            _stop(str(error), code=2)
        with diffs.both(old, new) as connection:
            kpis, rows = diffs.moved_kpis(connection), diffs.moved_rows(connection)
    said = diffs.tables(kpis, rows)
    diffs.print_tables(said, console)
    if markdown is not None:
        markdown.write_text(diffs.markdown(said), encoding="utf-8")
    silent = [kpi.kpi_id for kpi in kpis if not kpi.is_announced]
    if silent:
        _stop(f"moved under the version they had: {', '.join(silent)}")


@app.command()
def mutate(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            help="Models to change; default all but the staging of systems that the "
            "demo has no exports of."
        ),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(help="Judge only so many mutants, drawn at random.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another sample.")] = 1,
    jobs: Annotated[int, typer.Option(help="Processes that judge at once.")] = 2,
    scale: Annotated[float, typer.Option(help="Size of the demo to judge on.")] = 0.1,
    at_least: Annotated[
        float, typer.Option(help="Fail when fewer percent of the mutants are killed.")
    ] = 95.0,
) -> None:
    """Change the SQL a little, many times, and see whether a test notices.

    A run that was cut goes on where it was, until the project changes.

    Exit code 0: enough of the changes were noticed. 1: too few. 2: not run.
    """
    from savoir.mutation.judge import MutationError
    from savoir.mutation.run import mutate as run_mutants
    from savoir.mutation.run import print_report

    console = Console()
    try:
        report = run_mutants(models or [], sample, seed, jobs, scale)
    except MutationError as error:
        _stop(str(error), code=2)
    print_report(report, console)
    if report.share < at_least:
        raise typer.Exit(1)


definitions = typer.Typer(
    help="Guard what KPIs mean: definitions.lock.", no_args_is_help=True
)
app.add_typer(definitions, name="definitions")


@definitions.command("check")
def check_definitions() -> None:
    """Fail when a KPI's definition moved and its version did not."""
    from savoir.definitions import (
        DefinitionsError,
        compare,
        compiled,
        read_definitions,
        read_lock,
    )

    console = Console()
    try:
        locked = read_lock()
        with console.status("Reading what every KPI means"):
            now = read_definitions(compiled())
    except DefinitionsError as error:
        _stop(str(error), code=2)
    moves = compare(now, locked)
    for move in moves:
        console.print(f"{move.kpi_id} {move.says}", style="red", highlight=False)
        for detail in move.details:
            console.print(f"    {detail}", markup=False, highlight=False)
    if moves:
        _stop(
            "raise the version of a KPI that means something else and say so in its "
            "changelog, then run `savoir definitions update`"
        )
    console.print(f"{len(now.kpis)} KPIs mean what the lock says.", highlight=False)


@definitions.command("update")
def update_definitions(
    same_meaning: Annotated[
        bool,
        typer.Option(
            "--same-meaning",
            help="The SQL is another, its figures are not: `savoir diff` shows it.",
        ),
    ] = False,
) -> None:
    """Lock the definitions as they stand, each change of meaning with its line."""
    from savoir.definitions import (
        DefinitionsError,
        changelogs_of,
        compiled,
        read_definitions,
        update,
    )

    console = Console()
    try:
        with console.status("Reading what every KPI means"):
            manifest = compiled()
            now = read_definitions(manifest)
        changed = update(now, changelogs_of(manifest), same_meaning=same_meaning)
    except DefinitionsError as error:
        _stop(
            f"{error}\nRaise `version` in _kpis__catalogue.yml and give the KPI's "
            "changelog a line: version, date, change, change_fr."
        )
    console.print(f"Locked {len(now.kpis)} KPIs, {changed} of them changed.")


@definitions.command("catalogue")
def write_catalogue(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when a page is stale.")
    ] = False,
) -> None:
    """Write what every KPI means, in English and in French, as pages in docs/."""
    from savoir import catalogue
    from savoir.definitions import DefinitionsError, compiled, read_definitions

    console = Console()
    try:
        with console.status("Reading what every KPI means"):
            manifest = compiled()
            pages = catalogue.pages(manifest, read_definitions(manifest))
    except DefinitionsError as error:
        _stop(str(error), code=2)
    stale = catalogue.stale(pages)
    if not check:
        catalogue.write_pages(pages)
        console.print(f"Wrote {', '.join(stale) or 'nothing new'} in docs/.")
    elif stale:
        _stop(f"stale: {', '.join(stale)}; run `savoir definitions catalogue`")
    else:
        console.print("The pages in docs/ say what the catalogue says.")


@app.command()
def predictions(
    language: Language = "en",
    page: Page = None,
) -> None:
    """Print how good predictions were on customers who had no part in them."""
    from savoir.predictions import print_predictions, write_page

    _print_or_write(language, page, print_predictions, write_page)


@app.command()
def dashboard(
    each: Annotated[
        list[str] | None,
        typer.Option(help="Also a file of its own for each site, team or agent."),
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print the overview as a PDF, too.")
    ] = False,
    language: Annotated[str, typer.Option(help="Of the PDF: en or fr.")] = "en",
    serve: Annotated[
        bool, typer.Option("--serve", help="Show the files to this machine's browsers.")
    ] = False,
    port: Annotated[int, typer.Option(help="With --serve.")] = 8765,
) -> None:
    """Write the published figures as one interactive page that needs no network."""
    import subprocess

    import duckdb

    from savoir.dashboard.pdf import NoBrowser, write_pdf
    from savoir.dashboard.scopes import SCOPES, write_dashboards

    if language not in ("en", "fr"):
        _stop(f"no labels in {language!r}: choose en or fr")
    published = paths.published() / "savoir.duckdb"
    if not published.exists():
        _stop(f"nothing is published in {published.parent}: run `savoir publish` first")
    if unknown := set(each or []) - set(SCOPES):
        _stop(f"no files for each {', '.join(sorted(unknown))}: {', '.join(SCOPES)}")
    folder = paths.warehouse() / "dashboard"
    results = paths.run_results()
    console = Console()
    try:
        for file in write_dashboards(published, folder, results, each or []):
            console.print(
                f"{file} ({file.stat().st_size / 1e6:.1f} MB)", soft_wrap=True
            )
        if pdf:
            console.print(
                write_pdf(folder / "dashboard.html", language), soft_wrap=True
            )
    except duckdb.Error as error:
        _stop(f"cannot read {published}: {error}")
    except NoBrowser as error:
        _stop(str(error))
    except subprocess.SubprocessError as error:
        _stop(f"the browser did not print: {error}")
    if serve:
        from savoir.dashboard.serve import serve as serve_folder

        serve_folder(folder, port, console)
