"""Marts whose SQL is written from the catalogue, run on cases worked by hand.

dbt shows no catalogue to a unit test, so these take the compiled SQL of the built
project and give it tables of a few rows.
"""

import duckdb
import pytest


def run(demo, model, tables):
    """Run a model's compiled SQL over `tables`, each the query that fills it."""
    nodes = demo.manifest()["nodes"]
    sql = nodes[f"model.savoir.{model}"]["compiled_code"]
    with duckdb.connect() as connection:
        built = demo.warehouse / "savoir.duckdb"
        connection.execute(f"attach '{built}' as built (read_only)")
        connection.execute("attach ':memory:' as savoir")
        for name, rows in tables.items():
            connection.execute(
                f"create schema if not exists savoir.{name.split('.')[0]}"
            )
            connection.execute(f"create table savoir.{name} as {rows}")
        result = connection.sql(sql)
        return [
            dict(zip(result.columns, row, strict=True)) for row in result.fetchall()
        ]


def day(date, **components):
    """One row of a daily mart on one channel, reason and team."""
    columns = ", ".join(f"{value} as {name}" for name, value in components.items())
    return (
        f"select date '{date}' as date_day, 'phone' as channel, "
        f"'billing' as contact_reason, 'Desk' as team, {columns}"
    )


def test_a_month_is_a_ratio_of_sums(demo):
    """1 of 1 and 1 of 3 are 2 of 4, not the 66.7 % that averaging days would give."""
    rows = " union all ".join(
        [
            day("2026-03-01", csat_answers=1, csat_answers_satisfied=1),
            day("2026-03-02", csat_answers=3, csat_answers_satisfied=1),
            day("2026-04-01", csat_answers=0, csat_answers_satisfied=0),
        ]
    )
    march, *others = run(demo, "kpi_csat", {"kpis.kpi_surveys_daily": rows})
    assert others == []  # April has no denominator, hence no value
    assert (march["numerator"], march["denominator"]) == (2, 4)
    assert march["kpi_value"] == 50


def test_first_contact_resolution_of_280_in_400_is_70(demo):
    """SQM's published example."""
    rows = day("2026-03-01", issues_fcr_eligible=400, issues_resolved_first_time=280)
    (march,) = run(demo, "kpi_fcr", {"kpis.kpi_issues_opened_daily": rows})
    assert march["kpi_value"] == 70


@pytest.mark.parametrize(
    ("gain", "expected"),
    [(200 * 1000 + 50_000, -50), (400 * 1000 + 100_000, 0)],
)
def test_golden_roi(demo, gain, expected):
    components = dict.fromkeys(
        (
            "repurchase_margin_amount",
            "upsell_margin_amount",
            "avoided_cost_amount",
            "ledger_cost_amount",
            "goodwill_amount",
        ),
        0,
    )
    rows = " union all ".join(
        [
            day("2026-03-01", support_net_gain_amount=gain, support_cost_amount=0)
            + "".join(f", 0 as {name}" for name in components),
            day(
                "2026-03-31",
                support_net_gain_amount=-500_000,
                support_cost_amount=500_000,
            )
            + "".join(f", 0 as {name}" for name in components),
        ]
    )
    (march,) = run(demo, "kpi_roi", {"kpis.kpi_support_pnl_daily": rows})
    assert march["attribution"] == "observed"
    assert march["denominator"] == 500_000
    assert march["kpi_value"] == expected


def test_fifty_promoters_and_twenty_detractors_of_100_are_plus_30(demo):
    rows = """
        select
            'month' as period_grain, date '2026-03-01' as period_start_date,
            'phone' as channel, 'billing' as contact_reason, 'Desk' as team,
            100 as nps_answers, 50 as nps_promoters, 30 as nps_passives,
            20 as nps_detractors, 30 as nps_net_promoters, 70 as nps_decided
    """
    (march,) = run(demo, "kpi_nps", {"kpis.kpi_nps_by_period": rows})
    assert march["kpi_value"] == 30
    assert round(march["interval_low"], 1) == 14.1
    assert round(march["interval_high"], 1) == 44.2


def test_components_sum_by_period_and_by_every_cut(demo):
    """Two days, two channels: the month holds all, each channel its own."""
    surveys = " union all ".join(
        [
            day("2026-03-01", csat_answers=1, csat_answers_satisfied=1),
            day("2026-03-02", csat_answers=3, csat_answers_satisfied=1),
            day("2026-03-02", csat_answers=5, csat_answers_satisfied=2).replace(
                "'phone'", "'email'"
            ),
        ]
    )
    empty = [
        "kpi_contacts_daily",
        "kpi_issues_opened_daily",
        "kpi_issues_ended_daily",
        "kpi_nps_by_period",
        "kpi_support_pnl_daily",
    ]
    tables = {f"kpis.{name}": f"from built.kpis.{name} limit 0" for name in empty}
    tables["kpis.kpi_surveys_daily"] = surveys
    tables["core.bridge_dates_x_periods"] = """
        select unnest([date '2026-03-01', date '2026-03-02']) as date_day,
            'month' as period_grain, date '2026-03-01' as period_start_date
    """
    found = {
        (row["cut"], row["cut_value"], row["component"]): row["component_value"]
        for row in run(demo, "kpi_components", tables)
    }
    assert found == {
        ("overall", "all", "csat_answers"): 9,
        ("overall", "all", "csat_answers_satisfied"): 4,
        ("channel", "phone", "csat_answers"): 4,
        ("channel", "phone", "csat_answers_satisfied"): 2,
        ("channel", "email", "csat_answers"): 5,
        ("channel", "email", "csat_answers_satisfied"): 2,
        ("reason", "billing", "csat_answers"): 9,
        ("reason", "billing", "csat_answers_satisfied"): 4,
        ("team", "Desk", "csat_answers"): 9,
        ("team", "Desk", "csat_answers_satisfied"): 4,
    }
