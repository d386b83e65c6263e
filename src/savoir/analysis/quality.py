"""How good predictions were, beside a rule of thumb, and how sure that is."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import rankdata

DRAWS = 300
SEED = 20
LEVEL = (0.025, 0.975)

Metric = Callable[[np.ndarray, np.ndarray], float]


def root_mean_square_error(predicted: np.ndarray, actual: np.ndarray) -> float:
    """Return the typical error of a customer; an expectation has the least."""
    return float(np.sqrt(np.mean((predicted - actual) ** 2)))


def mean_absolute_error(predicted: np.ndarray, actual: np.ndarray) -> float:
    """Return the mean error of a customer, whatever its sign."""
    return float(np.mean(np.abs(predicted - actual)))


def total_ratio(predicted: np.ndarray, actual: np.ndarray) -> float:
    """Return how much was predicted per unit that came; 1 is right."""
    total = actual.sum()
    return float(predicted.sum() / total) if total else np.nan


def area_under_curve(predicted: np.ndarray, actual: np.ndarray) -> float:
    """Return how often one who was lost was rated above one who was not."""
    lost = actual > 0
    positives, negatives = lost.sum(), (~lost).sum()
    if not positives or not negatives:
        return np.nan
    ranks = rankdata(predicted)[lost].sum()
    return float((ranks / positives - (positives + 1) / 2) / negatives)


def top_decile_lift(predicted: np.ndarray, actual: np.ndarray) -> float:
    """Return how many times the usual share is lost among the tenth rated highest."""
    first = np.argsort(-predicted, kind="stable")[: max(len(predicted) // 10, 1)]
    usual = actual.mean()
    return float(actual[first].mean() / usual) if usual else np.nan


# by what is predicted: what to measure, and whether more of it is better
AMOUNTS = {
    "root_mean_square_error": (root_mean_square_error, False),
    "mean_absolute_error": (mean_absolute_error, False),
    "total_ratio": (total_ratio, None),
}
CHANCES = {
    "area_under_curve": (area_under_curve, True),
    "top_decile_lift": (top_decile_lift, True),
    "root_mean_square_error": (root_mean_square_error, False),
    "total_ratio": (total_ratio, None),
}
METRICS = {
    "customer_orders": AMOUNTS,
    "customer_margin": AMOUNTS,
    "customer_churn": CHANCES,
}
COLUMNS = {
    "model_id": str,
    "metric": str,
    "customers": "int64",
    "metric_value": float,
    "interval_low": float,
    "interval_high": float,
    "baseline_value": float,
    "gain_low": float,
    "gain_high": float,
}


def judge(tested: pd.DataFrame) -> pd.DataFrame:
    """Return each metric of each model, with intervals and the baseline's value.

    `tested` has `model_id`, `customer_id`, `predicted`, `baseline_predicted` and
    `actual`, one row per model and customer. The intervals hold 95 % of what customers
    drawn again and again would give; that of the gain is of baseline and model on the
    same draws, positive where the model is better, and of how much nearer to 1 a ratio.
    """
    lines = [
        _line(model_id, metric, rows, *METRICS[model_id][metric])
        for model_id, rows in tested.sort_values(["model_id", "customer_id"]).groupby(
            "model_id"
        )
        for metric in METRICS[model_id]
    ]
    return pd.DataFrame(lines, columns=list(COLUMNS)).astype(COLUMNS)


def _line(
    model_id: str, metric: str, rows: pd.DataFrame, of: Metric, is_more_better
) -> tuple:
    predicted, baseline, actual = (
        rows[name].to_numpy(float)
        for name in ("predicted", "baseline_predicted", "actual")
    )
    draws = np.random.default_rng(SEED).integers(len(rows), size=(DRAWS, len(rows)))
    values = np.array([of(predicted[draw], actual[draw]) for draw in draws])
    usual = np.array([of(baseline[draw], actual[draw]) for draw in draws])
    gains = {
        True: values - usual,
        False: usual - values,
        None: np.abs(usual - 1) - np.abs(values - 1),
    }[is_more_better]
    figures = [
        of(predicted, actual),
        *np.quantile(values, LEVEL),
        of(baseline, actual),
        *np.quantile(gains, LEVEL),
    ]
    return (model_id, metric, len(rows), *np.round(figures, 6))
