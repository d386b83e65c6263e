"""Days that differ by themselves, and a change that did nothing."""

import numpy as np
import pandas as pd
import pytest

from tests.oracle.uplift.warehouse import build, empty

WORLDS, DAYS, CHANGED = 300, 180, pd.Timestamp("2025-07-01")
TOUCHED, OTHERS = 30, 60


def days_of(world: int, dice: np.random.Generator) -> pd.DataFrame:
    """Each side's share of a day is drawn anew; nothing changes on any of them."""
    shares = np.clip(dice.normal(0.6, 0.12, (2, DAYS)), 0, 1)
    touched, others = (
        dice.binomial(n, p) for n, p in zip((TOUCHED, OTHERS), shares, strict=True)
    )
    date = CHANGED + pd.to_timedelta(np.arange(DAYS) - DAYS // 2, unit="D")
    lines = [
        ("team", "T", f"good_{world}", touched),
        ("team", "T", f"all_{world}", np.full(DAYS, TOUCHED)),
        ("overall", "all", f"good_{world}", touched + others),
        ("overall", "all", f"all_{world}", np.full(DAYS, TOUCHED + OTHERS)),
    ]
    return pd.concat(
        pd.DataFrame(
            {
                "period_grain": "day",
                "period_start_date": date,
                "cut": cut,
                "cut_value": value,
                "component": component,
                "component_value": counts,
            }
        )
        for cut, value, component, counts in lines
    )


@pytest.fixture(scope="module")
def found(texts) -> pd.DataFrame:
    dice = np.random.default_rng(5)
    components = pd.concat(days_of(world, dice) for world in range(WORLDS))  # noqa: F841
    warehouse = empty()
    warehouse.execute(
        """
        create table kpis.kpi_components as
        select * replace (period_start_date::date as period_start_date)
        from components;
        create table kpis.dim_kpi as
        select
            'kpi_' || world as kpi_id, 'kpi' as role, 'wilson' as interval_method,
            'good_' || world as numerator_component,
            'all_' || world as denominator_component, 'team' as cuts,
            0 as maturity_days
        from range(?) as worlds(world)
        """,
        [WORLDS],
    )
    warehouse.execute(
        """
        create table reference.interventions as
        select
            'nothing' as intervention_id, date '2025-07-01' as changed_date,
            'team' as cut, 'T' as cut_value;
        create table intermediate.int_data_horizon as
        select timestamp '2026-01-01' as as_of
        """
    )
    build(warehouse, texts, "rpt_interventions")
    return warehouse.sql("from kpis.rpt_interventions").df()


def test_nothing_is_found_where_nothing_changed(found):
    assert len(found) == WORLDS
    holds = (found.effect_low <= 0) & (found.effect_high >= 0)
    # of 300 at 95 %, give or take three standard errors
    assert holds.mean() == pytest.approx(0.95, abs=0.038)
    assert found.is_trend_parallel.mean() == pytest.approx(0.95, abs=0.038)


def test_contacts_alone_would_be_too_sure(found):
    """The binomial interval, which takes days for alike, misses far more often."""
    variance = sum(
        found[f"{side}_{span}"] / 100 * (1 - found[f"{side}_{span}"] / 100) / n
        for side, n in (("touched", TOUCHED), ("others", OTHERS))
        for span in ("before", "after")
    ) / (DAYS // 2)
    holds = found.effect_points.abs() <= 196 * np.sqrt(variance)
    assert holds.mean() < 0.85
