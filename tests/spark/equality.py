"""Compares every mart of two warehouses, one built on DuckDB and one on Spark.

    python tests/spark/equality.py WAREHOUSE

Both lie in one folder: `savoir.duckdb`, and under `spark` what Spark wrote. The files
are read with DuckDB, so that comparing needs no Java. A row is a row of both sides when
its integers, texts, dates, times and decimals are the same; its doubles may differ by
1e-9 of their size.
"""

import argparse
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

SCHEMAS = ("core", "kpis")
TOLERANCE = 1e-9
SHOWN = 3


@dataclass(frozen=True)
class Mart:
    """One mart on both engines; `examples` show what only one of them has."""

    name: str
    duckdb_rows: int
    spark_rows: int
    differences: int
    wrong_types: list[str]
    examples: list[str]

    @property
    def is_equal(self) -> bool:
        return self.differences == 0 and not self.wrong_types


def compare(warehouse: Path) -> list[Mart]:
    """Compare every mart that the DuckDB side holds."""
    with duckdb.connect(warehouse / "savoir.duckdb", read_only=True) as reader:
        marts = reader.execute(
            """
            select table_schema, table_name
            from information_schema.tables
            where table_schema in (select unnest(?))
            order by all
            """,
            [list(SCHEMAS)],
        ).fetchall()
        return [compare_mart(reader, warehouse, *mart) for mart in marts]


def compare_mart(reader, warehouse: Path, schema: str, table: str) -> Mart:
    """Compare one mart: first its columns and types, then its rows."""
    name = f"{schema}.{table}"
    folder = warehouse / "spark" / f"{schema}.db" / table
    if not list(folder.glob("*.parquet")):
        here = count(reader, name)
        return Mart(name, here, 0, here, ["not built on Spark"], [])
    there = f"read_parquet('{folder}/*.parquet')"
    ours, theirs = types(reader, name), types(reader, there)
    wrong = [
        f"{column}: {ours.get(column)} / {theirs.get(column)}"
        for column in ours | theirs
        if ours.get(column) != theirs.get(column)
    ]
    rows = count(reader, name), count(reader, there)
    if set(ours) != set(theirs):
        return Mart(name, *rows, max(rows), wrong, [])
    columns = list(ours)
    only_ours, only_theirs = (
        differing(reader, columns, one, other)
        for one, other in [(name, there), (there, name)]
    )
    only_ours, only_theirs = drop_nearly_equal(only_ours, only_theirs)
    examples = [
        f"{side} {dict(zip(columns, row, strict=True))}"
        for side, found in [("DuckDB", only_ours), ("Spark", only_theirs)]
        for row in found[:SHOWN]
    ]
    return Mart(name, *rows, max(len(only_ours), len(only_theirs)), wrong, examples)


def count(reader, relation: str) -> int:
    return reader.execute(f"select count(*) from {relation}").fetchone()[0]


def types(reader, relation: str) -> dict[str, str]:
    """Columns and their types; Spark's files may call a time absolute, in UTC."""
    described = reader.execute(f"describe select * from {relation}").fetchall()
    return {
        column: "TIMESTAMP" if type_ == "TIMESTAMP WITH TIME ZONE" else type_
        for column, type_, *_ in described
    }


def differing(reader, columns: list[str], one: str, other: str) -> list[tuple]:
    """Rows of one relation that the other lacks, however often each occurs."""
    names = ", ".join(f'"{column}"' for column in columns)
    return reader.execute(
        f"select {names} from {one} except all select {names} from {other}"
    ).fetchall()


def drop_nearly_equal(
    ours: list[tuple], theirs: list[tuple]
) -> tuple[list[tuple], list[tuple]]:
    """Remove the pairs whose exact values agree and whose doubles nearly do."""
    candidates: dict[tuple, list[tuple]] = {}
    for row in theirs:
        candidates.setdefault(exact(row), []).append(row)
    unmatched = []
    for row in ours:
        group = candidates.get(exact(row), [])
        match = next((other for other in group if nearly(row, other)), None)
        if match is None:
            unmatched.append(row)
        else:
            group.remove(match)
    return unmatched, [row for group in candidates.values() for row in group]


def exact(row: tuple) -> tuple:
    return tuple("double" if isinstance(value, float) else value for value in row)


def nearly(row: tuple, other: tuple) -> bool:
    return all(
        math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        for a, b in zip(row, other, strict=True)
        if isinstance(a, float) and isinstance(b, float)
    )


def print_marts(marts: list[Mart], console: Console) -> None:
    table = Table("mart", box=None)
    for heading in ("DuckDB rows", "Spark rows", "differences"):
        table.add_column(heading, justify="right")
    table.add_column("types that differ")
    for mart in marts:
        table.add_row(
            mart.name,
            f"{mart.duckdb_rows:,}",
            f"{mart.spark_rows:,}",
            f"{mart.differences:,}",
            ", ".join(mart.wrong_types),
        )
    console.print(table)
    for mart in marts:
        for example in mart.examples:
            console.print(f"{mart.name}: {example}", markup=False, soft_wrap=True)
    tally = Counter(mart.is_equal for mart in marts)
    console.print(f"{tally[True]} of {len(marts)} marts are equal on both engines.")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("warehouse", type=Path)
    marts = compare(parser.parse_args().warehouse)
    print_marts(marts, Console())
    return 0 if marts and all(mart.is_equal for mart in marts) else 1


if __name__ == "__main__":
    raise SystemExit(main())
