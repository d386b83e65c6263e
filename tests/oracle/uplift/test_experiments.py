"""Many experiments with a planted effect, and how often their intervals hold it."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.oracle.uplift.warehouse import build, empty

EXPERIMENTS, TREATED, CONTROL = 400, 120, 60
SHARE_CONTROL, SHARE_TREATED, MEAN_MARGIN = 0.3, 0.5, 40
# margins of one size in both arms: what is incremental follows from the shares
INCREMENTAL = 100 * (1 - SHARE_CONTROL / SHARE_TREATED)


def outcomes() -> pd.DataFrame:
    """One row per customer: zero margin where nothing is bought, else skewed."""
    dice = np.random.default_rng(8)
    size = EXPERIMENTS * (TREATED + CONTROL)
    is_treated = np.arange(size) % (TREATED + CONTROL) < TREATED
    share = np.where(is_treated, SHARE_TREATED, SHARE_CONTROL)
    is_ordered = dice.random(size) < share
    margin = dice.gamma(2, MEAN_MARGIN / 2, size) * is_ordered
    return pd.DataFrame(
        {
            "experiment_id": np.arange(size) // (TREATED + CONTROL),
            "customer_id": np.arange(size),
            "arm": np.where(is_treated, "treatment", "control"),
            "is_known": True,
            "is_ordered": is_ordered,
            "margin_amount": margin.round(2),
            "prior_margin_amount": dice.gamma(2, 10, size).round(2),
        }
    ).astype({"experiment_id": str})


@pytest.fixture(scope="module")
def experiments(texts):
    warehouse = empty()
    frame = outcomes()  # noqa: F841 (DuckDB reads it)
    warehouse.execute(
        """
        create table intermediate.int_experiment_outcomes as
        select * replace (
            margin_amount::decimal(18, 2) as margin_amount,
            prior_margin_amount::decimal(18, 2) as prior_margin_amount
        )
        from frame;
        create table core.fct_issues (
            issue_id varchar, channel varchar, contact_reason varchar, team varchar,
            site varchar, partner varchar, is_resolved boolean,
            is_resolved_first_time boolean
        );
        create table intermediate.int_uplift_windows_followed (
            comparison varchar, is_contacted boolean, is_ordered boolean,
            is_order_in_flight boolean, recency_days integer, orders_before integer,
            tenure_days integer, value_decile integer, margin_amount decimal(18, 2),
            stratum_id varchar
        );
        create table intermediate.int_uplift_strata_weighed (
            comparison varchar, stratum_id varchar, windows_contacted bigint,
            windows_quiet bigint, windows_contacted_first bigint,
            baseline_share_variance double
        );
        create table intermediate.int_issues_matched (
            comparison varchar, issue_id varchar, customer_id varchar,
            stratum_id varchar, is_matched boolean, is_ordered boolean,
            margin_amount decimal(18, 2), baseline_share double,
            baseline_margin double, baseline_share_variance double,
            baseline_margin_variance double
        );
        insert into reference.experiments
        select distinct experiment_id, experiment_id in ('0', '1') from frame
        """
    )
    build(warehouse, texts, "int_experiments_compared", "rpt_uplift")
    build(warehouse, texts, "rpt_uplift_checks")
    return warehouse


def test_the_planted_effect_is_within_its_intervals(experiments):
    ((points, margin, low, high, shares),) = experiments.execute(
        """
        select
            avg((? between uplift_low and uplift_high)::integer),
            avg((
                ? between margin_gain_low_amount and margin_gain_high_amount
            )::integer),
            avg((incremental_share_low <= ?)::integer),
            avg((incremental_share_low > 0)::integer),
            count(incremental_share_low)
        from kpis.rpt_uplift where cut = 'experiment'
        """,
        [
            100 * (SHARE_TREATED - SHARE_CONTROL),
            MEAN_MARGIN * (SHARE_TREATED - SHARE_CONTROL),
            INCREMENTAL,
        ],
    ).fetchall()
    # of 400 at 95 and 97.5 %, give or take three standard errors
    assert points == pytest.approx(0.95, abs=0.033)
    assert margin == pytest.approx(0.95, abs=0.033)
    assert low == pytest.approx(0.975, abs=0.024)
    assert high > 0.3
    assert shares == EXPERIMENTS


def test_intervals_are_those_of_scipy(experiments):
    frame = outcomes()
    arms = [
        frame[(frame.experiment_id == "7") & (frame.arm == arm)].margin_amount
        for arm in ("treatment", "control")
    ]
    right = stats.ttest_ind(*arms, equal_var=False).confidence_interval()
    found = experiments.execute(
        """
        select margin_gain_low_amount::double, margin_gain_high_amount::double
        from kpis.rpt_uplift where cut_value = '7'
        """
    ).fetchone()
    assert found == pytest.approx((right.low, right.high), abs=0.006)


def test_arms_that_were_alike_are_seldom_called_unlike(experiments):
    ((alike,),) = experiments.execute(
        """
        select avg(is_passed::integer) from kpis.rpt_uplift_checks
        where diagnostic = 'margin before'
        """
    ).fetchall()
    assert alike == pytest.approx(0.95, abs=0.033)


def test_only_what_is_of_the_service_speaks_for_it(experiments):
    ((overall, of_service),) = experiments.execute(
        """
        select
            max(issues) filter (where cut = 'overall'),
            sum(issues) filter (where cut_value in ('0', '1'))
        from kpis.rpt_uplift where attribution = 'proven'
        """
    ).fetchall()
    assert overall == of_service == 2 * TREATED
