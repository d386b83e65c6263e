"""dbt's unit tests with a mutant in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import duckdb
import sqlglot
from sqlglot import exp

from savoir.mutation.operators import DIALECT, Mutant

MODEL = "__model__"


@dataclass(frozen=True)
class UnitTest:
    """A unit test taken apart once: what is around its model, fixtures, the model."""

    around: str
    fixtures: str
    model: exp.Expr

    @classmethod
    @cache
    def of(cls, sql: str) -> "UnitTest":
        """Take a unit test apart.

        Fixtures are CTEs before the model's own: without them the tree is the model's.
        """
        tree = sqlglot.parse_one(sql, dialect=DIALECT)
        inner = next(
            node.this
            for node in tree.find_all(exp.Subquery)
            if node.alias == "_dbt_internal_unit_test_actual"
        )
        model = inner.copy()
        fixtures = [cte for cte in model.ctes if cte.alias.startswith("__dbt__cte__")]
        own = [cte for cte in model.ctes if cte not in fixtures]
        if own:
            model.args["with_"].set("expressions", own)
        else:
            model.set("with_", None)
        inner.replace(exp.column(MODEL))
        texts = [cte.sql(dialect=DIALECT) for cte in fixtures]
        return cls(tree.sql(dialect=DIALECT), ", ".join(texts), model)

    def with_mutant(self, mutant: Mutant) -> str | None:
        """Return the SQL with a mutant in it; None where it has no such place."""
        changed = mutant.apply(self.model)
        if changed is None:
            return None
        sql = changed.sql(dialect=DIALECT).removeprefix("WITH ")
        joined = ", " if changed.ctes else " "
        return self.around.replace(MODEL, f"WITH {self.fixtures}{joined}{sql}", 1)


def killers(
    connection: duckdb.DuckDBPyConnection, mutant: Mutant, tests: list[tuple[str, str]]
) -> Iterator[str]:
    """Yield the unit tests that fail on a mutant."""
    for name, sql in tests:
        changed = UnitTest.of(sql).with_mutant(mutant)
        if changed is not None and not passes(connection, changed):
            yield f"unit test {name}"


def passes(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    """Say whether a unit test's actual rows are its expected ones."""
    rows = connection.execute(sql).fetchall()
    sides: dict[str, list] = {"actual": [], "expected": []}
    for *row, side in rows:
        sides[side].append(tuple(map(str, row)))
    return sorted(sides["actual"]) == sorted(sides["expected"])
