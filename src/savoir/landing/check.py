"""The value checks: SQL that parts the records of one entity in rows and rejects."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from savoir.landing.dates import (
    EXAMPLES,
    SLASHED,
    Undecided,
    proven_order,
    timestamp_sql,
)
from savoir.landing.files import Source, Unreadable, literal
from savoir.landing.rows import MAX_RAW, Found, numbered_lines, refuse_rejects
from savoir.landing.schema import MISSING, NARROWED, Column, Entity

DAY = r"[12]\d{{3}}-\d\d-\d\d"
TIME = r"[T ]\d\d:\d\d(:\d\d(\.\d+)?)?"
ZONE = r"Z| UTC|[+-](0\d|1[0-4])(:?\d\d)?"
# KPIs count whole seconds, from whole ones.
WHOLE = r"regexp_replace({value}, '(:\d\d)\.\d+', '\1')"
UNSPACED = f"replace(replace({WHOLE}, ' +', '+'), ' -', '-')"

# Per type: what is expected, in words, and SQL giving the landed text of {value}, or
# NULL if it isn't of the type. Whatever passes can be cast without an error.
TYPES = {
    "timestamp": (
        "a timestamp (ISO 8601 expected, such as 2025-03-31T14:05:00Z)",
        rf"""
        case
            -- The form of most exports, at half the cost of the pattern of all.
            when strlen({{value}}) = 20 and ends_with({{value}}, 'Z')
                and {{value}} between '1' and '3'
                and try_strptime({{value}}, '%Y-%m-%dT%H:%M:%SZ') is not null
                then {{value}}
            when regexp_full_match({{value}}, '{DAY}({TIME}({ZONE})?)?')
                and try_cast({{value}} as timestamptz) is not null then {WHOLE}
            -- TIMESTAMPTZ refuses the space that some write before the offset.
            when regexp_full_match({{value}}, '{DAY}{TIME} ({ZONE})')
                and try_cast({UNSPACED} as timestamptz) is not null then {UNSPACED}
        end
        """,
    ),
    "local": (
        "a date and time (such as 2025-03-31T14:05:00Z or {example} 14:05)",
        rf"""
        case
            when regexp_full_match({{value}}, '{DAY}({TIME}( ?({ZONE}))?)?')
                and try_cast({UNSPACED} as timestamptz) is not null then {UNSPACED}
            when regexp_full_match({{value}}, {{slashed}}) then {{in_order}}
        end
        """,
    ),
    "integer": (
        "a whole number (such as 42)",
        r"""
        case
            when try_cast({value} as bigint)::varchar = {value}
                and strlen({value}) <= 18 then {value}
            when regexp_full_match({value}, '-?\d{{1,17}}(\.0+)?')
                then split_part({value}, '.', 1)
        end
        """,
    ),
    "decimal": (
        "a plain number (such as 1234.56)",
        r"case when regexp_full_match({value}, '-?\d{{1,14}}(\.\d+)?')"
        " then {value} end",
    ),
    "boolean": (
        "true or false (or 1 or 0)",
        """
        case
            when {value} = 'true' or {value} = 'false' then {value}
            when regexp_full_match(lower({value}), 'true|1|vrai|wahr') then 'true'
            when regexp_full_match(lower({value}), 'false|0|faux|falsch') then 'false'
        end
        """,
    ),
    # A long id that a spreadsheet took for a number; its last digits are lost.
    "id": (
        "an id (a spreadsheet rounded it: format the column as text, export again)",
        r"""
        case
            when contains({value}, 'E+')
                and regexp_full_match({value}, '-?\d([.,]\d+)?E\+\d{{1,3}}') then null
            else {value}
        end
        """,
    ),
    "month": (
        "a month (such as 2025-03)",
        r"case when regexp_full_match({value},"
        r" '[12]\d{{3}}-(0[1-9]|1[0-2])(-01( 00:00:00)?)?')"
        " then left({value}, 7) || '-01' end",
    ),
}

TYPES["number"] = TYPES["id"]
TYPES |= {kind: TYPES[type_] for kind, type_ in NARROWED.items()}

# A dictionary of more values costs more to build than it saves in the file.
PARQUET = "format parquet, dictionary_size_limit 1000"

REJECTS = """
    system VARCHAR, entity VARCHAR, _file VARCHAR, _line BIGINT, raw_text VARCHAR,
    reason VARCHAR, _file_hash VARCHAR, _landed_at TIMESTAMP
"""


@dataclass(frozen=True)
class Origin:
    """Where the records of a file come from: its provenance columns."""

    system: str
    file: str
    hash: str
    landed_at: datetime


def columns_of(entity: Entity) -> list[str]:
    """Return the column definitions of an entity's landed files."""
    return [f"{column.name} VARCHAR" for column in entity.columns] + [
        "_file VARCHAR",
        "_line BIGINT",
        "_landed_at TIMESTAMP",
        "_file_hash VARCHAR",
        "_unknown VARCHAR",
    ]


def split(
    connection: duckdb.DuckDBPyConnection,
    found: Found,
    target: Path,
    origin: Origin,
    source: Source,
    date_order: str | None,
) -> tuple[int, int, int]:
    """Write the good rows of an entity to a Parquet file, the others to `rejects`.

    Without a declared `date_order` (dmy or mdy) the file's own dates have to prove it.
    Returns the number of records read, landed and rejected. The first is counted by
    the reader, on its own; raises `Unreadable` if the others don't add up to it.
    """
    provenance = f"""
        {literal(origin.file)} as _file, _line,
        timestamp {literal(origin.landed_at)} as _landed_at,
        {literal(origin.hash)} as _file_hash, _unknown
    """
    names = ", ".join(column.name for column in found.entity.columns)
    try:
        order = date_order or proven_order(connection, dates_sql(found), origin.system)
        checked = checked_sql(found, order)
        [(landed,)] = connection.execute(
            f"copy (select {names}, {provenance} from ({checked})"
            f" where _reason is null) to {literal(target)} ({PARQUET})"
        ).fetchall()
        rejected = blank = 0
        # A second look at a clean file would cost as much as the first.
        if landed != found.records:
            connection.execute(
                f"""
                create or replace temp table others as
                select _line, _raw, _reason from ({checked}) where _reason is not null
                """
            )
            [(rejected, blank, line, reason)] = connection.execute(
                "select count(*) filter (where _reason != ''),"
                " count(*) filter (where _reason = ''),"
                " min(_line) filter (where _reason != ''),"
                " min_by(_reason, _line) filter (where _reason != '') from others"
            ).fetchall()
            refuse_rejects(rejected, landed, line, reason)
        complete = landed + rejected + blank == found.records
    except Undecided:
        # Only the exact way knows the line for certain.
        if not found.exact:
            raise
        complete = False
    except duckdb.Error as error:
        if not found.exact:
            raise Unreadable(first_line(error)) from error
        complete = False
    if not complete:
        if not found.exact:
            raise Unreadable(
                f"{found.records} records expected,"
                f" {landed + rejected + blank} could be read"
            )
        return split(connection, found.exact(), target, origin, source, date_order)
    if rejected:
        add_rejects(connection, found.entity, origin, source)
    return found.records - blank, landed, rejected


def add_rejects(
    connection: duckdb.DuckDBPyConnection,
    entity: Entity,
    origin: Origin,
    source: Source,
) -> None:
    """Add the rejected of temporary table `others`, with raw text, to `rejects`."""
    wanted = {
        line
        for (line,) in connection.execute(
            "select _line from others where _reason != '' and _raw is null"
        ).fetchall()
    }
    kept = [
        (number, line.rstrip("\r\n")[:MAX_RAW])
        for number, line in (numbered_lines(source.text) if wanted else ())
        if number in wanted
    ]
    connection.register(
        "raw_lines",
        pa.table(
            {
                "line": pa.array([number for number, _ in kept], pa.int64()),
                "text": pa.array([line for _, line in kept], pa.string()),
            }
        ),
    )
    connection.execute(
        f"""
        insert into rejects
        select
            {literal(origin.system)}, {literal(entity.name)}, {literal(origin.file)},
            others._line, coalesce(others._raw, raw_lines.text), others._reason,
            {literal(origin.hash)}, timestamp {literal(origin.landed_at)}
        from others
        left join raw_lines on others._line = raw_lines.line
        where others._reason != ''
        """
    )
    connection.unregister("raw_lines")


def dates_sql(found: Found) -> str:
    """Return SQL giving each date of a relation that may be in a locale's order."""
    columns = [c for c in found.entity.columns if c.type == "local"]
    texts = ", ".join(
        f"{{'name': '{c.name}', 'value': {cleaned_sql(c)}}}" for c in columns
    )
    present = ", ".join(f"{present_sql(c)} as present_{c.name}" for c in columns)
    if not columns:
        return "select '' as name, '' as value, 0 as line"
    return f"""
        select unnest([{texts}], recursive := true), _line as line
        from (select _line, {present} from ({found.relation}) where _reason is null)
    """


def checked_sql(found: Found, order: str) -> str:
    """Return SQL giving a relation's columns as landed, and those that start with _.

    Dates with slashes are read in `order`.
    """
    columns = found.entity.columns
    present = [f"{present_sql(c)} as present_{c.name}" for c in columns]
    landed = [f"{landed_sql(c, order)} as landed_{c.name}" for c in columns]
    names = [f"landed_{c.name} as {c.name}" for c in columns]
    branches = [branch for c in columns for branch in reason_sql(c, order)]
    unknown = "_unknown" if found.keeps else "null::varchar"
    return f"""
        select {", ".join(names)}, _line, _raw, _unknown, case
            when _reason is not null then _reason {" ".join(branches)} end as _reason
        from (select *, {", ".join(landed)}
        from (select _line, _raw, _reason, {unknown} as _unknown, {", ".join(present)}
        from ({found.relation})))
    """


def present_sql(column: Column) -> str:
    """Return SQL for a column's trimmed text, NULL where it says that it's missing."""
    value = column.name
    if column.type == "json":
        return value
    # Most texts begin with a letter or digit. What does not is looked at closely.
    words = " and ".join(f"{value} != {literal(m)}" for m in MISSING if m >= "0")
    return f"""case
        when {value} >= '0' and {words} and not ends_with({value}, ' ') then {value}
        when not {is_one_of(f"trim({value})", MISSING)} then trim({value})
    end"""


def cleaned_sql(column: Column) -> str:
    """Return SQL for a column's text, NULL where it's missing, as its type wants it."""
    return column.clean.format(value=f"present_{column.name}")


def landed_sql(column: Column, order: str) -> str:
    """Return SQL for a column's landed text, NULL if it isn't of the type."""
    value = cleaned_sql(column)
    if column.type == "enum":
        # Compared word by word first, which costs a third of the pattern.
        exact = " or ".join(f"{value} = {literal(word)}" for word in column.words)
        known = is_one_of(f"lower({value})", column.words)
        return f"case when {exact} then {value} when {known} then lower({value}) end"
    if column.type not in TYPES:
        return value
    return TYPES[column.type][1].format(
        value=value, slashed=literal(SLASHED), in_order=timestamp_sql(value, order)
    )


def reason_sql(column: Column, order: str) -> list[str]:
    """Return the `when ... then <reason>` branches that reject a column's values."""
    present = f"present_{column.name}"
    branches = []
    if column.required:
        reason = literal(f"{column.name}: missing (a value is required)")
        branches.append(f"when {present} is null then {reason}")
    if column.type == "enum" or column.type in TYPES:
        expected = (
            "one of " + ", ".join(column.words)
            if column.type == "enum"
            else TYPES[column.type][0].format(example=EXAMPLES[order])
        )
        start, end = literal(f"{column.name}: '"), literal(f"' is not {expected}")
        branches.append(
            f"when landed_{column.name} is null and {present} is not null"
            f" then {start} || left({present}, 100) || {end}"
        )
    return branches


def is_one_of(value: str, words: Sequence[str]) -> str:
    """Return SQL for `value in (words)`, which DuckDB would run as a join."""
    return f"regexp_full_match({value}, {literal('|'.join(map(re.escape, words)))})"


def first_line(error: Exception) -> str:
    """Return the first line of an error's message."""
    return str(error).strip().splitlines()[0]
