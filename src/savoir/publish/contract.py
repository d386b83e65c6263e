"""The public marts' first contract: views that keep their columns, whatever changes.

`published_v1.yml` names each view of the schema `v1`, the table it stands on, and its
columns with their types, in order. A column whose table now says it otherwise can be
kept by an expression: `{type: BIGINT, as: contacts + calls}`.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from savoir.paths import PROJECT
from savoir.publish.common import CONTRACT_SCHEMA, PublishRefused, name
from savoir.publish.marts import tables_of

CONTRACT = "published_v1.yml"
V1 = PROJECT / CONTRACT

# What a contract is kept for. Reference data is the reader's own seeds.
PUBLIC = ("core", "kpis")


@dataclass(frozen=True)
class View:
    """A view: the table it reads, and per column its type and its expression."""

    name: str
    table: str
    columns: dict[str, tuple[str, str]]

    def select(self, *schema: str) -> str:
        """Return its query, reading its table in this schema."""
        columns = ", ".join(
            f"{expression} as {name(column)}"
            for column, (_, expression) in self.columns.items()
        )
        return f"select {columns} from {name(*schema, self.table.partition('.')[2])}"


def read_contract(path: Path = V1) -> list[View]:
    """Return the views of a contract file."""
    return [
        View(
            view,
            facts["from"],
            {column: _column(column, is_) for column, is_ in facts["columns"].items()},
        )
        for view, facts in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    ]


def _column(column: str, is_: str | dict[str, str]) -> tuple[str, str]:
    if isinstance(is_, str):
        return is_, name(column)
    return is_["type"], is_["as"]


def create_views(
    connection: duckdb.DuckDBPyConnection, database: str, views: list[View]
) -> None:
    """Create the views in an attached database.

    Raises `PublishRefused` with every column that is gone or of another type.
    """
    broken = [
        f"{CONTRACT_SCHEMA}.{view.name}.{column}: {why}"
        for view in views
        for column, why in _broken(connection, database, view).items()
    ]
    if broken:
        raise PublishRefused(
            f"the marts no longer serve what {CONTRACT} promises:\n  "
            + "\n  ".join(broken)
        )
    connection.execute(f"create schema {name(database, CONTRACT_SCHEMA)}")
    for view in views:
        # without the database's name: a reader may attach the file under another
        schema = view.table.partition(".")[0]
        connection.execute(f"use {name(database)}")
        connection.execute(
            f"create view {name(CONTRACT_SCHEMA, view.name)} as {view.select(schema)}"
        )


def _broken(
    connection: duckdb.DuckDBPyConnection, database: str, view: View
) -> dict[str, str]:
    """Return what is wrong with a view's columns, by column."""
    wrong = {}
    source = name(database, *view.table.split("."))
    for column, (type_, expression) in view.columns.items():
        try:
            described = connection.execute(
                f"describe select {expression} as it from {source}"
            ).fetchall()
        except duckdb.Error as error:
            wrong[column] = str(error).splitlines()[0]
            continue
        if described[0][1] != type_:
            wrong[column] = f"{described[0][1]}, not {type_}"
    return wrong


def extend_contract(database: Path, path: Path = V1) -> int:
    """Add the public tables and columns that a contract lacks; return how many.

    `database` is a published DuckDB file. Nothing promised is ever taken back.
    """
    contract = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    added = 0
    with duckdb.connect(database, read_only=True) as connection:
        for table in tables_of(connection, *PUBLIC):
            short = table.partition(".")[2]
            view = contract.setdefault(short, {"from": table, "columns": {}})
            described = connection.execute(
                f"describe from {name(*table.split('.'))}"
            ).fetchall()
            for column, type_, *_ in described:
                added += column not in view["columns"]
                view["columns"].setdefault(column, type_)
    text = yaml.safe_dump(contract, sort_keys=False, width=88)
    path.write_text(text, encoding="utf-8")
    return added
