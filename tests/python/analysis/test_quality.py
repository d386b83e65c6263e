"""Metrics by hand, and intervals that say what they promise."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from savoir.analysis import quality
from savoir.analysis.quality import judge

PREDICTED = np.array([0.9, 0.8, 0.8, 0.3, 0.1])
ACTUAL = np.array([1.0, 0.0, 1.0, 1.0, 0.0])


def test_metrics_by_hand():
    # pairs lost / kept: .9 beats both, .8 ties and beats, .3 loses and beats: 4.5 of 6
    assert quality.area_under_curve(PREDICTED, ACTUAL) == pytest.approx(4.5 / 6)
    # errors .1 .8 .2 .7 .1
    assert quality.mean_absolute_error(PREDICTED, ACTUAL) == pytest.approx(1.9 / 5)
    assert quality.root_mean_square_error(PREDICTED, ACTUAL) == pytest.approx(
        np.sqrt(1.19 / 5)
    )
    assert quality.total_ratio(PREDICTED, ACTUAL) == pytest.approx(2.9 / 3)
    # of ten times five the five rated highest are all lost, of all 3 in 5
    assert quality.top_decile_lift(
        np.repeat(PREDICTED, 10), np.repeat(ACTUAL, 10)
    ) == pytest.approx(1 / 0.6)


def test_the_curve_agrees_with_scikit_learn():
    dice = np.random.default_rng(1)
    actual = (dice.random(500) < 0.3).astype(float)
    predicted = (dice.random(500) + actual / 3).round(1)  # many ties
    assert quality.area_under_curve(predicted, actual) == pytest.approx(
        roc_auc_score(actual, predicted)
    )


def test_what_cannot_be_said_is_not():
    nobody = np.zeros(3)
    for metric in ("area_under_curve", "top_decile_lift", "total_ratio"):
        assert np.isnan(getattr(quality, metric)(PREDICTED[:3], nobody))


def lines_of(predicted, baseline, actual) -> pd.DataFrame:
    rows = {"predicted": predicted, "baseline_predicted": baseline, "actual": actual}
    tested = pd.DataFrame(rows).assign(
        model_id="customer_orders", customer_id=[f"{n:04d}" for n in range(len(actual))]
    )
    return judge(tested).set_index("metric")


def test_an_interval_is_that_of_the_mean():
    dice = np.random.default_rng(2)
    actual = dice.normal(10, 2, 2000)
    lines = lines_of(np.full(2000, 10.0), np.full(2000, 10.0), actual)
    error = np.abs(actual - 10)
    half = 1.96 * error.std() / np.sqrt(2000)
    line = lines.loc["mean_absolute_error"]
    assert line["interval_low"] == pytest.approx(error.mean() - half, abs=half / 4)
    assert line["interval_high"] == pytest.approx(error.mean() + half, abs=half / 4)
    # the same prediction gains nothing
    assert line["gain_low"] == line["gain_high"] == 0


def test_a_baseline_that_is_better_is_said_to_be():
    dice = np.random.default_rng(3)
    actual = dice.poisson(2, 1000).astype(float)
    lines = lines_of(actual + 1, actual, actual)
    assert (lines["gain_high"] < 0).all()
    assert lines["baseline_value"].to_dict() == {
        "root_mean_square_error": 0,
        "mean_absolute_error": 0,
        "total_ratio": 1,
    }


def test_nothing_tested_nothing_judged():
    nothing = pd.DataFrame(
        columns=["model_id", "customer_id", "predicted", "baseline_predicted", "actual"]
    )
    assert judge(nothing).empty
    assert list(judge(nothing).columns) == list(quality.COLUMNS)
