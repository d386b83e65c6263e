"""Any subset of systems builds; a KPI that misses what it needs says so."""

import shutil

import pytest

from savoir.landing.run import land
from tests.oracle.parameters import Parameters
from tests.oracle.warehouse import Landed, Project

from .conftest import World

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


VALUELESS = """
    select kpi_id, bool_and(status = 'insufficient_data')
    from savoir.kpis.rpt_kpi_scorecard
    inner join savoir.kpis.dim_kpi using (kpi_id)
    where cut = 'overall' and role = 'kpi'
    group by kpi_id
    having count(kpi_value) = 0
"""


def valueless(rows):
    assert all(insufficient for _, insufficient in rows)
    return {kpi_id for kpi_id, _ in rows}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The project without models in Python, compiled once for every subset."""
    return Project.compile(tmp_path_factory.mktemp("subsets"), Parameters())


@pytest.mark.parametrize("system", NEEDS)
def test_says_what_it_misses_without(small, project, system, tmp_path):
    left = shutil.ignore_patterns(system)
    shutil.copytree(small.landing, tmp_path / "landing", ignore=left)
    land(tmp_path / "landing", tmp_path / "raw", show_progress=False)
    warehouse = Landed(project, tmp_path / "raw")
    rows = warehouse.connection.execute(VALUELESS).fetchall()
    broken = list(warehouse.broken())
    warehouse.connection.close()
    # what customers are worth is fitted in Python
    assert valueless(rows) == NEEDS[system] | {"clv"}
    assert broken == []


@pytest.mark.parametrize("left", [["zendesk"], []], ids=["no orders", "nothing"])
def test_dbt_builds_from(small, left, tmp_path):
    """Models in Python fit nothing where there are no orders, or no records at all."""
    world = World(tmp_path)
    for system in left:
        shutil.copytree(small.landing / system, world.landing / system)
    world.landing.mkdir(exist_ok=True)
    world.build()
    rows = world.read("select kpi_id from kpis.dim_kpi where role = 'kpi'")
    kpis = {kpi_id for (kpi_id,) in rows}
    if left:
        assert world.read("select count(*) > 0 from core.fct_contacts") == [(True,)]
        assert valueless(world.read(VALUELESS)) >= ORDERS | LEDGER | ANSWERS
    else:
        assert world.read("select count(*) from core.fct_contacts") == [(0,)]
        assert valueless(world.read(VALUELESS)) == kpis - COUNTS
