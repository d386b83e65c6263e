"""What goes with a good outcome: a ridge logistic regression, and what it leans on.

Association, not cause: who waits longer may also have the harder problem.
"""

import hashlib

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

NUMBERS = ("wait_seconds", "handle_seconds", "agent_tenure_days")
FLAGS = ("is_transferred",)
GROUPS = ("channel", "contact_reason")
DRIVERS = (*NUMBERS, *FLAGS, *GROUPS)
# part of what the outcome means, and no news about it
DEFINING = {"fcr": ("is_transferred",)}

FEWEST = 200  # observations; with less nothing is estimated
FEWEST_OF_A_KIND = 30  # good ones, bad ones, and rows of a level of its own
HOLDOUT_SHARE = 0.3
SHUFFLES = 20
Z = 1.959964  # 95 %
DECIMALS = 6
OTHER = "other"

COLUMNS = [
    "outcome", "driver", "level", "place", "from_value", "to_value", "effect",
    "effect_low", "effect_high", "importance", "importance_low", "importance_high",
    "observations", "holdout_observations", "holdout_auc",
]  # fmt: skip


def drivers(rows: pd.DataFrame) -> pd.DataFrame:
    """Estimate what moves each outcome; one row per outcome, driver and level.

    `rows` has `outcome`, `observation_id`, `customer_id`, `is_good` and the `DRIVERS`.
    `effect`: percentage points of the outcome between a number's 25th and 75th
    percentile (`from_value`, `to_value`), without and with a flag, or of a group's
    level against all, the rest as it is; with its 95 % interval, customers who come
    twice counted as one source of chance. `importance`: percent that the log loss on
    customers held out grows by when the driver is shuffled, with its interval.
    """
    parts = [
        _of_outcome(outcome, of_outcome.sort_values("observation_id"))
        for outcome, of_outcome in rows.groupby("outcome", sort=True)
    ]
    parts = [part for part in parts if len(part)]
    found = pd.concat(parts) if parts else pd.DataFrame(columns=COLUMNS)
    found = found[COLUMNS].reset_index(drop=True)
    return found.round(dict.fromkeys(found.select_dtypes("number"), DECIMALS))


class Design:
    """The columns a regression sees of the drivers; numbers by their logarithm."""

    def __init__(self, rows: pd.DataFrame, names: tuple[str, ...]) -> None:
        """Learn scales, levels and what stands for a number nobody measured."""
        self.names = names
        logs = np.log1p(rows[[n for n in names if n in NUMBERS]].astype(float))
        self._middle, self._scale = logs.median(), logs.std().replace(0, 1)
        self.levels = {n: self._levels(rows[n]) for n in names if n in GROUPS}

    @staticmethod
    def _levels(values: pd.Series) -> list[str]:
        counts = values.value_counts()
        kept = sorted(counts[counts >= FEWEST_OF_A_KIND].index)
        return kept if len(kept) == len(counts) else [*kept, OTHER]

    def columns(self, rows: pd.DataFrame) -> np.ndarray:
        """Return a row of regressors, the constant first, for each row."""
        found = [np.ones(len(rows))]
        for name in self.names:
            if name in NUMBERS:
                logs = np.log1p(rows[name].astype(float)).fillna(self._middle[name])
                found.append((logs - self._middle[name]) / self._scale[name])
            elif name in FLAGS:
                found.append(rows[name].astype(float))
            else:
                values = self.lumped(rows[name], name)
                found += [values == level for level in self.levels[name]]
        return np.column_stack(found).astype(float)

    def lumped(self, values: pd.Series, name: str) -> pd.Series:
        """Return a group's values, the rare ones as `other`."""
        return values.where(values.isin(self.levels[name]), OTHER)


def _of_outcome(outcome: str, rows: pd.DataFrame) -> pd.DataFrame:
    good = rows["is_good"].to_numpy(dtype=float)
    if len(rows) < FEWEST or min(good.sum(), (1 - good).sum()) < FEWEST_OF_A_KIND:
        return pd.DataFrame(columns=COLUMNS)
    names = tuple(n for n in DRIVERS if n not in DEFINING.get(outcome, ()))
    held = rows["customer_id"].map(is_held_out).to_numpy()
    importances, auc = _importances(rows, good, held, names)
    effects = _effects(rows, good, names)
    return effects.merge(importances, on="driver").assign(
        outcome=outcome,
        observations=len(rows),
        holdout_observations=int(held.sum()),
        holdout_auc=auc,
    )


def is_held_out(customer_id: str) -> bool:
    """Say whether a customer is kept from the fit, the same ones on every day."""
    digest = hashlib.sha256(str(customer_id).encode()).digest()
    return int.from_bytes(digest[:4], "big") < HOLDOUT_SHARE * 2**32


def _fit(columns: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Return the coefficients of a logistic regression with a ridge of 1."""
    from sklearn.linear_model import LogisticRegression

    # on one thread: sums in one order, and the same digits in every build
    with threadpool_limits(1):
        model = LogisticRegression(C=1.0, fit_intercept=False, tol=1e-8, max_iter=1000)
        return model.fit(columns, good).coef_[0]


def _chances(columns: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-columns @ coefficients))


def _effects(rows: pd.DataFrame, good: np.ndarray, names: tuple) -> pd.DataFrame:
    design = Design(rows, names)
    columns = design.columns(rows)
    coefficients = _fit(columns, good)
    covariance = _covariance(columns, good, coefficients, rows["customer_id"])
    found = []
    for name in names:
        for level, start, end in _contrasts(design, rows, name):
            before, after = (
                design.columns(rows if value is None else rows.assign(**{name: value}))
                for value in (start, end)
            )
            low, high = (_chances(part, coefficients) for part in (before, after))
            slope = (high * (1 - high)) @ after - (low * (1 - low)) @ before
            error = np.sqrt(slope @ covariance @ slope) / len(rows)
            effect = (high - low).mean()
            found.append(
                {
                    "driver": name,
                    "level": level,
                    "from_value": start if name in NUMBERS else None,
                    "to_value": end if name in NUMBERS else None,
                    "effect": 100 * effect,
                    "effect_low": 100 * (effect - Z * error),
                    "effect_high": 100 * (effect + Z * error),
                }
            )
    return pd.DataFrame(found)


def _contrasts(design: Design, rows: pd.DataFrame, name: str) -> list[tuple]:
    """Return what is compared: level, the value before (None: as it is) and after."""
    if name in NUMBERS:
        return [("all", *rows[name].astype(float).quantile([0.25, 0.75]))]
    if name in FLAGS:
        return [("true", False, True)]
    return [(level, None, level) for level in design.levels[name]]


def _covariance(
    columns: np.ndarray, good: np.ndarray, coefficients: np.ndarray, clusters: pd.Series
) -> np.ndarray:
    """Return the sandwich covariance of ridge coefficients, robust to clusters."""
    chances = _chances(columns, coefficients)
    bread = np.linalg.inv(
        (columns * (chances * (1 - chances))[:, None]).T @ columns
        + np.eye(columns.shape[1])
    )
    scores = pd.DataFrame(columns * (good - chances)[:, None])
    summed = scores.groupby(clusters.to_numpy()).sum().to_numpy()
    return bread @ (summed.T @ summed) @ bread


def _importances(
    rows: pd.DataFrame, good: np.ndarray, held: np.ndarray, names: tuple
) -> tuple[pd.DataFrame, float]:
    """Return how much each driver matters on the hold-out, and the fit's AUC there.

    Shuffled row by row, so that the interval is that of other customers, not of other
    shuffles (which is all scikit-learn's permutation_importance would show).
    """
    from sklearn.metrics import roc_auc_score

    design = Design(rows[~held], names)
    coefficients = _fit(design.columns(rows[~held]), good[~held])
    kept, right = rows[held], good[held]

    def loss(of: pd.DataFrame) -> np.ndarray:
        chances = _chances(design.columns(of), coefficients)
        return -np.log(np.where(right == 1, chances, 1 - chances))

    plain = loss(kept)
    dice = np.random.default_rng(0)
    found = []
    for name in names:
        values = kept[name].to_numpy()
        shuffled = [
            loss(kept.assign(**{name: dice.permutation(values)}))
            for _ in range(SHUFFLES)
        ]
        added = np.mean(shuffled, axis=0) - plain
        by_customer = pd.Series(added - added.mean()).groupby(
            kept["customer_id"].to_numpy()
        )
        error = np.sqrt((by_customer.sum() ** 2).sum()) / len(kept)
        mean = added.mean()
        found.append((name, mean, mean - Z * error, mean + Z * error))
    names_of = ["driver", "importance", "importance_low", "importance_high"]
    table = pd.DataFrame(found, columns=names_of)
    table[names_of[1:]] *= 100 / plain.mean()
    table["place"] = table["importance"].rank(ascending=False, method="first")
    auc = 100 * roc_auc_score(right, _chances(design.columns(kept), coefficients))
    return table, auc
