"""Parquet input: read by DuckDB, every value as text."""

import duckdb

from savoir.landing.delimited import kept_of, places_of, unknown_sql
from savoir.landing.files import Source, Unreadable, path_literal
from savoir.landing.rows import Found, note_of
from savoir.landing.schema import Entity


def read(entity: Entity, source: Source) -> list[Found]:
    """Read a Parquet file; `_line` is the row number, the raw text the row as JSON."""
    header, records = looked_at(source)
    places = places_of(entity, header)
    table = table_of(source)
    names = ", ".join(
        f'"{header[places[column.name]]}"::varchar as {column.name}'
        if column.name in places
        else f"null::varchar as {column.name}"
        for column in entity.columns
    )
    kept = {h: f'"{header[i]}"' for h, i in kept_of(header, places).items()}
    relation = f"""
        select {names}, file_row_number + 1 as _line,
            to_json(columns_of_row)::varchar as _raw, null::varchar as _reason,
            {unknown_sql(kept)} as _unknown
        from {table} as columns_of_row
    """
    others = [name for i, name in enumerate(header) if i not in places.values()]
    note = note_of(others)
    return [Found(entity, relation, records, note, tuple(others), keeps=True)]


def looked_at(source: Source) -> tuple[list[str], int]:
    """Return a file's column names and how many rows it has."""
    table = table_of(source)
    try:
        with duckdb.connect() as connection:
            cursor = connection.execute(f"select * from {table} limit 0")
            header = [name for name, *_ in cursor.description][:-1]
            [(records,)] = connection.execute(
                f"select count(*) from {table}"
            ).fetchall()
    except duckdb.Error as error:
        raise Unreadable(f"not a Parquet file ({error})") from error
    return header, records


def table_of(source: Source) -> str:
    """Return SQL for a file's rows, numbered from 0."""
    return f"read_parquet({path_literal(source.path)}, file_row_number = true)"
