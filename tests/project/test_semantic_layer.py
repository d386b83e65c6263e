"""The scorecard and the semantic layer divide the same sums, or one of them lies."""

import csv

import pytest


@pytest.fixture(scope="module")
def parsed(demo):
    """The demo, with its artefacts beside the project, where MetricFlow looks."""
    demo.run("dbt", "parse")
    return demo


@pytest.fixture(scope="module")
def kpis(demo):
    return [kpi_id for (kpi_id,) in demo.read("select kpi_id from kpis.dim_kpi")]


@pytest.mark.parametrize(
    ("entity", "cut"),
    [("channel", "channel"), ("contact_reason", "reason"), ("team", "team")],
)
def test_semantic_layer_agrees_with_scorecard(parsed, kpis, entity, cut, tmp_path):
    answers = tmp_path / "answers.csv"
    query = ["--metrics", ",".join(kpis), "--csv", str(answers)]
    query += ["--group-by", f"metric_time__month,{entity}"]
    parsed.run("mf", "query", *query)

    with answers.open() as file:
        answered = {
            (kpi_id, row["metric_time__month"][:10], row[entity]): float(row[kpi_id])
            for row in csv.DictReader(file)
            for kpi_id in kpis
            if row[kpi_id]
        }
    scorecard = {
        tuple(key): value / scale
        for *key, value, scale in parsed.read(
            f"""
            select kpi_id, period_start_date::varchar, cut_value, kpi_value, scale
            from kpis.rpt_kpi_scorecard
            inner join kpis.dim_kpi using (kpi_id)
            where period_grain = 'month' and cut = '{cut}' and kpi_value is not null
            """
        )
    }
    assert {key[0] for key in scorecard} == set(kpis)
    assert answered.keys() == scorecard.keys()
    for key, value in scorecard.items():
        assert answered[key] == pytest.approx(value, rel=1e-9), key
