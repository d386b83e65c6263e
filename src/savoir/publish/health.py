"""`kpis.rpt_build_health`: how sound the build is that the figures come from.

Tests and durations are known only after the build, so no model of it can hold them:
publishing writes this report into the copy. Its columns are described in
`models/_overview.md`.
"""

from pathlib import Path

import duckdb

from savoir.landing.files import path_literal
from savoir.landing.run import FILES_FILE
from savoir.publish.common import name
from savoir.publish.marts import comment_on
from savoir.publish.proof import Build

TABLE = "kpis.rpt_build_health"

TABLE_SAYS = "How sound the published build is. One row per aspect and name."
COLUMNS = {
    "aspect": "What is judged: build, tests, freshness, rejects or duration.",
    "name": "What it is said of: a kind of test, a feed, a system, a layer.",
    "status": "`ok` or `warning`; a build with an error is never published.",
    "value": "The figure; null where the detail says it.",
    "unit": "Unit of the figure: tests, days, rows, seconds.",
    "detail": "The same in words, with its dates.",
}

# The event a fact is dated by; with it a system's feed shows how far it reaches.
EVENTS = {
    "fct_calls": "started_at",
    "fct_contacts": "opened_at",
    "fct_orders": "ordered_at",
    "fct_proactive_messages": "sent_at",
    "fct_quality_reviews": "reviewed_at",
    "fct_support_costs": "month_start_date",
    "fct_survey_invitations": "invited_at",
    "fct_survey_responses": "answered_at",
}

Row = tuple[str, str, str, float | None, str | None, str | None]


def write_health(
    connection: duckdb.DuckDBPyConnection, build: Build, raw: Path
) -> None:
    """Write the report into `published_copy`, from the current database and its build.

    `raw` is the folder of the landed files; without one, nothing is said of rejects.
    """
    rows = [
        *_build(connection, build),
        *_tests(build),
        *_freshness(connection),
        *_rejects(connection, raw),
        *_durations(build),
    ]
    copy = name("published_copy", *TABLE.split("."))
    connection.execute(
        f"""
        create table {copy} (
            aspect varchar, name varchar, status varchar,
            value double, unit varchar, detail varchar
        )
        """
    )
    connection.executemany(f"insert into {copy} values (?, ?, ?, ?, ?, ?)", rows)
    comment_on(connection, copy, {None: TABLE_SAYS, **COLUMNS})


def data_horizon(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the UTC instant the exports stop at, as ISO text."""
    return connection.execute(
        "select strftime(as_of, '%Y-%m-%dT%H:%M:%S') from intermediate.int_data_horizon"
    ).fetchone()[0]


def _build(connection: duckdb.DuckDBPyConnection, build: Build) -> list[Row]:
    ended = f"{build.ended_at:%Y-%m-%dT%H:%M:%S}"
    return [
        ("build", "data horizon", "ok", None, None, data_horizon(connection)),
        ("build", "built at", "ok", None, None, ended),
        ("build", "invocation", "ok", None, None, build.invocation_id),
    ]


def _tests(build: Build) -> list[Row]:
    """Return passed and warning tests; a failed one would have stopped us."""
    rows: list[Row] = []
    for kind, said in (("test", "data tests"), ("unit_test", "unit tests")):
        passed, warned = (build.count(kind, status) for status in ("pass", "warn"))
        rows.append(("tests", f"{said} passed", "ok", passed, "tests", None))
        status = "warning" if warned else "ok"
        rows.append(("tests", f"{said} that warn", status, warned, "tests", None))
    return rows


def _freshness(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return, per system and fact, the days between its latest event and the horizon.

    A feed is late when it has been silent for longer than it ever was in its last
    year: a ledger that comes monthly and calls that come hourly need no rule each.
    """
    present = connection.execute(
        "select table_name, column_name from information_schema.columns "
        "where table_catalog = current_database() and table_schema = 'core'"
    ).fetchall()
    feeds = " union all ".join(
        f"select source_system || ' {fact.removeprefix('fct_').replace('_', ' ')}' "
        f"as feed, {event}::timestamp as happened_at from core.{fact}"
        for fact, event in EVENTS.items()
        if (fact, event) in present
    )
    if not feeds:
        return []
    return connection.execute(
        f"""
        with
        events as (
            select feed, happened_at, as_of
            from ({feeds})
            cross join intermediate.int_data_horizon
            where happened_at <= as_of
        ),
        days as (
            select
                feed,
                max(happened_at) as last_at,
                date_diff('second', lag(last_at) over (
                    partition by feed order by last_at
                ), last_at) / 86400 as silent_days,
                any_value(as_of) as as_of
            from events
            group by feed, happened_at::date
        ),
        feeds as (
            select
                feed,
                max(last_at) as last_at,
                date_diff('second', max(last_at), any_value(as_of)) / 86400 as days,
                max(silent_days) filter (
                    where last_at >= as_of - interval 365 days
                ) as longest_days
            from days
            group by feed
        )
        select
            'freshness',
            feed,
            if(days > coalesce(longest_days, days), 'warning', 'ok'),
            round(days, 1),
            'days',
            'latest event ' || strftime(last_at, '%Y-%m-%dT%H:%M:%S') || coalesce(
                ', longest silence of its last year '
                || printf('%.1f', longest_days) || ' days',
                ''
            )
        from feeds
        order by feed
        """
    ).fetchall()


def _rejects(connection: duckdb.DuckDBPyConnection, raw: Path) -> list[Row]:
    """Return the rows per system that landing could not read.

    More than the project allows fail the build; a file nobody could read is a warning.
    """
    files = raw / FILES_FILE
    if not files.exists():
        return []
    return connection.execute(
        f"""
        select
            'rejects',
            system,
            if(bool_or(status = 'unreadable'), 'warning', 'ok'),
            sum(rows_rejected),
            'rows',
            'of ' || sum(rows_read) || ' rows in ' || count(distinct file)
            || ' files, landed ' || strftime(max(landed_at), '%Y-%m-%dT%H:%M:%S')
            || coalesce(', unreadable: '
                || string_agg(distinct file, ', ' order by file)
                    filter (where status = 'unreadable'), '')
        from {path_literal(files)}
        group by system
        order by system
        """
    ).fetchall()


def _durations(build: Build) -> list[Row]:
    """Return the seconds each layer took, its nodes' times added up, and the whole."""
    seconds: dict[str, float] = {}
    for node in build.nodes:
        layer = _layer(node)
        seconds[layer] = seconds.get(layer, 0) + node["execution_time"]
    rows: list[Row] = [
        ("duration", layer, "ok", round(spent, 1), "seconds", None)
        for layer, spent in sorted(seconds.items())
    ]
    whole = (build.ended_at - build.started_at).total_seconds()
    return [*rows, ("duration", "build", "ok", round(whole, 1), "seconds", None)]


def _layer(node: dict) -> str:
    """Return a node's layer: a model's schema, else its kind in the plural."""
    kind = node["unique_id"].partition(".")[0]
    if kind == "model":
        return node["relation_name"].replace('"', "").split(".")[-2]
    return kind.replace("_", " ") + "s"
