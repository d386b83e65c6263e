"""How likely each active customer is to be lost: a regularised logistic regression."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

ENOUGH = 100  # customers lost, and kept: with fewer nothing is fitted
STRENGTH = 0.1  # inverse of the penalty on standardised coefficients

# what is skewed is read on a logarithmic scale
SKEWED = ["silent_days", "age_days", "longest_wait_seconds"]
LINEAR = ["contacts", "contacts_unresolved", "contacts_handed_on", "is_detractor"]


def score(observed: pd.DataFrame, today: pd.DataFrame) -> pd.DataFrame:
    """Return the probability that each customer active at the horizon is lost.

    `observed` has a row per instant and customer, as `int_customers_observed` has;
    `is_lost` is null at the horizon, which `today` has the rows of, for more customers
    maybe. None is scored where a hold-out is not possible.
    """
    judged, _ = split(observed)
    if hold_out(observed).empty:
        today = today.head(0)
    chances = _chances(judged, today, features) if len(today) else np.empty(0)
    return today[["customer_id"]].assign(churn_probability=chances)


def hold_out(observed: pd.DataFrame) -> pd.DataFrame:
    """Return what would have been said of the last customers whose fate is known.

    It is fitted to instants whose outcome was known by then. A row per customer:
    `predicted`, `baseline_predicted` (silence alone says it), `actual`, 1 where lost.
    """
    judged, today = split(observed)
    nothing = pd.DataFrame(
        {"customer_id": pd.Series(dtype=str)}
        | dict.fromkeys(["predicted", "baseline_predicted", "actual"], 0.0),
        index=[],
    )
    if judged.empty or today.empty:
        return nothing
    last = judged["observed_at"].max()
    silence = today["observed_at"].iloc[0] - last
    known = judged[judged["observed_at"] + silence <= last]
    test = judged[judged["observed_at"] == last]
    lost = known["is_lost"].astype(bool).sum()
    if min(lost, len(known) - lost) < ENOUGH:
        return nothing
    return test[["customer_id"]].assign(
        predicted=_chances(known, test, features),
        baseline_predicted=_chances(known, test, silence_alone),
        actual=test["is_lost"].astype(float),
    )


def split(observed: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows whose outcome is known, and those at the horizon, in order."""
    rows = observed.sort_values(["observed_at", "customer_id"], ignore_index=True)
    return rows[rows["is_lost"].notna()], rows[rows["is_lost"].isna()]


def features(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what a customer's fate may hang on, one column each."""
    margin = rows["margin_to_date_amount"].astype(float)
    return pd.DataFrame(
        {name: np.log1p(rows[name].astype(float)) for name in [*SKEWED, "orders"]}
        | {name: rows[name].astype(float) for name in LINEAR}
        | {
            "margin": np.sign(margin) * np.log1p(margin.abs()),
            # a silence is long or short for somebody
            "silence_in_gaps": rows["silent_days"]
            * rows["orders"]
            / rows["age_days"].clip(lower=1),
        }
    )


def silence_alone(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how long each customer has been silent: the rule of thumb."""
    return np.log1p(rows[["silent_days"]].astype(float))


def _chances(known: pd.DataFrame, rows: pd.DataFrame, seen) -> np.ndarray:
    """Return the probabilities of being lost, fitted to what is known."""
    # one thread adds up in one order
    with threadpool_limits(1):
        fitted = _model().fit(seen(known), known["is_lost"].astype(int))
        return fitted.predict_proba(seen(rows))[:, 1].round(6)


def _model() -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH))
