"""Churn risk on a world whose customers leave for planted reasons."""

import numpy as np
import pandas as pd
import pytest

from savoir.analysis import churn
from savoir.analysis.quality import judge

SILENCE = pd.Timedelta(days=120)
HORIZON = pd.Timestamp("2026-01-01")


def chance_of(rows: pd.DataFrame) -> np.ndarray:
    """Return the planted probability of being lost."""
    logit = (
        -1.2
        + 0.8 * np.log1p(rows["silent_days"]) / 2
        - 0.9 * np.log1p(rows["orders"])
        + 1.2 * rows["contacts_unresolved"]
        + 0.8 * rows["is_detractor"]
    )
    return (1 / (1 + np.exp(-logit))).to_numpy()


def world(customers: int, seed: int = 5, instants: int = 8) -> pd.DataFrame:
    """Return what is observed of customers: the horizon, and instants before it."""
    dice = np.random.default_rng(seed)
    past = [
        HORIZON - SILENCE - pd.Timedelta(days=30 * back) for back in range(instants)
    ]
    parts = []
    for instant in [HORIZON, *past]:
        contacts = dice.poisson(0.5, customers)
        rows = pd.DataFrame(
            {
                "observed_at": instant,
                "customer_id": [f"c{number:05d}" for number in range(customers)],
                "silent_days": dice.uniform(0, 120, customers),
                "orders": 1 + dice.poisson(2, customers),
                "margin_to_date_amount": dice.normal(40, 30, customers).round(2),
                "contacts": contacts,
                "contacts_unresolved": dice.binomial(contacts, 0.3),
                "contacts_handed_on": dice.binomial(contacts, 0.2),
                "longest_wait_seconds": contacts * dice.exponential(40_000, customers),
                "is_detractor": dice.random(customers) < 0.1,
            }
        )
        rows["age_days"] = rows["silent_days"] + dice.uniform(0, 400, customers)
        is_lost = dice.random(customers) < chance_of(rows)
        rows["is_lost"] = pd.Series(is_lost, dtype="boolean")
        parts.append(rows)
    parts[0]["is_lost"] = pd.Series([pd.NA] * customers, dtype="boolean")
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def observed() -> pd.DataFrame:
    return world(1500)


def score(observed: pd.DataFrame) -> pd.DataFrame:
    return churn.score(observed, churn.split(observed)[1])


@pytest.fixture(scope="module")
def tested(observed) -> pd.DataFrame:
    return churn.hold_out(observed)


def test_what_was_planted_is_told_apart_better_than_by_silence(tested):
    quality = judge(tested.assign(model_id="customer_churn")).set_index("metric")
    for metric in ("area_under_curve", "top_decile_lift", "root_mean_square_error"):
        assert quality.loc[metric, "gain_low"] > 0
    assert quality.loc["total_ratio", "metric_value"] == pytest.approx(1, abs=0.08)


def test_chances_are_the_planted_ones(observed):
    scores = score(observed).set_index("customer_id")["churn_probability"]
    _, today = churn.split(observed)
    planted = chance_of(today)
    assert np.corrcoef(scores, planted)[0, 1] > 0.95
    assert scores.mean() == pytest.approx(planted.mean(), abs=0.03)


def test_the_hold_out_is_the_last_that_is_known_and_had_no_part(observed, tested):
    """Fates of the 120 days before it are those of instants that far back."""
    last = HORIZON - SILENCE
    truth = observed[observed["observed_at"] == last].set_index("customer_id")
    said = tested.set_index("customer_id")
    assert (said["actual"] == truth["is_lost"].astype(float)).all()
    # what happened after the hold-out began teaches nothing about it
    late = observed["observed_at"].between(last - SILENCE, last, inclusive="right")
    swapped = observed.copy()
    swapped.loc[late, "is_lost"] = ~swapped.loc[late, "is_lost"]
    pd.testing.assert_series_equal(
        churn.hold_out(swapped)["predicted"], tested["predicted"]
    )
    early = observed["observed_at"] == last - SILENCE
    swapped.loc[early, "is_lost"] = ~swapped.loc[early, "is_lost"]
    assert not churn.hold_out(swapped)["predicted"].equals(tested["predicted"])


def test_no_hold_out_no_score():
    short = world(1500, instants=4)  # 90 days: none whose fate was known by the last
    assert churn.hold_out(short).empty
    assert score(short).empty
    few = world(60)
    assert churn.hold_out(few).empty
    nothing = few.head(0)
    assert pd.api.types.is_float_dtype(score(nothing)["churn_probability"])
    assert churn.hold_out(nothing).empty


def test_the_order_of_rows_changes_nothing(observed):
    shuffled = observed.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(score(shuffled), score(observed))


def test_a_sample_teaches_and_everybody_is_scored(observed):
    """Odd ones out: half of the customers say nearly what all of them say."""
    _, today = churn.split(observed)
    half = set(sorted(today["customer_id"])[::2])
    sample = observed[observed["customer_id"].isin(half)]
    scores = churn.score(sample, today)
    assert list(scores["customer_id"]) == list(today["customer_id"])
    everybody = score(observed)["churn_probability"]
    assert scores["churn_probability"].corr(everybody) > 0.98
