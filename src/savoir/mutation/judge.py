"""Runs the project's tests on mutants, in one process and without dbt's start-up.

The cheapest tests come first: unit tests, then the small worlds of the oracle, then
the demo. A mutant's model is built anew where it reads other rows than before, and so
is what descends from it; only what reads such rows is tested again.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from savoir.mutation.built import Built, MutationError
from savoir.mutation.operators import DIALECT, Mutant, parse
from savoir.mutation.rebuild import Rebuilt, create, rows_of
from savoir.mutation.truths import Truths
from savoir.mutation.unit_tests import killers
from savoir.mutation.worlds import Worlds

# A mutant that joins everything with everything is found by its slowness: seconds of
# the processor, which do not depend on what else runs.
SECONDS = 30

# What dbt would refuse before any test: no change of meaning, so no mutant.
REFUSED = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)

# What a build stops at: a value of no such type, two rows for one, too long a query.
NOTICED = (duckdb.DataError, duckdb.InvalidInputException, duckdb.InterruptException)


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: the test that killed it, or None; does it run at all?"""

    mutant: Mutant
    killed_by: str | None
    is_valid: bool = True


class Judge:
    """One worker's warehouses, and the tests that it can run there."""

    def __init__(self, built: Built, oracle: Path | None) -> None:
        """Open the demo and, in a folder compiled for it, the oracle's worlds.

        Raises `MutationError` where a test fails without a mutant.
        """
        self.built = built
        self.worlds = Worlds(oracle) if oracle else None
        self.demo = Demo(built)

    def judge(self, mutant: Mutant) -> Verdict:
        """Run the tests on a mutant until one fails."""
        tests: list[Callable[[Mutant], str | None]] = [self._by_unit_tests]
        tests += [self.worlds.killer] if self.worlds else []
        for test in (*tests, self.demo.killer):
            with self._in_time():
                try:
                    killed_by = test(mutant)
                except REFUSED:
                    return Verdict(mutant, None, is_valid=False)
                except NOTICED as error:
                    killed_by = f"does not run: {str(error).splitlines()[0]}"
            if killed_by:
                return Verdict(mutant, killed_by)
        return Verdict(mutant, None)

    def _by_unit_tests(self, mutant: Mutant) -> str | None:
        tests = self.built.unit_tests.get(mutant.model, [])
        return next(killers(self.demo.connection, mutant, tests), None)

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        done = threading.Event()
        end = time.process_time() + SECONDS
        watch = threading.Thread(target=self._watch, args=(done, end))
        watch.start()
        try:
            yield
        finally:
            done.set()
            watch.join()

    def _watch(self, done: threading.Event, end: float) -> None:
        while not done.wait(timeout=1):
            if time.process_time() > end:
                self._interrupt()

    def _interrupt(self) -> None:
        worlds = self.worlds.connections if self.worlds else []
        for connection in (self.demo.connection, *worlds):
            connection.interrupt()


class Demo:
    """The demo's models in memory, its data tests, and the truths it was made from."""

    def __init__(self, built: Built) -> None:
        """Build every model in memory, and see what passes without a mutant."""
        self.built = built
        self.connection = duckdb.connect(":memory:")
        self._build()
        self.rebuilt = Rebuilt(self.connection, built.steps)
        for test, (_, sql) in built.data_tests.items():
            if rows_of(self.connection, sql):
                raise MutationError(f"{test} fails without a mutant")
        self.truths = Truths(built, self.connection)
        if not self.truths.reads:
            raise MutationError("no truth of the demo is found without a mutant")

    def _build(self) -> None:
        warehouse = self.built.folder / "warehouse" / "savoir.duckdb"
        self.connection.execute(
            "set TimeZone = 'UTC'; set threads = 1; set enable_progress_bar = false"
        )
        self.connection.execute("attach ':memory:' as savoir")
        for schema in {step.relation.split(".")[1] for step in self.built.steps}:
            self.connection.execute(f"create schema savoir.{schema}")
        self.connection.execute(f"attach '{warehouse}' as built (read_only)")
        self.connection.execute("create schema savoir.reference")
        for relation in self.built.given:
            copy = f"from built.{relation.partition('.')[2]}"
            self.connection.execute(f"create table {relation} as {copy}")
        self.connection.execute("detach built; use savoir")
        for step in self.built.steps:
            create(self.connection, step, step.sql)

    def killer(self, mutant: Mutant) -> str | None:
        """Build the mutant's family; run what reads the rows that changed."""
        tree = mutant.apply(parse(self.built.models[mutant.model]["compiled_code"]))
        sql = tree.sql(dialect=DIALECT)
        with self.rebuilt.undone():
            for settled, changed in self.rebuilt.rebuild(mutant.model, sql):
                for name in self.data_tests.get(settled, ()):
                    read, test = self.built.data_tests[name]
                    if changed & read and rows_of(self.connection, test):
                        return f"data test {name}"
                failed = self.truths.first_failure(mutant.model, sql, settled, changed)
                if failed:
                    return f"test {failed}"
        return None

    @cached_property
    def data_tests(self) -> dict[str, list[str]]:
        """The data tests by the last model they read."""
        found: dict[str, list[str]] = {}
        for name, (read, _) in self.built.data_tests.items():
            found.setdefault(self.built.last_of(read), []).append(name)
        return found
