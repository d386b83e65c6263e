"""The small changes themselves: what is changed, and where it lands."""

import pytest

from savoir.mutation.judge import in_unit_test
from savoir.mutation.operators import DIALECT, Mutant, mutants_of, parse
from savoir.mutation.run import Report, Verdict


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
    text = in_unit_test(boundary, UNIT_TEST)
    assert "amount >= 10" in text
    assert "1 < 2" in text


def test_a_unit_test_with_another_parameter_is_no_test_of_this_mutant():
    model = parse(
        'with large as (select * from "db"."core"."orders" where amount > 20) '
        "select count(*) as n from large"
    )
    (boundary,) = [m for m in mutants_of("m", model) if m.operator == "boundary"]
    assert in_unit_test(boundary, UNIT_TEST) is None


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
