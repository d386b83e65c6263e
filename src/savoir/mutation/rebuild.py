"""A built warehouse in memory, where a changed model and what follows is built anew."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from savoir.mutation.built import Step


class Rebuilt:
    """The models of an open warehouse, each with the fingerprint of its rows."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, steps: list[Step]):
        """Remember what every relation holds without a mutant."""
        self.connection = connection
        self.steps = steps
        self.prints = {step.name: self._print_of(step) for step in steps}

    def _print_of(self, step: Step) -> tuple:
        """Return what tells a relation's rows from others, whatever their order."""
        return self.connection.execute(
            f"select count(*), sum(hash(held)) from {step.relation} as held"
        ).fetchall()

    def rebuild(self, model: str, sql: str) -> Iterator[tuple[str, set[str]]]:
        """Build a changed model and whatever then reads other rows, parents first.

        Yields each model from the changed one on, once it is settled, and those so far
        that hold other rows: what reads none that comes later can be tested at once.
        """
        changed: set[str] = set()
        names = [step.name for step in self.steps]
        for step in self.steps[names.index(model) :]:
            if step.name == model or changed.intersection(step.parents):
                create(self.connection, step, sql if step.name == model else step.sql)
                if self._print_of(step) != self.prints[step.name]:
                    changed.add(step.name)
            yield step.name, changed

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo on leaving whatever is built inside."""
        self.connection.execute("begin")
        try:
            yield
        finally:
            self.connection.execute("rollback")


def create(connection: duckdb.DuckDBPyConnection, step: Step, sql: str) -> None:
    """Build a model; a view too, so that nothing unchanged is computed again."""
    connection.execute(f"create or replace table {step.relation} as {sql}")


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    """Count the rows of a query."""
    return connection.execute(f"select count(*) from ({sql})").fetchall()[0][0]
