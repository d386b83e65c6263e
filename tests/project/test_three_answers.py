"""Scorecard, semantic layer and oracle say the same, or one of them lies."""

import csv
import os
from dataclasses import dataclass
from datetime import date
from math import isclose
from random import Random

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, find, settings

from savoir.paths import PROJECT
from tests.oracle.comparing import GRAIN
from tests.oracle.kpis import FITTED, FORMULAE
from tests.oracle.oracle import Opinion, judge, judge_world
from tests.oracle.parameters import Parameters
from tests.oracle.reference import Reference
from tests.oracle.systems import read_world
from tests.oracle.warehouse import Built, Project, Warehouse
from tests.oracle.worlds import worlds

from .conftest import World

# every KPI has one of these cuts, most have the first
CUTS = ("channel", "region", "team")
# the full run asks every KPI by every cut it has: some minutes more
EVERY_CUT = bool(os.environ.get("SAVOIR_EVERY_CUT"))
SEEDS = PROJECT / "seeds"

Place = tuple[str, date, str]


@dataclass(frozen=True)
class Case:
    """A built warehouse, what the oracle says of its exports, and how much that is."""

    world: World
    opinion: Opinion
    is_demo: bool
    least: int


@pytest.fixture(scope="module")
def of_demo(demo, tmp_path_factory) -> Case:
    demo = demo.copy(tmp_path_factory.mktemp("answers"))
    exports = read_world(demo.warehouse / "raw", Reference(SEEDS))
    opinion = judge_world(exports, SEEDS, Parameters())
    given = demo.read(
        f"""
        select component, period_grain, period_start_date, cut, cut_value,
            component_value
        from kpis.kpi_components
        where component in {tuple(sorted(FITTED))}
        """
    )
    # taken as given, so that what is divided by what is compared all the same
    opinion.components |= {tuple(key): value for *key, value in given}
    return Case(demo, opinion, True, 3000)


@pytest.fixture(scope="module")
def of_random(tmp_path_factory) -> Case:
    """A random world of every entity, built into a file that MetricFlow can read."""
    world = World(tmp_path_factory.mktemp("random"))
    world.landing.mkdir()
    exports = find(
        worlds(),
        lambda exports: len(exports) == 9 and len(exports["contacts.csv"]) > 10,
        random=Random(0),
        settings=settings(
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    project = Project.compile(world.folder, Parameters())
    warehouse = Warehouse(project, file=str(world.warehouse / "savoir.duckdb"))
    warehouse.take(exports)
    warehouse.connection.close()
    return Case(world, judge(exports, SEEDS, Parameters()), False, 50)


@pytest.fixture(scope="module")
def kpis(demo) -> dict[str, list[str]]:
    """KPIs by the first of the cuts that they have; in the full run by each."""
    # MetricFlow looks for dbt's artefacts beside the project
    demo.run("dbt", "parse")
    found = {cut: [] for cut in CUTS}
    for kpi_id, cuts in demo.read("select kpi_id, cuts from kpis.dim_kpi"):
        had = cuts.split(",")
        for cut in had if EVERY_CUT else [next(c for c in CUTS if c in had)]:
            found.setdefault(cut, []).append(kpi_id)
    return found


def by_semantic_layer(world: World, kpis: list[str], cut: str) -> dict[Place, float]:
    """Return what MetricFlow says of KPIs by month and one cut, null where nothing."""
    answers = world.folder / f"{cut}.csv"
    entity = "contact_reason" if cut == "reason" else cut
    query = ["--metrics", ",".join(kpis), "--csv", str(answers)]
    query += ["--group-by", f"metric_time__month,{entity}"]
    world.run("mf", "query", *query)
    with answers.open() as file:
        return {
            (kpi_id, date.fromisoformat(row["metric_time__month"][:10]), row[entity]): (
                float(row[kpi_id])
            )
            for row in csv.DictReader(file)
            for kpi_id in kpis
            if row[kpi_id]
        }


def by_scorecard(world: World, kpis: list[str], cut: str) -> dict[Place, tuple]:
    """Return numerator, denominator and value over scale of the same places."""
    rows = world.read(
        f"""
        select kpi_id, period_start_date, cut_value,
            numerator, denominator, kpi_value / scale
        from kpis.rpt_kpi_scorecard
        inner join kpis.dim_kpi using (kpi_id)
        where period_grain = 'month' and cut = '{cut}' and kpi_value is not null
        """
    )
    return {tuple(row[:3]): row[3:] for row in rows if row[0] in kpis}


def by_oracle(opinion: Opinion, kpi_id: str, day: date, cut: str, value: str) -> tuple:
    """Return the same of the oracle's components."""
    formula, place = FORMULAE[kpi_id], ("month", day, cut, value)
    found = formula.value(opinion.components, place)
    below = formula.denominator
    return (
        opinion.components.get((formula.numerator, *place), 0),
        opinion.components.get((below, *place), 0) if below else 1,
        None if found is None else found / formula.scale,
    )


@pytest.mark.parametrize("case", ["of_demo", "of_random"])
def test_three_answers_agree(case, kpis, request):
    case = request.getfixturevalue(case)
    cells = 0
    for cut in kpis if case.is_demo else CUTS[:1]:
        answered = by_semantic_layer(case.world, kpis[cut], cut)
        scorecard = by_scorecard(case.world, kpis[cut], cut)
        # nothing is nothing: the scorecard has no line for a count of 0, the semantic
        # layer none where a numerator has no row
        assert not any(answered[key] for key in answered.keys() - scorecard.keys())
        assert not any(scorecard[key][0] for key in scorecard.keys() - answered.keys())
        for key, (numerator, denominator, value) in scorecard.items():
            kpi_id, day, cut_value = key
            above, below, ratio = by_oracle(case.opinion, kpi_id, day, cut, cut_value)
            # the scorecard's numerators are cents
            assert float(above) == pytest.approx(float(numerator), abs=0.005), key
            assert below == denominator, key
            cent = 0.005 / float(denominator)
            assert float(ratio) == pytest.approx(value, rel=1e-9, abs=cent), key
            assert answered.get(key, 0) == pytest.approx(value, rel=1e-9), key
            cells += 1
    assert cells > case.least


def test_the_oracle_says_all_of_the_demo(of_demo):
    """Every component, value and percentile, by every period and cut."""
    ours = of_demo.opinion.components
    file = of_demo.world.warehouse / "savoir.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        built = Built(connection)
        theirs = built.components()
        apart = [
            (key, ours.get(key), theirs.get(key))
            for key in ours.keys() | theirs.keys()
            if ours.get(key) != theirs.get(key)
        ]
        assert not apart, "\n".join([f"{len(apart)} apart", *map(str, apart[:20])])
        assert len(ours) > 1_000_000
        scorecard = built.scorecard()
        percentiles = built.percentiles()
    # their components are equal: one grain shows that both divide alike
    months = {
        tuple(row[column] for column in GRAIN): row["kpi_value"]
        for row in scorecard
        if row["period_grain"] == "month"
    }
    for (kpi_id, *place), value in months.items():
        found = FORMULAE[kpi_id].value(ours, tuple(place))
        assert (found is None) is (value is None), (kpi_id, place)
        if value is not None:
            assert isclose(found, value, rel_tol=1e-9, abs_tol=5e-3), (kpi_id, place)
    assert len(months) > 10_000
    assert percentiles.keys() == of_demo.opinion.percentiles.keys()
    for key, row in percentiles.items():
        pairs = zip(of_demo.opinion.percentiles[key], row, strict=True)
        assert all(isclose(one, other, rel_tol=1e-9) for one, other in pairs), key
