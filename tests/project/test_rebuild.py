"""Same exports, same numbers; a new day changes what it touches and nothing else."""

import shutil

import duckdb
import pytest

from .conftest import World

MARTS = """
    select table_schema || '.' || table_name
    from information_schema.tables
    where table_schema in ('core', 'kpis') and table_type = 'BASE TABLE'
    order by 1
"""


@pytest.fixture(scope="module")
def world(small, tmp_path_factory):
    """The same exports, one file of them twice, landed and built elsewhere."""
    world = World(tmp_path_factory.mktemp("rebuild"))
    shutil.copytree(small.landing, world.landing)
    ledger = next((world.landing / "cost_ledger").glob("*.csv"))
    shutil.copy(ledger, ledger.with_stem(f"{ledger.stem}_copy"))
    world.build()
    return world


def changed(before, after):
    """Marts of which the two warehouses hold different rows, each with its count."""
    with duckdb.connect() as both:
        for name, world in (("before", before), ("after", after)):
            path = world.warehouse / "savoir.duckdb"
            both.execute(f"attach '{path}' as {name} (read_only)")
        marts = [mart for (mart,) in before.read(MARTS)]
        assert len(marts) > 40
        assert marts == [mart for (mart,) in after.read(MARTS)]
        differing = {}
        for mart in marts:
            ((rows,),) = both.sql(
                f"""
                select count(*) from (
                    (from before.{mart} except all from after.{mart})
                    union all
                    (from after.{mart} except all from before.{mart})
                )
                """
            ).fetchall()
            if rows:
                differing[mart] = rows
        return differing


def test_elsewhere_and_with_a_file_twice_the_marts_are_identical(small, world):
    assert changed(small, world) == {}


def test_plain_dbt_build_lands_one_more_day_and_only_that_changes(demo, small, world):
    """One more answer, by a customer nobody knows, about nothing else.

    Whoever reads what is published sees nothing of the build.
    """
    (world.landing / "generic" / "survey_responses_one_day.csv").write_text(
        "response_id,survey_id,question_type,score,responded_at\n"
        "one-more,after_contact,csat,5,2026-06-15T10:00:00Z\n"
    )
    published = world.warehouse / "published"
    shutil.copytree(demo.warehouse / "published", published, symlinks=True)
    scorecard = "select count(*), sum(numerator) from kpis.rpt_kpi_scorecard"
    with duckdb.connect(published / "savoir.duckdb", read_only=True) as reader:
        before = reader.execute(scorecard).fetchall()
        world.build()
        assert reader.execute(scorecard).fetchall() == before
    differing = changed(small, world)
    assert differing.keys() - {"kpis.rpt_kpi_alerts"} == {
        "core.fct_survey_responses",
        "kpis.kpi_components",
        "kpis.kpi_csat",
        "kpis.kpi_perception_daily",
        "kpis.kpi_journey_daily",
        "kpis.rpt_kpi_coverage",
        "kpis.rpt_kpi_scorecard",
    }
    assert differing["core.fct_survey_responses"] == 1
    # the day of the answer and the periods it lies in, and what comes after each
    with duckdb.connect() as both:
        for name, side in (("before", small), ("after", world)):
            path = side.warehouse / "savoir.duckdb"
            both.execute(f"attach '{path}' as {name} (read_only)")
        moved = both.sql(
            """
            select distinct kpi_id
            from (
                from after.kpis.rpt_kpi_scorecard
                except from before.kpis.rpt_kpi_scorecard
            )
            """
        ).fetchall()
    assert moved == [("csat",)]
