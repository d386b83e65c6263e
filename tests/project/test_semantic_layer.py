"""The scorecard and the semantic layer divide the same sums, or one of them lies."""

import csv

import pytest

# every KPI has one of these cuts, most have the first
CUTS = ("channel", "region", "team")


@pytest.fixture(scope="module")
def parsed(demo):
    """The demo, with its artefacts beside the project, where MetricFlow looks."""
    demo.run("dbt", "parse")
    return demo


@pytest.fixture(scope="module")
def kpis(demo):
    """KPIs by the first of the cuts that they have."""
    found = {cut: [] for cut in CUTS}
    for kpi_id, cuts in demo.read("select kpi_id, cuts from kpis.dim_kpi"):
        found[next(cut for cut in CUTS if cut in cuts.split(","))].append(kpi_id)
    return found


@pytest.mark.parametrize("cut", CUTS)
def test_semantic_layer_agrees_with_scorecard(parsed, kpis, cut, tmp_path):
    answers = tmp_path / "answers.csv"
    query = ["--metrics", ",".join(kpis[cut]), "--csv", str(answers)]
    query += ["--group-by", f"metric_time__month,{cut}"]
    parsed.run("mf", "query", *query)

    with answers.open() as file:
        answered = {
            (kpi_id, row["metric_time__month"][:10], row[cut]): float(row[kpi_id])
            for row in csv.DictReader(file)
            for kpi_id in kpis[cut]
            if row[kpi_id]
        }
    names = ", ".join(f"'{kpi_id}'" for kpi_id in kpis[cut])
    scorecard = {
        tuple(key): value / scale
        for *key, value, scale in parsed.read(
            f"""
            select kpi_id, period_start_date::varchar, cut_value, kpi_value, scale
            from kpis.rpt_kpi_scorecard
            inner join kpis.dim_kpi using (kpi_id)
            where period_grain = 'month' and cut = '{cut}' and kpi_value is not null
                and kpi_id in ({names})
            """
        )
    }
    assert {key[0] for key in scorecard} == set(kpis[cut])
    # a count of nothing is no line in the scorecard
    answered = {
        key: value for key, value in answered.items() if value != 0 or key in scorecard
    }
    assert answered.keys() == scorecard.keys()
    for key, value in scorecard.items():
        assert answered[key] == pytest.approx(value, rel=1e-9), key
