"""Any subset of systems builds; a KPI that misses what it needs says so."""

import shutil

import pytest

# KPIs of each system that the demo's other systems cannot stand in for
TICKETS = {
    "one_touch_rate",
    "first_response_time",
    "first_response_in_target",
    "reopen_rate",
    "automation_rate",
    "survey_response_rate",
}
ORDERS = {
    "repurchase_rate",
    "repurchase_uplift",
    "roi",
    "clv",
    "retention_rate",
    "churn_rate",
    "referral_rate",
    "contact_rate",
}
CALLS = {"service_level", "answer_rate", "asa"}
ANSWERS = {"nps", "ces", "servqual_gap"}
LEDGER = {"cost_per_contact", "cost_per_resolution", "roi"}
WORKFORCE = {
    "contacts_per_hour",
    "occupancy",
    "schedule_adherence",
    "quality_score",
    "proactive_engagement",
}
NEEDS = {
    "zendesk": TICKETS,
    "asterisk": CALLS,
    "shopify": ORDERS,
    "qualtrics": ANSWERS,
    "cost_ledger": LEDGER,
    "generic": WORKFORCE,
}
COUNTS = {"contact_volume", "backlog"}  # nothing is a number too


@pytest.fixture(scope="module")
def world(small, tmp_path_factory):
    """A warehouse to take systems away from."""
    return small.copy(tmp_path_factory.mktemp("subset"))


def valueless(world):
    rows = world.read(
        """
        select kpi_id, bool_and(status = 'insufficient_data')
        from kpis.rpt_kpi_scorecard
        inner join kpis.dim_kpi using (kpi_id)
        where cut = 'overall' and role = 'kpi'
        group by kpi_id
        having count(kpi_value) = 0
        """
    )
    assert all(insufficient for _, insufficient in rows)
    return {kpi_id for kpi_id, _ in rows}


@pytest.mark.parametrize("system", NEEDS)
def test_builds_without(world, system, tmp_path):
    away = tmp_path / system
    shutil.move(world.landing / system, away)
    try:
        world.build()
    finally:
        shutil.move(away, world.landing / system)
    assert valueless(world) == NEEDS[system]


def test_builds_without_any_export(small, world):
    for system in NEEDS:
        shutil.rmtree(world.landing / system)
    world.build()
    kpis = {
        kpi_id
        for (kpi_id,) in small.read(
            "select kpi_id from kpis.dim_kpi where role = 'kpi'"
        )
    }
    assert valueless(world) == kpis - COUNTS
    assert world.read("select count(*) from core.fct_contacts") == [(0,)]
