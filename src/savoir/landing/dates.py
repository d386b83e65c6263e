"""Dates with slashes in them: whether the day or the month comes first.

An export is written in one locale, so one order holds for all dates of a file: the
declared one, else the one that a date proves (31/12 has its day first). Nothing is
guessed from what could be either.
"""

from collections.abc import Mapping

import duckdb

from savoir.landing.files import Unreadable, literal

SUFFIX = "_date_order"
SLASHED = (
    r"\d{1,2}([/.-])\d{1,2}[/.-](20)?\d\d"
    r"(,? ([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?( ?[AaPp][Mm])?)?"
)
DAYS = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}
EXAMPLES = {"dmy": "31/03/2025", "mdy": "03/31/2025"}
TIMES = (
    "",
    " %H:%M",
    " %H:%M:%S",
    " %I:%M %p",
    " %I:%M:%S %p",
    " %I:%M%p",
    " %I:%M:%S%p",
)


class Undecided(Unreadable):
    """Which of day and month comes first in a file is not known."""


def declared_orders(variables: Mapping[str, object]) -> dict[str, str]:
    """Return the declared order (dmy or mdy) by system, from the project's variables.

    Raises `ValueError` for any other order.
    """
    orders = {
        name.removesuffix(SUFFIX): str(order)
        for name, order in variables.items()
        if name.endswith(SUFFIX) and order is not None
    }
    for system, order in orders.items():
        if order not in DAYS:
            raise ValueError(f"{system}{SUFFIX}: dmy or mdy expected, not {order}")
    return orders


def timestamp_sql(value: str, order: str) -> str:
    """Return SQL giving `value`, of form `SLASHED`, as ISO 8601; NULL if it is none."""
    formats = ", ".join(literal(DAYS[order] + time) for time in TIMES)
    # A year of two digits is one of this century.
    plain = rf"""regexp_replace(
        regexp_replace(replace({value}, ',', ''), '[.-]', '/', 'g'),
        '^(\d+/\d+/)(\d\d)( |$)', '\120\2\3')"""
    return f"strftime(try_strptime({plain}, [{formats}]), '%Y-%m-%d %H:%M:%S')"


def proven_order(connection: duckdb.DuckDBPyConnection, texts: str, system: str) -> str:
    """Return the order that a file's dates prove; dmy where none has slashes.

    `texts` is SQL giving every date as `name`, `value` and `line`. Raises `Undecided`
    where no date proves one, or where two prove different ones.
    """
    rows = connection.execute(rf"""
        select seen, arg_min({{'n': name, 'v': value, 'l': line}}, (line, name))
        from (
            select *, case
                when first > 12 and second <= 12 then 'dmy'
                when second > 12 and first <= 12 then 'mdy'
                when first != second and first <= 12 then 'open'
            end as seen
            from (
                select
                    *, regexp_extract(value, '^\d+')::int as first,
                    regexp_extract(value, '^\d+\D(\d+)', 1)::int as second
                from ({texts}) where regexp_full_match(value, {literal(SLASHED)})
            )
        )
        where seen is not null
        group by seen
    """).fetchall()
    found = {
        seen: f"{date['n']}, line {date['l']}: '{date['v']}'" for seen, date in rows
    }
    declare = f"set variable {system}{SUFFIX} to dmy or mdy in dbt_project.yml"
    if {"dmy", "mdy"} <= found.keys():
        raise Undecided(
            f"{found['dmy']} has the day first, {found['mdy']} the month; one order "
            f"expected ({declare}, and what does not fit is rejected)"
        )
    if found.keys() == {"open"}:
        raise Undecided(
            f"{found['open']} may have the day or the month first, and no date of the "
            f"file says which; {declare}"
        )
    return "mdy" if "mdy" in found else "dmy"
