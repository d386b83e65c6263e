"""How many contacts are to come: methods, their backtest, and intervals.

Days are numbered; a series is an array of daily counts without gaps. Every method is a
function of a `Calendar`, the counts up to an origin and a horizon in days, and returns
the expected counts of the days that follow.
"""

import datetime
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from threadpoolctl import threadpool_limits

WEEK = 7
YEAR = 365.25
HORIZON = 28  # days: four weeks
ORIGINS = 8  # of the backtest, a horizon apart
FEWEST_DAYS = 56  # of history before an origin; with less only the baseline speaks
CONFIDENCE = 0.95
DECIMALS = 4


@dataclass(frozen=True)
class Calendar:
    """Consecutive days and which of them are holidays; counts may end before it."""

    days: pd.DatetimeIndex
    holidays: frozenset[datetime.date]

    def regressors(self) -> pd.DataFrame:
        """Return a column per weekday, the holiday, the day after it, the season."""
        weekday = self.days.day_of_week
        holiday = np.array([day.date() in self.holidays for day in self.days])
        found = {f"weekday_{i}": weekday == i for i in range(WEEK)}
        found["holiday"] = holiday
        found["after_holiday"] = np.append(False, holiday[:-1]) & ~holiday
        position = 2 * np.pi * (self.days.day_of_year - 1) / YEAR
        for wave in (1, 2):
            found[f"sine_{wave}"] = np.sin(wave * position)
            found[f"cosine_{wave}"] = np.cos(wave * position)
        return pd.DataFrame(found, dtype=float)


def seasonal_naive(_: Calendar, counts: np.ndarray, horizon: int) -> np.ndarray:
    """Say of each day what the same weekday of the last week was."""
    return np.resize(counts[-WEEK:], horizon)


def smoothed(_: Calendar, counts: np.ndarray, horizon: int) -> np.ndarray:
    """Exponential smoothing of level, damped trend and weekday (additive ETS)."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    model = ExponentialSmoothing(
        counts, trend="add", damped_trend=True, seasonal="add", seasonal_periods=WEEK
    )
    return model.fit().forecast(horizon)


def regressed(calendar: Calendar, counts: np.ndarray, horizon: int) -> np.ndarray:
    """Poisson regression on the calendar, times a level that moves from week to week.

    The season of the year takes part once two years have been seen.
    """
    import statsmodels.api as sm
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    known = len(counts)
    regressors = calendar.regressors().iloc[: known + horizon]
    if known < 2 * YEAR:
        waves = regressors.columns.str.match("sine|cosine")
        regressors = regressors.loc[:, ~waves]
    varies = regressors.iloc[:known].nunique() > 1
    regressors = regressors.loc[:, varies]
    fit = sm.GLM(counts, regressors.iloc[:known], family=sm.families.Poisson())
    # a little ridge: a weekday on which nobody ever writes has no finite coefficient
    expected = fit.fit_regularized(alpha=1e-4, L1_wt=0).predict(regressors)
    weeks = np.arange(known % WEEK, known).reshape(-1, WEEK)
    levels = counts[weeks].sum(axis=1) / expected.to_numpy()[weeks].sum(axis=1)
    level = SimpleExpSmoothing(levels, initialization_method="estimated").fit()
    return expected.to_numpy()[known:] * level.forecast(1)[0]


Method = Callable[[Calendar, np.ndarray, int], np.ndarray]
BASELINE = "seasonal_naive"
METHODS: dict[str, Method] = {
    BASELINE: seasonal_naive,
    "ets": smoothed,
    "regression": regressed,
}


def forecast(
    contacts: pd.DataFrame, last_day: datetime.date, holidays: set[datetime.date]
) -> pd.DataFrame:
    """Forecast every channel by every method, from the last day and from before it.

    `contacts` has a row per channel and `date_day` with any `contacts`, up to
    `last_day`, the last day that is known whole. Returns a row per channel, method,
    `origin_date` (the last day the method knew) and `date_day`: `contacts` (missing in
    the future), `expected_contacts`, `contacts_low` and `contacts_high` (95 %),
    `naive_error` (what the same weekday a week before missed on average until the
    origin) and `is_chosen`: the method with the least squared error of the channel.
    """
    # small matrices: a second thread only waits, and burns four times the time
    with threadpool_limits(1):
        parts = [
            _forecast_channel(
                of_channel, pd.Timestamp(last_day), frozenset(holidays)
            ).assign(channel=channel)
            for channel, of_channel in contacts.groupby("channel", sort=True)
        ]
    rows = pd.concat(parts) if parts else pd.DataFrame(columns=COLUMNS)
    return rows[COLUMNS].reset_index(drop=True)


COLUMNS = [
    "channel", "method", "origin_date", "date_day", "contacts", "expected_contacts",
    "contacts_low", "contacts_high", "naive_error", "is_chosen",
]  # fmt: skip


def _forecast_channel(
    of_channel: pd.DataFrame, last_day: pd.Timestamp, holidays: frozenset
) -> pd.DataFrame:
    counted = of_channel.set_index(pd.to_datetime(of_channel["date_day"]))["contacts"]
    known = pd.date_range(counted.index.min(), last_day)
    if len(known) < WEEK:
        return pd.DataFrame(columns=COLUMNS)
    counts = counted.reindex(known, fill_value=0).to_numpy(dtype=float)
    days = pd.date_range(known[0], periods=len(known) + HORIZON)
    calendar = Calendar(days, holidays)
    tried = [len(counts) - HORIZON * back for back in range(ORIGINS, 0, -1)]
    origins = [origin for origin in tried if origin >= FEWEST_DAYS]
    names = list(METHODS) if origins else [BASELINE]
    parts = [
        _from_origin(calendar, counts, origin, name)
        for name in names
        for origin in [*origins, len(counts)]
    ]
    rows = with_intervals(pd.concat(parts, ignore_index=True))
    error = (rows["contacts"] - rows["expected_contacts"]) ** 2
    # the first of equals: the baseline, where nothing beats it
    chosen = (
        error.groupby(rows["method"]).mean()[names].idxmin() if origins else BASELINE
    )
    return rows.assign(is_chosen=rows["method"] == chosen)


def _from_origin(
    calendar: Calendar, counts: np.ndarray, origin: int, name: str
) -> pd.DataFrame:
    """Forecast a horizon from the first `origin` counts by one method."""
    past = counts[:origin]
    with warnings.catch_warnings():
        # a fit that stops early is judged by its errors like any other
        warnings.simplefilter("ignore")
        expected = METHODS[name](calendar, past, HORIZON)
    ahead = slice(origin, origin + HORIZON)
    actual = np.append(counts, np.full(HORIZON, np.nan))[ahead]
    return pd.DataFrame(
        {
            "method": name,
            "origin_date": calendar.days[origin - 1].date(),
            "date_day": calendar.days[ahead].date,
            "contacts": actual,
            "expected_contacts": np.maximum(expected, 0).round(DECIMALS),
            "naive_error": np.abs(past[WEEK:] - past[:-WEEK]).mean().round(DECIMALS),
        }
    )


def with_intervals(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the quantiles of a negative binomial as wide as the backtest's errors.

    What an origin itself missed plays no part in its own width, so that the share of
    days inside can be measured.
    """
    expected = rows["expected_contacts"]
    beyond_poisson = (rows["contacts"] - expected) ** 2 - expected
    known = rows["contacts"].notna()
    excess = beyond_poisson.where(known, 0)
    squares = (expected**2).where(known, 0)
    of_method = rows["method"]
    of_origin = [rows["method"], rows["origin_date"]]
    others = {
        part: values.groupby(of_method).transform("sum")
        - values.groupby(of_origin).transform("sum")
        for part, values in (("excess", excess), ("squares", squares))
    }
    dispersion = others["excess"] / others["squares"].where(others["squares"] > 0)
    low, high = interval(expected.to_numpy(), dispersion.fillna(0).to_numpy())
    return rows.assign(contacts_low=low, contacts_high=high)


def interval(
    expected: np.ndarray, dispersion: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % interval of counts with variance expected + dispersion expected².

    Without dispersion they are Poisson.
    """
    # far below what shows: a Poisson count is the limit of a negative binomial
    size = 1 / np.maximum(dispersion, 1e-6)
    chance = size / (size + expected)
    tail = (1 - CONFIDENCE) / 2
    return tuple(
        stats.nbinom.ppf(quantile, size, chance).astype(int)
        for quantile in (tail, 1 - tail)
    )
