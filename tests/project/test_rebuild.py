"""Same exports, same numbers; a new day changes what it touches and nothing else."""

import shutil

import pytest

from .conftest import World

MARTS = """
    select table_schema || '.' || table_name
    from information_schema.tables
    where table_schema in ('core', 'kpis') and table_type = 'BASE TABLE'
    order by 1
"""


@pytest.fixture(scope="module")
def world(demo, tmp_path_factory):
    """The demo, landed and built once more elsewhere."""
    world = World(tmp_path_factory.mktemp("rebuild"))
    shutil.copytree(demo.landing, world.landing)
    world.build()
    return world


def snapshot(world):
    """Every row of every mart, sorted, by mart."""
    return {
        mart: sorted(map(repr, world.read(f"select * from {mart}")))
        for (mart,) in world.read(MARTS)
    }


def changed(before, after):
    return {mart for mart in before if before[mart] != after[mart]}


def test_building_elsewhere_and_twice_gives_identical_marts(demo, world):
    first = snapshot(demo)
    assert len(first) > 20
    assert changed(first, snapshot(world)) == set()
    world.build()
    assert changed(first, snapshot(world)) == set()


def test_the_same_file_twice_changes_nothing(demo, world):
    ledger = next((world.landing / "cost_ledger").glob("*.csv"))
    copy = ledger.with_name(f"copy_of_{ledger.name}")
    shutil.copy(ledger, copy)
    world.build()
    copy.unlink()
    assert changed(snapshot(demo), snapshot(world)) == set()


def test_plain_dbt_build_lands_one_more_day_and_only_that_changes(demo, world):
    """One more answer, by a customer nobody knows, about nothing else."""
    folder = world.landing / "generic"
    folder.mkdir()
    (folder / "survey_responses_one_day.csv").write_text(
        "response_id,survey_id,question_type,score,responded_at\n"
        "one-more,after_contact,csat,5,2026-06-15T10:00:00Z\n"
    )
    world.build()
    before, after = snapshot(demo), snapshot(world)
    assert changed(before, after) == {
        "core.fct_survey_responses",
        "kpis.kpi_components",
        "kpis.kpi_csat",
        "kpis.kpi_surveys_daily",
        "kpis.rpt_kpi_coverage",
        "kpis.rpt_kpi_scorecard",
    }
    moved = world.read(
        """
        select distinct kpi_id, period_grain, period_start_date::varchar
        from kpis.rpt_kpi_scorecard
        where denominator > 0 and kpi_id = 'csat' and cut = 'overall'
            and date '2026-06-15' >= period_start_date
        """
    )
    assert moved
    rows = {row for row in after["kpis.rpt_kpi_scorecard"]}
    new = rows - set(before["kpis.rpt_kpi_scorecard"])
    assert new
    assert all(row.startswith("('csat'") for row in new)
