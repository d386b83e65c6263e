"""The copy of the marts: one DuckDB file and a Parquet file per table, audited."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from rich.progress import track

from savoir.landing.files import literal, path_literal
from savoir.publish.common import CONTRACT_SCHEMA, SCHEMAS, PublishRefused, name

# Any client since DuckDB 1.2 reads this format; the engine's own default is 2.0's.
STORAGE_VERSION = "v1.2.0"

DATABASE = "savoir.duckdb"


@contextmanager
def opened(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection whose current database is this one, read-only.

    While it is open no build can write to it. Raises `PublishRefused` where one does.
    """
    # dbt writes the database's own name into its views: it has to keep it.
    with duckdb.connect() as connection:
        try:
            connection.execute(
                f"attach {literal(database)} as {name(database.stem)} (read_only)"
            )
        except duckdb.IOException as error:
            raise PublishRefused(f"cannot read {database}: {error}") from error
        connection.execute(f"use {name(database.stem)}")
        yield connection


def tables_of(connection: duckdb.DuckDBPyConnection, *schemas: str) -> list[str]:
    """Return `schema.table` of every table and view in these schemas."""
    rows = connection.execute(
        """
        select table_schema || '.' || table_name
        from information_schema.tables
        where table_catalog = current_database() and list_contains(?, table_schema)
        order by all
        """,
        [list(schemas)],
    ).fetchall()
    return [table for (table,) in rows]


def copy_marts(
    connection: duckdb.DuckDBPyConnection, folder: Path, show_progress: bool
) -> dict[str, int]:
    """Copy the public tables of the current database into `folder`; return their rows.

    Raises `PublishRefused` where a copy is not, to the row, what was built.
    """
    rows = {}
    connection.execute(
        f"attach {literal(folder / DATABASE)} as published_copy "
        f"(storage_version '{STORAGE_VERSION}')"
    )
    for table in track(
        tables_of(connection, *SCHEMAS),
        "Publishing",
        transient=True,
        disable=not show_progress,
    ):
        schema, _, short = table.partition(".")
        source, copy = name(schema, short), name("published_copy", schema, short)
        connection.execute(
            f"create schema if not exists {name('published_copy', schema)}"
        )
        connection.execute(f"create table {copy} as from {source}")
        write_parquet(connection, copy, parquet(folder, table))
        comment_on(connection, copy, comments_of(connection, schema, short))
        rows[table] = _audited(connection, table, parquet(folder, table))
    return rows


def require_readable(database: Path, rows: dict[str, int]) -> None:
    """Raise `PublishRefused` unless the finished file opens and holds these rows."""
    try:
        with duckdb.connect(database, read_only=True) as connection:
            for view in tables_of(connection, CONTRACT_SCHEMA):
                connection.execute(f"describe from {name(*view.split('.'))}")
            for table, expected in rows.items():
                (found,) = connection.execute(
                    f"select count(*) from {name(*table.split('.'))}"
                ).fetchone()
                if found != expected:
                    raise PublishRefused(f"{table} is not whole in the file written")
    except duckdb.Error as error:
        raise PublishRefused(f"the file written cannot be read: {error}") from error


def write_parquet(
    connection: duckdb.DuckDBPyConnection, source: str, path: Path
) -> None:
    """Write a table as one Parquet file."""
    path.parent.mkdir(exist_ok=True)
    connection.execute(
        f"copy {source} to {literal(path)} (format parquet, compression zstd)"
    )


def parquet(folder: Path, table: str) -> Path:
    """Return the Parquet file of `schema.table` in a version's folder."""
    schema, _, short = table.partition(".")
    return folder / schema / f"{short}.parquet"


def comments_of(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str
) -> dict[str | None, str]:
    """Return the descriptions of a table's columns and, under None, of the table."""
    rows = connection.execute(
        """
        select null as column_name, comment from duckdb_tables()
        where database_name = current_database() and schema_name = $1
            and table_name = $2 and comment is not null
        union all
        select column_name, comment from duckdb_columns()
        where database_name = current_database() and schema_name = $1
            and table_name = $2 and comment is not null
        """,
        [schema, table],
    ).fetchall()
    return dict(rows)


def comment_on(
    connection: duckdb.DuckDBPyConnection, table: str, comments: dict[str | None, str]
) -> None:
    """Describe a table's columns, and under the key None the table itself."""
    # one transaction: on its own, each comment would wait for the disk
    with connection.cursor() as transaction:
        transaction.begin()
        for column, comment in comments.items():
            on = f"column {table}.{name(column)}" if column else f"table {table}"
            transaction.execute(f"comment on {on} is {literal(comment)}")
        transaction.commit()


def _audited(connection: duckdb.DuckDBPyConnection, table: str, file: Path) -> int:
    """Return the rows of a table, of which both copies hold every one."""
    source = name(*table.split("."))
    copies = (name("published_copy", *table.split(".")), path_literal(file))
    said = _content(connection, source)
    for copy in copies:
        if _content(connection, copy) != said:
            raise PublishRefused(f"the copy of {table} is not what was built")
    return said[0]


def _content(connection: duckdb.DuckDBPyConnection, source: str) -> tuple:
    """Rows, the sum of their hashes, and the columns with their types."""
    count, hashes = connection.execute(
        f"select count(*), sum(hash(audited)::hugeint) from {source} as audited"
    ).fetchone()
    columns = connection.execute(f"describe from {source}").fetchall()
    return count, hashes, [column[:2] for column in columns]
