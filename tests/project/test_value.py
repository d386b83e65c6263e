"""Customers' value on the demo: what is fitted adds up, and says how far it holds."""

from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from savoir.paths import PROJECT
from savoir.predictions import tables


@pytest.fixture(scope="module")
def built(demo):
    file = str(demo.warehouse / "savoir.duckdb")
    with duckdb.connect(file, read_only=True) as connection:
        yield connection


def test_lifetime_value_is_what_customers_earned_and_are_expected_to(demo):
    """Of every month with half a year before it, and of the horizon; never of none."""
    found = demo.read(
        """
        select
            period_start_date, sum(customers_valued), sum(lifetime_margin_amount),
            sum(customers_so_far), sum(margin_to_date_amount)
        from kpis.kpi_customers_by_period where period_grain = 'month' group by 1
        order by 1
        """
    )
    fitted = dict(
        (day.replace(day=1), (customers, expected))
        for day, customers, expected in demo.read(
            """
            select as_of_date, count(*), sum(expected_margin::decimal(18, 2))
            from intermediate.int_customers_projected group by 1
            """
        )
    )
    for month, valued, lifetime, customers, to_date in found:
        of_all, expected = fitted.get(month, (0, None))
        assert (valued, lifetime) == (
            of_all,
            0 if expected is None else to_date + expected,
        )
        assert of_all in (0, customers)
    assert sum(month in fitted for month, *_ in found) == len(found) - 5


def test_the_predictions_beat_their_rules_of_thumb(demo):
    better = dict(
        demo.read(
            """
            select model_id || ' ' || metric, is_better_than_baseline
            from kpis.rpt_model_quality
            """
        )
    )
    assert {name for name, is_better in better.items() if not is_better} <= {
        "customer_churn total_ratio"  # both are near 1
    }
    assert len(better) == 10


def test_the_page_says_what_was_measured(built):
    """`savoir predictions --page docs/value.md` writes it."""
    assert tables(built) in (PROJECT / "docs" / "value.md").read_text(encoding="utf-8")


def test_curves_are_those_of_statsmodels(demo, built):
    """Durations are worked out anew, order by order."""
    ((as_of, churn_days),) = built.sql(
        """
        select as_of, churn_days
        from intermediate.int_data_horizon, intermediate.int_churn_thresholds
        where year_start_date = date_trunc('year', as_of)
        """
    ).fetchall()
    stop = pd.Timestamp(as_of) + pd.Timedelta(seconds=1)
    too_late = pd.Timedelta(seconds=int(churn_days * 86400) + 1)
    orders = built.sql(
        """
        select customer_id, list(ordered_at order by ordered_at) as ordered_at
        from core.fct_orders where is_valid_order and customer_id is not null group by 1
        """
    ).fetchall()
    contacts = dict(
        built.sql(
            """
            select customer_id, list(opened_at) from core.fct_contacts
            where is_countable and customer_id is not null group by 1
            """
        ).fetchall()
    )
    lives = {"contacted": [], "not contacted": []}
    for customer, ordered in orders:
        times = [pd.Timestamp(at) for at in ordered]
        entry = times[0] + pd.Timedelta(days=30)
        early = any(times[0] <= at < entry for at in contacts.get(customer, []))
        if entry > stop:
            continue
        ends = [*times[1:], pd.Timestamp.max]
        lost = [
            at + too_late
            for at, next_at in zip(times, ends, strict=True)
            if next_at - at >= too_late and at + too_late < stop
        ]
        end = min(lost, default=stop)
        group = "contacted" if early else "not contacted"
        lives[group].append(((end - entry).days, bool(lost)))
    for group, found in lives.items():
        days, is_lost = zip(*found, strict=True)
        right = SurvfuncRight(np.array(days), np.array(is_lost, int))
        rows = demo.read(
            f"""
            select day_number, customers_at_risk, customers_lost, kept_share,
                interval_low, interval_high
            from kpis.rpt_retention_curves
            where curve = 'contact' and curve_group = '{group}' order by 1
            """
        )
        mine = pd.DataFrame(
            rows, columns=["day", "at_risk", "lost", "kept", "low", "high"]
        ).set_index("day")
        happened = right.n_events > 0
        assert mine.index.tolist() == right.surv_times[happened].tolist()
        assert mine["at_risk"].tolist() == right.n_risk[happened].tolist()
        assert mine["lost"].tolist() == right.n_events[happened].tolist()
        kept = right.surv_prob[happened]
        assert mine["kept"].to_numpy() == pytest.approx(kept, abs=1e-6)
        # Greenwood's error, on the log(-log) scale
        error = right.surv_prob_se[happened] / (kept * np.log(kept))
        for end, sign in (("low", -1), ("high", 1)):
            bound = kept ** np.exp(1.959963984540054 * sign * error)
            inside = mine[end].notna().to_numpy()
            assert inside.sum() > 100
            assert mine[end].to_numpy()[inside] == pytest.approx(
                bound[inside], abs=2e-6
            )


def test_value_at_risk_is_ranked_in_money(demo):
    amounts = [
        amount
        for (amount,) in demo.read(
            "select value_at_risk_amount from kpis.rpt_value_at_risk order by risk_rank"
        )
    ]
    assert all(one >= other for one, other in pairwise(amounts))
    assert amounts[0] > 0
    ((open_now, queued),) = demo.read(
        """
        select
            (
                select sum(backlog_contacts) from kpis.kpi_backlog_by_period
                where period_grain = 'all'
            ),
            count(*) filter (where risk_source = 'open contact')
        from kpis.rpt_value_at_risk
        """
    )
    assert queued == open_now
