"""The small changes themselves: what is changed, and where it lands."""

from pathlib import Path

import duckdb
import pytest

from savoir.mutation.built import Step
from savoir.mutation.judge import Verdict
from savoir.mutation.operators import DIALECT, Mutant, mutants_of, parse
from savoir.mutation.rebuild import Rebuilt, create
from savoir.mutation.run import Kept, Report
from savoir.mutation.unit_tests import UnitTest, passes


def changed(sql: str) -> dict[str, set[str]]:
    """Return the changed texts of a query by operator."""
    tree = parse(sql)
    found: dict[str, set[str]] = {}
    for mutant in mutants_of("model", tree):
        text = " ".join(mutant.apply(tree).sql(dialect=DIALECT).lower().split())
        found.setdefault(mutant.operator, set()).add(text)
    return found


@pytest.mark.parametrize(
    ("sql", "operator", "expected"),
    [
        ("select a < b", "boundary", {"select a <= b"}),
        ("select a >= b", "boundary", {"select a > b"}),
        ("select a between 1 and b", "boundary", {"select a > 1 and a <= b"}),
        ("select a = 'x'", "comparison", {"select a <> 'x'"}),
        ("select a = b", "comparison", None),
        ("select a in (1, 2)", "list", {"select a in (2)"}),
        ("select a and b", "condition", {"select a", "select b"}),
        ("select a or b", "alternative", {"select a", "select b"}),
        ("select not a", "negation", {"select a"}),
        ("select a is not null", "negation", None),
        ("select 7", "number", {"select 8"}),
        ("select a::decimal(18, 2)", "number", None),
        ("select true", "boolean", {"select false"}),
        ("select count(a)", "distinct", {"select count(distinct a)"}),
        ("select count(distinct a)", "distinct", {"select count(a)"}),
        ("select distinct a from t", "distinct", {"select a from t"}),
        ("select a from t where b", "where", {"select a from t"}),
        ("select sum(a) filter (where b)", "filter", {"select sum(a)"}),
        ("select coalesce(a, 'x')", "default", {"select coalesce(a, 'mutant')"}),
        ("select coalesce(a, b)", "default", {"select a"}),
        ("select min(a)", "opposite", {"select max(a)"}),
        ("select a + b", "opposite", {"select a - b"}),
        (
            "select a from t left join u on t.b = u.b",
            "join",
            {"select a from t join u on t.b = u.b"},
        ),
        ("select a from t union select a from u", "distinct", None),
        (
            "select sum(a) as x, sum(b) as y from t",
            "swap",
            {"select sum(b) as x, sum(a) as y from t"},
        ),
        (
            "select row_number() over (order by a desc)",
            "order",
            {"select row_number() over (order by a asc)"},
        ),
        (
            "select case when a then 1 when b then 2 end",
            "case",
            {"select case when b then 2 end"},
        ),
    ],
)
def test_each_change_is_the_one_meant(sql, operator, expected):
    found = changed(sql).get(operator)
    if "union" in sql:
        assert found == {"select a from t union all select a from u"}
    else:
        assert found == expected


def test_a_change_repeated_by_a_loop_is_judged_twice_and_no_more():
    columns = ", ".join(f"coalesce(a, 'x') as c{n}" for n in range(9))
    mutants = mutants_of("model", parse(f"select {columns} from t"))
    assert [m.operator for m in mutants] == ["default", "default"]


def test_a_union_made_distinct_by_another_is_left_alone():
    sql = "select a from t union select a from u union select a from v"
    assert changed(sql)["distinct"] == {
        "select a from t union select a from u union all select a from v"
    }


UNIT_TEST = """
with dbt_internal_unit_test_actual as (
  select "n", 'actual' as "actual_or_expected"
  from (
    with __dbt__cte__orders as (
        select 1 as amount where 1 < 2
    ),
    large as (select * from __dbt__cte__orders where amount > 10)
    select count(*) as n from large
  ) _dbt_internal_unit_test_actual
)
select * from dbt_internal_unit_test_actual
"""


def test_a_mutant_lands_in_the_model_of_a_unit_test_and_not_in_its_fixtures():
    model = parse(
        'with large as (select * from "db"."core"."orders" where amount > 10) '
        "select count(*) as n from large"
    )
    (boundary,) = [m for m in mutants_of("m", model) if m.operator == "boundary"]
    text = UnitTest.of(UNIT_TEST).with_mutant(boundary)
    assert "amount >= 10" in text
    assert "1 < 2" in text
    # the mutant counts 10 too, which nobody expects
    expected = "union all select 0, 'expected'"
    with duckdb.connect() as connection:
        fixture = text.replace("1 AS amount WHERE 1 < 2", "10 AS amount")
        assert passes(connection, f"{text} {expected}")
        assert not passes(connection, f"{fixture} {expected}")


def test_a_unit_test_with_another_parameter_is_no_test_of_this_mutant():
    model = parse(
        'with large as (select * from "db"."core"."orders" where amount > 20) '
        "select count(*) as n from large"
    )
    (boundary,) = [m for m in mutants_of("m", model) if m.operator == "boundary"]
    assert UnitTest.of(UNIT_TEST).with_mutant(boundary) is None


def test_the_same_change_of_another_parameter_is_one_where_it_may_be():
    large, small = (parse(f"select n >= {number} from t") for number in (30, 3))
    (boundary,) = [m for m in mutants_of("m", large) if m.operator == "boundary"]
    assert boundary.apply(small) is None
    changed = boundary.apply(small, with_any_number=True)
    assert changed.sql(dialect=DIALECT) == "SELECT n > 3 FROM t"
    other = parse("select k >= 30 from t")
    assert boundary.apply(other, with_any_number=True) is None


def test_what_is_equivalent_counts_neither_way():
    mutants = [Mutant("m", "number", n, 0, str(n), str(n + 1)) for n in range(4)]
    verdicts = [
        Verdict(mutants[0], "unit test one"),
        Verdict(mutants[1], "unit test two"),
        Verdict(mutants[2], None),
        Verdict(mutants[3], None),
    ]
    report = Report(verdicts, {str(mutants[3]): "nobody reads it"})
    assert report.survivors == [mutants[2]]
    assert report.share == pytest.approx(100 * 2 / 3)


def test_what_is_equivalent_is_so_in_one_model_or_in_any():
    mutants = [Mutant(model, "number", 1, 0, "1", "2") for model in ("m", "n")]
    verdicts = [Verdict(mutant, None) for mutant in mutants]
    assert Report(verdicts, {"m: number: 1 → 2": "why"}).survivors == [mutants[1]]
    assert Report(verdicts, {"*: number: 1 → 2": "why"}).survivors == []


def test_what_is_listed_may_leave_text_open():
    mutant = Mutant("m", "default", 1, 0, "COALESCE(t.a_key, '')", "t.a_key")
    report = Report(
        [Verdict(mutant, None)], {"*: default: COALESCE(*_key, '') → *": ""}
    )
    assert report.survivors == []
    report = Report([Verdict(mutant, None)], {"*: default: COALESCE(*_key, '')": ""})
    assert report.survivors == [mutant]


def kept_of(folder: Path, project: str = "p", text: str = "t") -> Kept:
    return Kept(folder / "new" / "verdicts", project, {"m": text})


def test_verdicts_are_kept_but_for_one_that_was_cut(tmp_path):
    kept = kept_of(tmp_path)
    assert kept.verdicts() == {}
    verdicts = [
        kept.keep(Verdict(Mutant("m", "number", n, 0, "1", "2"), None)) for n in (1, 2)
    ]
    assert kept.verdicts() == {verdict.mutant: verdict for verdict in verdicts}
    kept.file.write_bytes(kept.file.read_bytes()[:-3])
    assert list(kept.verdicts().values()) == verdicts[:1]


def test_a_kill_holds_until_its_model_changes_and_a_survivor_until_anything_does(
    tmp_path,
):
    killed, survived, refused = (
        Mutant("m", "number", n, 0, "1", "2") for n in (1, 2, 3)
    )
    kept = kept_of(tmp_path)
    kept.keep(Verdict(killed, "a test"))
    kept.keep(Verdict(survived, None))
    kept.keep(Verdict(refused, None, is_valid=False))
    assert kept_of(tmp_path).verdicts().keys() == {killed, survived, refused}
    new_test = kept_of(tmp_path, project="with a new test")
    assert new_test.verdicts().keys() == {killed, refused}
    assert kept_of(tmp_path, "with another model", "u").verdicts() == {}


def test_what_does_not_run_is_no_mutant():
    mutant = Mutant("m", "number", 1, 0, "1", "2")
    report = Report([Verdict(mutant, None, is_valid=False)], {})
    assert (report.survivors, report.killed, report.invalid) == ([], 0, 1)


def test_only_what_reads_other_rows_is_built_anew():
    steps = [
        Step("a", "a", "select 1 as x union all select 2", frozenset()),
        Step("b", "b", "select x from a where x > 1", frozenset({"a"})),
        Step("c", "c", "select x + 1 as x from b", frozenset({"b"})),
        Step("d", "d", "select max(x) as x from a", frozenset({"a"})),
    ]
    with duckdb.connect() as connection:
        for step in steps:
            create(connection, step, step.sql)
        rebuilt = Rebuilt(connection, steps)
        with rebuilt.undone():
            # b reads other rows than before and says the same, so c is left alone
            settled = list(rebuilt.rebuild("a", "select 0 as x union all select 2"))
            assert [name for name, _ in settled] == ["a", "b", "c", "d"]
            assert settled[-1][1] == {"a"}
        assert connection.execute("select min(x) from a").fetchall() == [(1,)]
        with rebuilt.undone():
            *_, (_, changed_models) = rebuilt.rebuild("a", "select 3 as x")
            assert changed_models == {"a", "b", "c", "d"}
