"""The five house generic tests: each lets a good table pass and fails a bad one."""

import duckdb
import pytest
from jinja2 import Environment
from jinja2.ext import Extension

from savoir.paths import PROJECT

PERIODS = {"partition_by": "site", "starts": "valid_from", "ends": "valid_to"}
SUMS = {
    "columns": ["cost", "orders"],
    "to": "ledger",
    "expressions": ["sum(amount)", "count(amount)"],
}


class Dbt(Extension):
    """dbt's `test` block: the body of a macro, rendered at once."""

    tags = {"test"}  # noqa: RUF012, as jinja has it

    def parse(self, parser):
        next(parser.stream)
        while parser.stream.current.type != "block_end":
            next(parser.stream)
        return parser.parse_statements(("name:endtest",), drop_needle=True)


def failures(name: str, rows: str, other: str = "", **arguments) -> int:
    """Return how many rows a test finds wrong in the table that `rows` are."""
    text = (PROJECT / "tests" / "generic" / f"{name}.sql").read_text()
    template = Environment(extensions=[Dbt]).from_string(text)
    with duckdb.connect() as connection:
        connection.execute(f"create table checked as from {rows}")
        if other:
            connection.execute(f"create table ledger as from {other}")
        sql = template.render(model="checked", **arguments)
        return len(connection.sql(sql).fetchall())


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ("(values (1), (2)) t (score)", 0),
        ("(values (1), (0)) t (score)", 1),
        # unknown is not true: a plain `not (rule)` would let it pass
        ("(values (1), (null)) t (score)", 1),
        ("(select 1 as score where false)", 0),
    ],
    ids=["holds", "broken", "null", "empty"],
)
def test_holds_on_every_row(rows, wrong):
    assert failures("holds_on_every_row", rows, rule="score > 0") == wrong


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ("(values ('a', 1), ('a', 2)) t (team, month)", 0),
        ("(values ('a', 1), ('a', 1), ('b', 1)) t (team, month)", 1),
        # nulls are equal here: two rows of nobody are one row twice
        ("(values (null, 1), (null, 1)) t (team, month)", 1),
        ("(values (null, 1), (null, 2)) t (team, month)", 0),
    ],
    ids=["unique", "twice", "null twice", "null once"],
)
def test_unique_grain(rows, wrong):
    assert failures("unique_grain", rows, columns=["team", "month"]) == wrong


@pytest.mark.parametrize(
    ("rows", "other", "wrong"),
    [
        ("(values (2, 1), (3, 1)) t (cost, orders)", "(values (5), (0)) t (amount)", 0),
        ("(values (2, 1), (4, 1)) t (cost, orders)", "(values (5), (0)) t (amount)", 1),
        # equal in one column only
        ("(values (5, 3)) t (cost, orders)", "(values (5), (0)) t (amount)", 1),
        # nothing, and nothing known, sum to 0
        ("(select 1 as cost, 1 as orders where false)",
         "(values (null::integer)) t (amount)", 0),
        ("(values (null, 1)) t (cost, orders)", "(values (7)) t (amount)", 1),
    ],
    ids=["equal", "fan-out", "other column", "nothing", "null"],
)  # fmt: skip
def test_sums_match(rows, other, wrong):
    assert failures("sums_match", rows, other, **SUMS) == wrong


@pytest.mark.parametrize(
    ("rows", "other", "wrong"),
    [
        ("(values ('a'), ('b')) t (team)", "(values ('a'), ('a')) t (team)", 0),
        ("(values ('a')) t (team)", "(values ('a'), ('b')) t (team)", 1),
        # a key that is missing there has to be missing here too
        ("(values ('a')) t (team)", "(values ('a'), (null)) t (team)", 1),
        ("(values ('a'), (null)) t (team)", "(values (null)) t (team)", 0),
    ],
    ids=["all", "one missing", "null missing", "null"],
)
def test_every_key_appears(rows, other, wrong):
    found = failures("every_key_appears", rows, other, column="team", in_table="ledger")
    assert found == wrong


@pytest.mark.parametrize(
    ("ranges", "wrong"),
    [
        ([("Lyon", 1, 9), ("Lyon", 10, 20), ("Nantes", 5, 15)], 0),
        # both ends belong to a range: a shared day is one too many
        ([("Lyon", 1, 10), ("Lyon", 10, 20)], 1),
        ([("Lyon", 9, 1)], 1),
        # a null end is open, so nothing may follow
        ([("Lyon", 1, None)], 0),
        ([("Lyon", 1, None), ("Lyon", 10, 20)], 1),
    ],
    ids=["apart", "a shared day", "backwards", "open", "open before another"],
)
def test_ranges_do_not_overlap(ranges, wrong):
    rows = ", ".join(
        f"('{site}', {day(start)}, {day(end)})" for site, start, end in ranges
    )
    table = f"(values {rows}) t (site, valid_from, valid_to)"
    assert failures("ranges_do_not_overlap", table, **PERIODS) == wrong


def day(number: int | None) -> str:
    return "null::date" if number is None else f"date '2026-01-{number:02}'"


def test_each_generic_test_is_tested_here():
    files = {path.stem for path in (PROJECT / "tests" / "generic").glob("*.sql")}
    assert {f"test_{name}" for name in files} <= globals().keys()
