"""The same version in a PostgreSQL database, for tools that want a server.

Schemas `core`, `kpis`, `reference` and `v1` are what readers see. A version is loaded
into schemas of its own (`core_7`), renamed to these in the same transaction: until its
commit nothing has changed, and a query under way keeps its tables. The schema `savoir`
remembers which version is which. The role `savoir_reader`, as which nobody can log in,
may read these four schemas and nothing else: grant it to people and tools.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from psycopg.conninfo import conninfo_to_dict
from rich.progress import track

from savoir.landing.files import literal
from savoir.publish import marts, versions
from savoir.publish.common import CONTRACT_SCHEMA, SCHEMAS, PublishRefused, name
from savoir.publish.contract import CONTRACT, View, read_contract

DSN = "SAVOIR_POSTGRES"
READER = "savoir_reader"
SERVED = (*SCHEMAS, CONTRACT_SCHEMA)
CHUNK = 1 << 20

# Any number: two publications into one database must not meet.
LOCK = 20_261_122

# How long to wait for readers of a version that is to be removed; then it stays longer.
PATIENCE = "2s"

TYPES = {
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "HUGEINT": "numeric(39, 0)",
    "INTEGER": "integer",
    "SMALLINT": "smallint",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "TINYINT": "smallint",
    "VARCHAR": "text",
}

LEDGER = """
    create schema if not exists savoir;
    create table if not exists savoir.publications (
        id integer generated always as identity primary key,
        publication text not null unique,
        version integer not null,
        is_served boolean not null,
        loaded_at timestamptz not null default now(),
        manifest jsonb not null
    )
"""


def dsn() -> str | None:
    """Return the database to publish to (`SAVOIR_POSTGRES`), if one is configured."""
    return os.environ.get(DSN) or None


def serve(dsn: str, folder: Path, *, keep: int = 5, show_progress: bool = True) -> None:
    """Serve the version in a folder; load it first, unless the database has it still.

    The folder is one of `published/versions/`, kept from other publications meanwhile.
    Raises `PublishRefused` where it can't be: then the database serves what it did.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    with versions.locked(folder.parents[1]), _connected(dsn) as connection:
        with connection.transaction():
            _lock(connection)
            served = _id(connection, "is_served")
            _require_ours(connection, served)
            number = _id(connection, "publication = %s", manifest["publication"])
            if number is None:
                number = _add(connection, manifest)
                _load(connection, folder, number, show_progress)
                _create_views(connection, number, read_contract(folder / CONTRACT))
                _grant(connection, number)
            if number != served:
                _swap(connection, served, number)
        _prune(connection, keep)


@contextmanager
def _connected(dsn: str) -> Iterator[psycopg.Connection]:
    """Yield a connection; no message may hold the password."""
    try:
        known = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        # its message quotes the text
        raise PublishRefused(f"{DSN} is no PostgreSQL connection string") from None
    place = f"PostgreSQL ({known.get('host', 'local')}, {known.get('dbname', '')})"
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege as error:
        raise PublishRefused(
            f"{place}: {error.diag.message_primary}; who publishes creates schemas "
            f"and, unless it is there already, the role {READER}"
        ) from error
    except psycopg.Error as error:
        said = str(error).replace(known.get("password") or "\0", "***")
        raise PublishRefused(f"{place}: {said.strip()}") from None


def _lock(connection: psycopg.Connection) -> None:
    """Keep other publications out until the transaction ends."""
    row = connection.execute("select pg_try_advisory_xact_lock(%s)", [LOCK]).fetchone()
    if not row[0]:
        raise PublishRefused("another publication to PostgreSQL is under way")
    connection.execute(LEDGER)


def _id(connection: psycopg.Connection, where: str, *values: Any) -> int | None:
    row = connection.execute(
        f"select id from savoir.publications where {where}", values
    ).fetchone()
    return row[0] if row else None


def _require_ours(connection: psycopg.Connection, served: int | None) -> None:
    """Refuse a database whose `core` or `kpis` somebody else made."""
    found = connection.execute(
        "select nspname from pg_namespace where nspname = any(%s)", [list(SERVED)]
    ).fetchall()
    if found and served is None:
        raise PublishRefused(
            "the PostgreSQL database has schemas that no publication made: "
            + ", ".join(schema for (schema,) in found)
        )


def _add(connection: psycopg.Connection, manifest: dict[str, Any]) -> int:
    return connection.execute(
        "insert into savoir.publications (publication, version, is_served, manifest) "
        "values (%s, %s, false, %s) returning id",
        [manifest["publication"], manifest["version"], json.dumps(manifest)],
    ).fetchone()[0]


def _load(
    connection: psycopg.Connection, folder: Path, number: int, show_progress: bool
) -> None:
    """Create the version's schemas and tables, and fill them."""
    for schema in SERVED:
        connection.execute(f"create schema {_schema(schema, number)}")
    # hidden beside the versions: the next publication removes what a kill leaves
    scratch = folder.with_name(".postgres")
    scratch.mkdir(exist_ok=True)
    try:
        with duckdb.connect(folder / marts.DATABASE, read_only=True) as source:
            for table in track(
                marts.tables_of(source, *SCHEMAS),
                "Loading PostgreSQL",
                transient=True,
                disable=not show_progress,
            ):
                _load_table(connection, source, table, number, scratch / "rows.csv")
    finally:
        shutil.rmtree(scratch)


def _load_table(
    connection: psycopg.Connection,
    source: duckdb.DuckDBPyConnection,
    table: str,
    number: int,
    file: Path,
) -> None:
    schema, _, short = table.partition(".")
    target = f"{_schema(schema, number)}.{name(short)}"
    columns = source.execute(f"describe from {name(schema, short)}").fetchall()
    types = ", ".join(
        f"{name(column)} {_type(f'{table}.{column}', type_)}"
        for column, type_, *_ in columns
    )
    connection.execute(f"create table {target} ({types})")
    source.execute(
        f"copy {name(schema, short)} to {literal(file)} "
        "(format csv, header false, force_quote *, nullstr '\\N')"
    )
    # frozen: a transaction that began before the swap finds these rows, not none
    with (
        file.open("rb") as rows,
        connection.cursor().copy(
            f"copy {target} from stdin (format csv, null '\\N', freeze)"
        ) as copy,
    ):
        while chunk := rows.read(CHUNK):
            copy.write(chunk)
    for column, comment in marts.comments_of(source, schema, short).items():
        on = f"column {target}.{name(column)}" if column else f"table {target}"
        connection.execute(f"comment on {on} is {literal(comment)}")


def _type(column: str, type_: str) -> str:
    """Return PostgreSQL's type for DuckDB's, holding the same values exactly."""
    if type_.startswith("DECIMAL("):
        return type_.replace("DECIMAL", "numeric")
    if type_ not in TYPES:
        raise PublishRefused(f"{column} is {type_}, for which PostgreSQL has no type")
    return TYPES[type_]


def _create_views(
    connection: psycopg.Connection, number: int, views: list[View]
) -> None:
    for view in views:
        schema = view.table.partition(".")[0]
        connection.execute(
            f"create view {_schema(CONTRACT_SCHEMA, number)}.{name(view.name)} as "
            + view.select(f"{schema}_{number}")
        )


def _grant(connection: psycopg.Connection, number: int) -> None:
    """Let the reader role read this version, and nothing else."""
    known = connection.execute(
        "select from pg_roles where rolname = %s", [READER]
    ).fetchone()
    if known is None:
        connection.execute(f"create role {READER} nologin")
    for schema in SERVED:
        of = _schema(schema, number)
        connection.execute(f"grant usage on schema {of} to {READER}")
        connection.execute(f"grant select on all tables in schema {of} to {READER}")


def _swap(connection: psycopg.Connection, served: int | None, number: int) -> None:
    """Give the readers' names to a version's schemas, and the old one its own."""
    for schema in SERVED:
        if served is not None:
            connection.execute(
                f"alter schema {name(schema)} rename to {_schema(schema, served)}"
            )
        connection.execute(
            f"alter schema {_schema(schema, number)} rename to {name(schema)}"
        )
    connection.execute("update savoir.publications set is_served = (id = %s)", [number])


def _prune(connection: psycopg.Connection, keep: int) -> None:
    """Drop all but the newest versions; one being read stays until next time."""
    old = connection.execute(
        "select id from savoir.publications where not is_served and id not in "
        "(select id from savoir.publications order by id desc limit %s)",
        [keep],
    ).fetchall()
    for (number,) in old:
        try:
            with connection.transaction():
                connection.execute(f"set local lock_timeout = '{PATIENCE}'")
                for schema in SERVED:
                    connection.execute(f"drop schema {_schema(schema, number)} cascade")
                connection.execute(
                    "delete from savoir.publications where id = %s", [number]
                )
        except psycopg.errors.LockNotAvailable:
            continue


def _schema(schema: str, number: int) -> str:
    return name(f"{schema}_{number}")
