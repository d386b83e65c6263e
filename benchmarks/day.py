"""One more day: a world as its exports stood the evening before, and what came then.

What is delivered again is a newer state of something landed before: the file's name
sorts after the others, so its rows win (models/staging/generic).
"""

import datetime as dt
import hashlib
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from savoir.demo.scale import END, LANDED_AT, moment
from savoir.landing.files import literal
from savoir.landing.run import FILES, FILES_FILE, FileRow, previous_rows

HELD, DELIVERY = "held_back", "day_000"
DAY = 86400
LONG = 60 * DAY

# What the evening before knew of a file. `stood` holds contacts that change later.
BEFORE = {
    "contacts": """
        from part
        where opened_at < getvariable('cut')
        and contact_id not in (select contact_id from stood)
        union all
        from stood where _file = (select min(_file) from part)
    """,
    "contact_events": """
        from part
        where occurred_at < getvariable('cut')
        and not (
            event_type in ('solved', 'closed')
            and contact_id in (select contact_id from late_contacts)
        )
    """,
    # a call is exported when it has ended
    "calls": "from part where ended_at < getvariable('cut')",
    "survey_responses": """
        from part
        where responded_at < getvariable('cut')
        and response_id not in (select response_id from late_answers)
    """,
    "orders": """
        select * exclude (is_to_come) replace (
            if(is_to_come and status = 'refunded', 'paid', status) as status,
            if(is_to_come, null, refunded_amount) as refunded_amount,
            if(is_to_come, null, refunded_at) as refunded_at
        )
        from (
            select *, coalesce(refunded_at >= getvariable('cut'), false) as is_to_come
            from part
            where ordered_at < getvariable('cut')
        )
    """,
    "agent_activity": "from part where started_at < getvariable('cut')",
}
# What the day brought: all that is new, and the new state of all that changed.
AFTER = {
    "contacts": """
        select contacts.* replace (
            if(late_at is null, status, 'solved') as status,
            coalesce(late_at, resolved_at) as resolved_at,
            if(late_at is null, closed_at, null) as closed_at
        )
        from contacts
        left join late_contacts using (contact_id)
        where opened_at >= getvariable('cut')
        or contact_id in (select contact_id from stood)
    """,
    "contact_events": """
        from contact_events where occurred_at >= getvariable('cut')
        union all
        select contact_events.* replace (late_at as occurred_at)
        from contact_events
        inner join late_contacts using (contact_id)
        where event_type = 'solved'
    """,
    "calls": "from calls where ended_at >= getvariable('cut')",
    "survey_responses": """
        select
            survey_responses.* replace (
                coalesce(late_at, responded_at) as responded_at
            )
        from survey_responses
        left join late_answers using (response_id)
        where responded_at >= getvariable('cut') or late_at is not null
    """,
    "orders": """
        select orders.* replace (
            if(late_at is null, status, 'refunded') as status,
            if(late_at is null, refunded_amount, net_amount) as refunded_amount,
            coalesce(late_at, refunded_at) as refunded_at
        )
        from orders
        left join late_refunds using (order_id)
        where ordered_at >= getvariable('cut')
        or refunded_at >= getvariable('cut')
        or late_at is not null
    """,
    "agent_activity": "from agent_activity where started_at >= getvariable('cut')",
}
# What became of contacts opened before the cut is taken back from their events.
STOOD = """
    create temp table stood as
    with after as (
        select
            contact_id,
            count(*) filter (event_type = 'reopened') as reopens,
            count(*) filter (event_type in ('team_changed', 'tier_changed')) as moves,
            any_value(actor_id) filter (
                event_type in ('team_changed', 'tier_changed')
            ) as agent_before,
            any_value(from_value) filter (event_type = 'team_changed') as team_before
        from contact_events
        where occurred_at >= getvariable('cut')
        group by contact_id
    ),
    changed as (
        from contacts
        where
            opened_at < getvariable('cut')
            and (
                first_response_at >= getvariable('cut')
                or contact_id in (select contact_id from after)
                or contact_id in (select contact_id from late_contacts)
            )
    ),
    before as (
        select
            contact_id,
            max(occurred_at) filter (event_type = 'solved') as solved_at,
            max(occurred_at) filter (event_type = 'reopened') as reopened_at,
            max(occurred_at) filter (event_type = 'closed') as closed_at,
            count(*) filter (event_type = 'status_changed') > 0 as was_pending
        from contact_events
        where
            occurred_at < getvariable('cut')
            and contact_id in (select contact_id from changed)
        group by contact_id
    ),
    told as (
        select
            contact_id,
            coalesce(first_response_at < getvariable('cut'), false) as is_answered,
            late_at is null and before.closed_at is not null as was_closed,
            late_at is null
            and coalesce(solved_at > reopened_at, solved_at is not null) as was_solved,
            coalesce(was_pending, false) as was_pending,
            if(was_solved, solved_at, null) as resolved_at,
            if(was_closed, before.closed_at, null) as closed_at,
            coalesce(reopens, 0) as reopens,
            coalesce(moves, 0) as moves,
            agent_before,
            team_before
        from changed
        left join before using (contact_id)
        left join after using (contact_id)
        left join late_contacts using (contact_id)
    )
    select
        changed.* replace (
            case
                when was_closed then status
                when was_solved then 'solved'
                when not is_answered then 'new'
                when was_pending then 'pending'
                else 'open'
            end as status,
            if(is_answered, first_response_at, null) as first_response_at,
            told.resolved_at as resolved_at,
            told.closed_at as closed_at,
            if(reopens > 0, '0', reopened_count) as reopened_count,
            if(is_answered, coalesce(agent_before, agent_id), null) as agent_id,
            coalesce(team_before, team) as team,
            if(moves > 0, '0', transferred_count) as transferred_count,
            if(moves > 0, 'false', escalated) as escalated,
            if(is_answered, talk_seconds, null) as talk_seconds,
            if(is_answered, wrap_seconds, null) as wrap_seconds,
            if(was_solved, compensation_amount, null) as compensation_amount
        )
    from changed
    inner join told using (contact_id)
"""


def late_sql(entity: str, key: str, one_in: int, condition: str) -> str:
    """Return SQL for a few records of long ago, each with a time of the last day."""
    drawn = f"hash({key} || ' late')"
    late_at = moment(f"({END - DAY} + 36000 + {drawn} // {one_in} % 28800)::bigint")
    return f"""
        select distinct {key}, {late_at} as late_at
        from {entity}
        where {drawn} % {one_in} = 0 and {condition}
    """


# Besides what is the day's own: what should have come long before.
LATE = {
    "late_answers": late_sql(
        "survey_responses",
        "response_id",
        500,
        "responded_at < getvariable('long_ago')",
    ),
    "late_refunds": late_sql(
        "orders",
        "order_id",
        10_000,
        "status = 'paid' and refunded_amount is null"
        " and ordered_at < getvariable('long_ago')",
    ),
    # none that was asked about: the answer would come before what it is about
    "late_contacts": late_sql(
        "contacts",
        "contact_id",
        2_000,
        "reopened_count = '0' and resolved_at < getvariable('long_ago')"
        " and contact_id not in (select contact_id from survey_responses)",
    ),
}


def hold_back_day(warehouse: Path, days: int = 1) -> None:
    """Put a landed world (`savoir demo --as landed`) back by its last days.

    What they brought, and a few things long overdue, waits outside the raw folder as
    one delivery until `deliver` moves it in.
    """
    raw, held = warehouse / "raw", warehouse / HELD
    held.mkdir()
    cut = END - days * DAY
    rows = previous_rows(raw)
    with duckdb.connect(config={"threads": 2, "memory_limit": "4GB"}) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"set temp_directory = {literal(held / 'spill')}")
        prepare(connection, raw, cut)
        for part in sorted(raw.glob("generic/*/part_*.parquet")):
            if (entity := part.parent.name) in BEFORE:
                connection.execute(
                    "create or replace temp view part as "
                    f"from read_parquet({literal(part)})"
                )
                [(file,)] = connection.execute("select min(_file) from part").fetchall()
                [row] = rows[file]
                row = replace(row, file_hash=digest(row.file_hash, cut))
                target = held / "before" / part.relative_to(raw)
                rows[file] = [write(connection, BEFORE[entity], row, target)]
        write_table(held / "before", rows)
        for entity, sql in AFTER.items():
            [row] = rows[f"generic/{entity}_000.csv"]
            row = replace(
                row,
                file=f"generic/{entity}_{DELIVERY}.csv",
                file_hash=digest(row.file_hash, DELIVERY),
                landed_at=LANDED_AT + dt.timedelta(days=1),
            )
            target = held / "raw" / "generic" / entity / f"{DELIVERY}.parquet"
            rows[row.file] = [write(connection, sql, row, target)]
        write_table(held / "raw", rows)
    move(held / "before", raw)


def deliver(warehouse: Path) -> None:
    """Move in what `hold_back_day` held back."""
    move(warehouse / HELD / "raw", warehouse / "raw")
    shutil.rmtree(warehouse / HELD)


def prepare(connection: duckdb.DuckDBPyConnection, raw: Path, cut: int) -> None:
    """Make the tables that say what is new, what changed and what is late."""
    for name, epoch in (("cut", cut), ("long_ago", cut - LONG)):
        connection.execute(f"set variable {name} = ({moment(f'{epoch}::bigint')})")
    for entity in AFTER:
        parts = literal(raw / "generic" / entity / "part_*.parquet")
        connection.execute(f"create temp view {entity} as from read_parquet({parts})")
    for name, sql in LATE.items():
        connection.execute(f"create temp table {name} as {sql}")
    connection.execute(STOOD)


def write(
    connection: duckdb.DuckDBPyConnection, sql: str, row: FileRow, target: Path
) -> FileRow:
    """Write one landed file and return its row, which says where the rows come from."""
    target.parent.mkdir(parents=True, exist_ok=True)
    [(count,)] = connection.execute(
        f"""
        copy (
            select
                * exclude (_file, _line, _landed_at, _file_hash),
                {literal(row.file)} as _file,
                row_number() over (order by _file, _line) + 1 as _line,
                timestamp {literal(row.landed_at)} as _landed_at,
                {literal(row.file_hash)} as _file_hash
            from ({sql})
            order by _line
        ) to {literal(target)} (format parquet)
        """
    ).fetchall()
    size = target.stat().st_size
    return replace(row, size_bytes=size, rows_read=count, rows_landed=count)


def write_table(raw: Path, rows: dict[str, list[FileRow]]) -> None:
    """Write the table of files of a raw folder."""
    (raw / FILES_FILE).parent.mkdir(parents=True)
    listed = [asdict(row) for file in sorted(rows) for row in rows[file]]
    pq.write_table(pa.Table.from_pylist(listed, schema=FILES), raw / FILES_FILE)


def move(source: Path, target: Path) -> None:
    """Move every file of a folder to its place in another."""
    for path in sorted(source.rglob("*.parquet")):
        path.replace(target / path.relative_to(source))


def digest(*parts: object) -> str:
    """Return what stands for the hash of an export that nobody wrote."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()
