"""The tests of what the generator planted, asked again only where an answer changed."""

import contextlib
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

import duckdb

from savoir import paths
from savoir.mutation.built import Built

# What reads the demo's warehouse, or its compiled models, and nothing else.
FILES = ("tests/project/test_recovery.py", "tests/project/test_hand_worked.py")


@dataclass
class Reads:
    """What one test asked: queries with their answers, and models' texts."""

    queries: dict[str, Counter] = field(default_factory=dict)
    models: set[str] = field(default_factory=set)

    @property
    def asked(self) -> set[str]:
        """Every word of the queries, names of tables among them."""
        return set().union(*map(words, self.queries))


class Truths:
    """The tests, and what each read of the warehouse without a mutant."""

    def __init__(self, built: Built, connection: duckdb.DuckDBPyConnection) -> None:
        """Run every test once; those that fail on so small a demo are left out."""
        self.built, self.connection = built, connection
        run = self._run([str(paths.PROJECT / file) for file in FILES])
        self.reads = {test: run.reads[test] for test in run.passed - run.failed}
        self.of_model: dict[str | None, list[str]] = {}
        for test, reads in sorted(self.reads.items()):
            last = built.last_of(reads.models | reads.asked & built.models.keys())
            self.of_model.setdefault(last, []).append(test)

    def first_failure(
        self, model: str, sql: str, settled: str, changed: set[str]
    ) -> str | None:
        """Return a test that fails, of those that read `settled` last.

        One model reads `sql`; some have changed. Tests whose questions are answered as
        before can only pass.
        """
        asked = [
            test
            for test in self.of_model.get(settled, ())
            if model in self.reads[test].models
            or self._is_told_otherwise(test, changed)
        ]
        if not asked:
            return None
        files = [str(paths.PROJECT / test) for test in asked]
        return min(self._run(["-x", *files], {model: sql}).failed, default=None)

    def _is_told_otherwise(self, test: str, changed: set[str]) -> bool:
        return any(
            answer(self.connection, query) != before
            for query, before in self.reads[test].queries.items()
            if changed & words(query)
        )

    def _run(self, arguments: list[str], texts: dict[str, str] | None = None) -> "Run":
        import pytest

        run = Run(self.built, self.connection, texts or {})
        with contextlib.redirect_stdout(io.StringIO()):
            quiet = ["-q", "--no-header", "-p", "no:cacheprovider"]
            pytest.main([*quiet, *arguments], plugins=[run])
        return run


class Run:
    """A pytest plugin: the project's tests read this warehouse, and report here."""

    def __init__(
        self, built: Built, connection: duckdb.DuckDBPyConnection, texts: dict[str, str]
    ) -> None:
        """Stand in for the demo that tests/project builds."""
        self.built, self.connection, self.texts = built, connection, texts
        self.reads: dict[str, Reads] = {}
        self.passed: set[str] = set()
        self.failed: set[str] = set()
        self.of_test = Reads()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Remember whose reads the next ones are."""
        self.of_test = self.reads.setdefault(nodeid, Reads())

    def pytest_runtest_logreport(self, report) -> None:
        """Remember what passed and what failed."""
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self.passed.add(report.nodeid)

    def pytest_fixture_setup(self, fixturedef, request):
        """Give the `demo` fixture: the warehouse in memory, as it stands."""
        if fixturedef.argname != "demo":
            return None
        fixturedef.cached_result = (self._open_world(), 0, None)
        return fixturedef.cached_result[0]

    def _open_world(self):
        from tests.project.conftest import World

        run = self

        class Open(World):
            """A world whose warehouse is open already, with a mutant in it."""

            def read(self, sql: str) -> list[tuple]:
                """Read within the transaction of the mutant."""
                rows = run.connection.execute(sql).fetchall()
                run.of_test.queries[sql] = Counter(map(str, rows))
                return rows

            def manifest(self) -> dict:
                """Return dbt's manifest, with the text of the mutant."""
                return run.built.manifest | {"nodes": Nodes(run)}

        return Open(self.built.folder)


class Nodes(dict):
    """The manifest's nodes; remembers which models' texts were read."""

    def __init__(self, run: Run) -> None:
        """Take the nodes as dbt wrote them."""
        super().__init__(run.built.manifest["nodes"])
        self.run = run

    def __getitem__(self, node: str) -> dict:
        """Return a node, with the mutant's text where it is the changed one."""
        model = node.split(".")[-1]
        self.run.of_test.models.add(model)
        found = super().__getitem__(node)
        if model in self.run.texts:
            return found | {"compiled_code": self.run.texts[model]}
        return found


@cache
def words(query: str) -> set[str]:
    """Return the words of a query."""
    return set(re.findall(r"\w+", query))


def answer(connection: duckdb.DuckDBPyConnection, query: str) -> Counter:
    """Return a query's rows, in no order."""
    return Counter(map(str, connection.execute(query).fetchall()))
