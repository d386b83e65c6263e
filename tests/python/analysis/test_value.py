"""BG/NBD and Gamma-Gamma: published figures, planted worlds, a hold-out."""

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from savoir.analysis import value
from savoir.analysis.quality import judge
from savoir.analysis.value import Buying, Earning, fit_buying, fit_earning

from .worlds import history_of, margins_of, orders_of

PUBLISHED = Buying(r=0.243, alpha=4.414, a=0.793, b=2.426)
PLANTED = {"r": 0.6, "alpha": 8.0, "a": 0.8, "b": 2.5}
EARNED = {"p": 6.25, "q": 3.74, "v": 15.44}


def one(*values: float) -> list[np.ndarray]:
    return [np.array([value]) for value in values]


def test_the_published_customer_is_expected_to_order_as_published():
    """Fader, Hardie & Lee 2005, CDNOW: x = 2, t_x = 30.43, T = 38.86, 39 weeks on."""
    (expected,) = PUBLISHED.expected(*one(2, 30.43, 38.86), ahead=39)
    assert expected == pytest.approx(1.226, abs=5e-4)


def test_the_closed_form_is_the_simulated_mean():
    """Ten thousand futures of a customer drawn from what the data leave possible."""
    dice = np.random.default_rng(1)
    x, recency, age, ahead = 3, 20.0, 30.0, 26.0
    rate = dice.gamma(PUBLISHED.r + x, 1 / (PUBLISHED.alpha + age), 100_000)
    # staying: a rate and a chance of leaving weighed by their likelihood
    leaves = dice.beta(PUBLISHED.a, PUBLISHED.b + x, 100_000)
    (alive,) = PUBLISHED.is_alive(*one(x, recency, age))
    came = np.zeros(100_000)
    at, staying = np.zeros(100_000), np.ones(100_000, bool)
    while staying.any():
        at += dice.exponential(1 / rate)
        staying &= at < ahead
        came += staying
        staying &= dice.random(100_000) >= leaves
    (expected,) = PUBLISHED.expected(*one(x, recency, age), ahead)
    assert expected == pytest.approx(alive * came.mean(), rel=0.02)


def test_nobody_leaves_before_coming_back():
    assert PUBLISHED.is_alive(*one(0, 0, 300)) == 1
    # the longer the silence after a usual gap, the surer
    chances = PUBLISHED.is_alive(
        *[np.full(3, 5.0), np.full(3, 10.0), np.array([10, 20, 60])]
    )
    assert chances[0] > chances[1] > chances[2]


@pytest.mark.parametrize(("a", "b", "repeats"), [(1.0, 2.0, 1), (0.4, 0.6, 0)])
def test_the_closed_form_has_no_holes(a, b, repeats):
    """Where a = 1, or a + b = 1 without repeats, it divides nothing by nothing."""
    seen = one(repeats, 5 * repeats, 30)
    here, near = (
        Buying(0.5, 8.0, a + off, b).expected(*seen, 26)[0] for off in (0, 1e-4)
    )
    assert here == pytest.approx(near, rel=1e-3)


def test_published_margins_are_expected_as_published():
    """Fader & Hardie 2013, CDNOW; spreadsheet figures of the first ten customers."""
    orders = np.array([2, 1, 0, 7, 2], float)
    means = np.array([22.35, 11.77, np.nan, 73.74, 25.55])
    expected = Earning(**EARNED).expected(orders, means)
    assert expected == pytest.approx([24.65, 18.91, 35.17, 71.46, 27.28], rel=2e-3)


@pytest.fixture(scope="module")
def world() -> pd.DataFrame:
    """Two years of 20,000 customers."""
    orders = orders_of(20_000, **PLANTED, weeks=104, seed=7)
    return margins_of(orders, **EARNED, seed=8)


@pytest.fixture(scope="module")
def history(world) -> pd.DataFrame:
    """Known after a year and a half, and after two."""
    dates = [(26, "2024-06-30"), (78, "2025-06-30"), (104, "2025-12-31")]
    return pd.concat(
        [history_of(world, week, 104, day) for week, day in dates], ignore_index=True
    )


def project(history: pd.DataFrame, discount_annual: float) -> pd.DataFrame:
    rows = duckdb.sql("""
        select * replace (
            as_of_date::date as as_of_date,
            margin_to_date_amount::decimal(18, 2) as margin_to_date_amount
        )
        from history
    """)
    parts = value.project(rows, discount_annual)
    found = pa.Table.from_batches(parts, value.PROJECTED).to_pandas()
    found["as_of_date"] = pd.to_datetime(found["as_of_date"])
    return found.sort_values(["as_of_date", "customer_id"], ignore_index=True)


@pytest.fixture(scope="module")
def projected(history) -> pd.DataFrame:
    return project(history, 0.1)


def test_what_was_planted_is_found(history):
    known = pa.table(history[history["as_of_date"] == "2025-06-30"])
    seen = value._weeks(known)
    fitted = fit_buying(*seen)
    assert (fitted.r, fitted.alpha) == pytest.approx((0.6, 8.0), rel=0.06)
    assert fitted.a / (fitted.a + fitted.b) == pytest.approx(0.8 / 3.3, rel=0.06)
    earning = fit_earning(*value._margins(known))
    assert (earning.p, earning.q, earning.v) == pytest.approx(
        tuple(EARNED.values()), rel=0.1
    )


def test_what_was_expected_came(history, projected):
    """Within the groups that the data tell apart, and better than last year again."""
    tested = value.hold_out(history, projected)
    quality = judge(tested).set_index(["model_id", "metric"])
    assert (quality["gain_low"] > 0).all()
    for model_id in ("customer_orders", "customer_margin"):
        line = quality.loc[(model_id, "total_ratio")]
        assert line["metric_value"] == pytest.approx(1, abs=0.05)
    orders = tested[tested["model_id"] == "customer_orders"]
    tenths = orders.groupby(pd.qcut(orders["predicted"], 10, labels=False))
    came, said = tenths["actual"].mean(), tenths["predicted"].mean()
    assert came.to_numpy() == pytest.approx(said.to_numpy(), abs=0.06)


def test_half_a_year_of_orders_and_a_hundred_who_came_back_or_nothing(history):
    first = history[history["as_of_date"] == "2024-06-30"]
    assert first["age_days"].max() > 181
    assert len(project(first, 0.1)) == len(first)
    assert project(first[first["age_days"] < 179.9], 0.1).empty
    back = first[first["repeats"] > 0]
    once = first[first["repeats"] == 0]
    assert project(pd.concat([back.head(99), once]), 0.1).empty
    assert not project(pd.concat([back.head(100), once]), 0.1).empty


def test_nothing_has_the_types_of_something(history, projected):
    nothing = project(history.head(0), 0.1)
    assert nothing.empty
    assert nothing.dtypes.to_dict() == projected.dtypes.to_dict()
    assert value.hold_out(history.head(0), nothing).empty


def test_waiting_costs_what_the_rate_says(history, projected):
    undiscounted = project(history, 0.0)
    plain = undiscounted["expected_orders"] * undiscounted["expected_order_margin"]
    assert undiscounted["expected_margin"].to_numpy() == pytest.approx(
        plain.to_numpy(), rel=1e-5, abs=1e-3
    )
    # somewhere between the beginning of the year and its end; buying thins out
    share = projected["expected_margin"].sum() / undiscounted["expected_margin"].sum()
    assert 1.1**-0.5 < share < 1.1**-0.4


def test_the_order_of_rows_changes_nothing(history, projected):
    shuffled = history.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(project(shuffled, 0.1), projected)


def test_rows_in_parts_are_projected_as_in_one(history, projected, monkeypatch):
    monkeypatch.setattr(value, "AT_ONCE", 2048)
    pd.testing.assert_frame_equal(project(history, 0.1), projected)


def test_without_any_margin_orders_are_expected_and_no_margin(history, projected):
    unvalued = history.assign(orders_valued=0, mean_margin=np.nan)
    found = project(unvalued, 0.1)
    assert found[["expected_order_margin", "expected_margin"]].isna().all(axis=None)
    assert found["expected_orders"].equals(projected["expected_orders"])


def test_a_hold_out_compares_the_last_date_half_a_year_back():
    """Ann: 4 orders, 1 of them before the year, 2 since. Bob is new, 1 since."""
    day, past, ago = "2025-12-31", "2025-06-30", "2024-06-30"
    rows = [
        (ago, "ann", 1, 10.0, 549),
        (past, "ann", 4, 60.0, 184),
        (past, "bob", 1, 5.0, 184),
        (day, "ann", 6, 100.0, 0),
        (day, "bob", 2, 4.0, 0),
        (day, "cat", 1, 9.0, 0),
    ]
    names = ["as_of_date", "customer_id", "orders", "margin_to_date_amount"]
    history = pd.DataFrame(rows, columns=[*names, "ahead_days"])
    history["as_of_date"] = pd.to_datetime(history["as_of_date"])
    projected = history[names[:2]].assign(
        expected_orders_to_horizon=1.5, expected_order_margin=20.0
    )
    tested = value.hold_out(history, projected).set_index(["model_id", "customer_id"])
    assert tested.loc["customer_orders"].to_dict("index") == {
        "ann": {
            "predicted": 1.5,
            "baseline_predicted": 3 * 184 / 365.25,
            "actual": 2.0,
        },
        "bob": {
            "predicted": 1.5,
            "baseline_predicted": 1 * 184 / 365.25,
            "actual": 1.0,
        },
    }
    assert tested.loc["customer_margin"].to_dict("index") == {
        "ann": {
            "predicted": 30.0,
            "baseline_predicted": 50 * 184 / 365.25,
            "actual": 40.0,
        },
        "bob": {
            "predicted": 30.0,
            "baseline_predicted": 5 * 184 / 365.25,
            "actual": -1.0,
        },
    }


def test_customers_who_all_leave_alike_have_a_value():
    """Where they do, the series would overflow."""
    orders = orders_of(3000, 1.5, 6.0, a=2500, b=7500, weeks=104, seed=3)
    seen = history_of(orders.assign(margin=1.0), 104, 130, "2026-01-01")
    told = [seen[name].to_numpy() for name in ("repeats", "recency_days", "age_days")]
    expected = fit_buying(*told).expected(*told, ahead=365)
    assert np.isfinite(expected).all()
    assert expected.min() >= 0
