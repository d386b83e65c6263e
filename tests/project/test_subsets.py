"""Any subset of systems builds; a KPI that misses what it needs says so."""

import shutil

import pytest

from .conftest import World

SYSTEMS = ["zendesk", "asterisk", "shopify", "qualtrics", "cost_ledger"]
ALL = {"nps", "csat", "fcr", "repurchase_rate", "cost_per_resolution", "roi"}
# what the demo's other systems cannot stand in for
NEEDS = {
    "zendesk": set(),
    "asterisk": set(),
    "shopify": {"repurchase_rate", "roi"},
    "qualtrics": {"nps"},
    "cost_ledger": {"cost_per_resolution", "roi"},
}


@pytest.fixture(scope="module")
def world(demo, tmp_path_factory):
    """A second warehouse on the demo exports, to take systems away from."""
    world = World(tmp_path_factory.mktemp("subset"))
    shutil.copytree(demo.landing, world.landing)
    return world


def valueless(world):
    rows = world.read(
        """
        select kpi_id, bool_and(status = 'insufficient_data')
        from kpis.rpt_kpi_scorecard
        where cut = 'overall'
        group by kpi_id
        having count(kpi_value) = 0
        """
    )
    assert all(insufficient for _, insufficient in rows)
    return {kpi_id for kpi_id, _ in rows}


@pytest.mark.parametrize("system", SYSTEMS)
def test_builds_without(world, system, tmp_path):
    away = tmp_path / system
    shutil.move(world.landing / system, away)
    world.build()
    shutil.move(away, world.landing / system)
    assert valueless(world) == NEEDS[system]


def test_builds_without_any_export(world):
    for system in SYSTEMS:
        shutil.rmtree(world.landing / system)
    world.build()
    assert valueless(world) == ALL
    assert world.read("select count(*) from core.fct_contacts") == [(0,)]
