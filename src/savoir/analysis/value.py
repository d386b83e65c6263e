"""What customers without a contract will buy: BG/NBD and Gamma-Gamma.

Orders come at a customer's own rate until, after any of them, the customer leaves for
good with a probability of their own (Fader, Hardie & Lee 2005). What an order earns
varies around the customer's own mean, whatever the rate (Fader & Hardie 2013).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from duckdb import DuckDBPyRelation
from pyarrow import RecordBatch
from scipy.optimize import minimize
from scipy.special import digamma, gammaln, hyp2f1
from threadpoolctl import threadpool_limits

from savoir.analysis.sample import MANY

WEEK, YEAR = 7.0, 365.25  # days
QUARTERS = 4
ENOUGH = 100  # customers who came back: with fewer nothing is fitted
SEEN_DAYS = 180  # less says too little of the next twelve months
AT_ONCE = 1_000_000  # rows in memory, some 100 bytes each
STANDINGS = {"orders": "orders", "margin": "margin_to_date_amount"}
BOUNDS = (np.log(1e-3), np.log(1e4))
# customers more alike in leaving cannot be told apart, and the series would overflow
BOUNDS_OF_LEAVING = (BOUNDS[0], np.log(100))
PROJECTED = pa.schema(
    {
        "as_of_date": pa.date32(),
        "customer_id": pa.string(),
        "margin_to_date_amount": pa.decimal128(18, 2),
        "alive_probability": pa.float64(),
        "expected_orders": pa.float64(),
        "expected_orders_to_horizon": pa.float64(),
        "expected_order_margin": pa.float64(),
        "expected_margin": pa.float64(),
    }
)


@dataclass(frozen=True)
class Buying:
    """A fitted BG/NBD; `alpha` is in the unit of time it was fitted in.

    Arrays have one entry per customer: `repeats` orders after the first, the last of
    them `recency` after it, seen for `age` since it.
    """

    r: float
    alpha: float
    a: float
    b: float

    def is_alive(
        self, repeats: np.ndarray, recency: np.ndarray, age: np.ndarray
    ) -> np.ndarray:
        """Return the probabilities that customers have not left."""
        return 1 / (1 + self._odds_of_leaving(repeats, recency, age))

    def expected(
        self, repeats: np.ndarray, recency: np.ndarray, age: np.ndarray, ahead: float
    ) -> np.ndarray:
        """Return the orders expected of customers in the time `ahead`."""
        # the closed form is not defined where a, or a + b without repeats, is just 1
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6
        order = a + self.b + repeats - 1
        order = np.where(np.abs(order) > 1e-6, order, 1e-6)
        share = ahead / (self.alpha + age + ahead)
        # Euler's transformation of the published series: it cannot overflow
        series = hyp2f1(a + self.b - self.r - 1, a - 1, order, share)
        while_alive = order / (a - 1) * (1 - (1 - share) ** (a - 1) * series)
        return while_alive * self.is_alive(repeats, recency, age)

    def _odds_of_leaving(
        self, repeats: np.ndarray, recency: np.ndarray, age: np.ndarray
    ) -> np.ndarray:
        waited = np.log((self.alpha + age) / (self.alpha + recency))
        odds = self.a / (self.b + np.maximum(repeats, 1) - 1)
        return np.where(repeats > 0, odds * np.exp((self.r + repeats) * waited), 0)


@dataclass(frozen=True)
class Earning:
    """A fitted Gamma-Gamma; `v` is in the currency of the margins."""

    p: float
    q: float
    v: float

    def expected(self, orders: np.ndarray, mean_margin: np.ndarray) -> np.ndarray:
        """Return the margin per order to come, of customers with a mean so far.

        The fewer orders a mean is of, the nearer it is moved to everybody's.
        """
        known = np.where(orders > 0, mean_margin, 0) * orders
        return self.p * (self.v + known) / (self.p * orders + self.q - 1)


def fit_buying(repeats: np.ndarray, recency: np.ndarray, age: np.ndarray) -> Buying:
    """Fit a BG/NBD by maximum likelihood."""
    counts, place = np.unique(repeats, return_inverse=True)
    came_back = repeats > 0

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        r, alpha, a, b = np.exp(logs)
        stayed = -(r + repeats) * np.log(alpha + age)
        left = np.full(len(repeats), -np.inf)
        left[came_back] = (
            np.log(a)
            - np.log(b + repeats[came_back] - 1)
            - (r + repeats[came_back]) * np.log(alpha + recency[came_back])
        )
        either = np.logaddexp(stayed, left)
        by_count = (
            gammaln(r + counts)
            - gammaln(r)
            + gammaln(a + b)
            + gammaln(b + counts)
            - gammaln(b)
            - gammaln(a + b + counts)
        )
        likelihood = r * np.log(alpha) + by_count[place] + either
        is_left = np.exp(left - either)
        is_stayed = 1 - is_left
        beta = digamma(a + b) - digamma(a + b + counts)
        waits = is_stayed * np.log(alpha + age) + is_left * np.log(alpha + recency)
        rates = is_stayed / (alpha + age) + is_left / (alpha + recency)
        survivals = np.where(came_back, is_left / (b + np.maximum(repeats, 1) - 1), 0)
        slopes = [
            np.log(alpha) + (digamma(r + counts) - digamma(r))[place] - waits,
            r / alpha - (r + repeats) * rates,
            beta[place] + is_left / a,
            (beta + digamma(b + counts) - digamma(b))[place] - survivals,
        ]
        slope = np.array([np.mean(each) for each in slopes]) * np.exp(logs)
        return -np.mean(likelihood), -slope

    start = np.log([0.5, np.mean(age) / 2, 1.0, 2.0])
    return Buying(*_fitted(loss, start, [BOUNDS] * 2 + [BOUNDS_OF_LEAVING] * 2))


def fit_earning(orders: np.ndarray, mean_margin: np.ndarray) -> Earning:
    """Fit a Gamma-Gamma by maximum likelihood, on the customers who earned anything.

    Where nobody did, what it expects is NaN.
    """
    earned = (orders > 0) & (mean_margin > 0)
    if not earned.any():
        return Earning(np.nan, np.nan, np.nan)
    orders, mean_margin = orders[earned], mean_margin[earned]
    counts, place = np.unique(orders, return_inverse=True)
    total = orders * mean_margin

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        p, q, v = np.exp(logs)
        by_count = gammaln(p * counts + q) - gammaln(p * counts) - gammaln(q)
        known = np.log(total) - np.log(v + total)
        likelihood = by_count[place] + p * orders * known - q * np.log1p(total / v)
        joint, own = digamma(p * counts + q), digamma(p * counts)
        slopes = [
            orders * ((joint - own)[place] + known),
            joint[place] - digamma(q) - np.log1p(total / v),
            q / v - (p * orders + q) / (v + total),
        ]
        slope = np.array([np.mean(each) for each in slopes]) * np.exp(logs)
        return -np.mean(likelihood - np.log(mean_margin)), -slope

    start = np.log([2.0, 3.0, np.mean(mean_margin)])
    # a mean exists from q = 1 on
    return Earning(*_fitted(loss, start, [BOUNDS, (np.log(1.01), BOUNDS[1]), BOUNDS]))


def _fitted(loss: Callable, start: np.ndarray, bounds: list[tuple]) -> np.ndarray:
    """Return the parameters of least loss; the loss is of their logarithms."""
    options = {"ftol": 1e-12}
    # a second thread would only wait, and ten times as long as the work takes
    with threadpool_limits(1):
        found = minimize(
            loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options
        )
    return np.exp(found.x)


def project(history: DuckDBPyRelation, discount_annual: float) -> Iterator[RecordBatch]:
    """Yield what is expected of customers in the next twelve months, as `PROJECTED`.

    `history` has a row per `as_of_date` and `customer_id`: `repeats`, `recency_days`,
    `age_days`, `orders_valued`, `mean_margin`, `margin_to_date_amount`, which is passed
    on, and `ahead_days` from the date to the horizon. Each date is fitted on its own
    rows alone; one with less than `SEEN_DAYS` days of orders, or before `ENOUGH`
    customers had come back, has no rows. Margins are discounted from the middle of each
    quarter ahead.

    Years of millions of customers do not fit in memory: no more than `AT_ONCE` rows are
    held, in no order.
    """
    came_back = "count(*) filter (where repeats > 0)"
    dates = history.aggregate(
        f"as_of_date, max(age_days) as age_days, {came_back} as came_back"
    ).filter(f"age_days >= {SEEN_DAYS} and came_back >= {ENOUGH}")
    for (as_of_date,) in dates.project("as_of_date").order("all").fetchall():
        rows = history.filter(f"as_of_date = date '{as_of_date}'")
        # ids are hashes, so the first of them are a sample
        sample = rows.order("customer_id").limit(MANY).to_arrow_table()
        fitted = fit_buying(*_weeks(sample)), fit_earning(*_margins(sample))
        for some in rows.to_arrow_reader(AT_ONCE):
            yield _projected(some, *fitted, discount_annual)


def _projected(
    rows: RecordBatch, buying: Buying, earning: Earning, discount_annual: float
) -> RecordBatch:
    """Return what is expected of customers as they stood on one date."""
    seen = _weeks(rows)
    margin = earning.expected(*_margins(rows))
    ahead = [
        buying.expected(*seen, YEAR / WEEK * quarter / QUARTERS)
        for quarter in range(QUARTERS + 1)
    ]
    factors = [
        (1 + discount_annual) ** -((quarter + 0.5) / QUARTERS)
        for quarter in range(QUARTERS)
    ]
    discounted = sum(
        factor * (later - sooner)
        for factor, sooner, later in zip(factors, ahead, ahead[1:], strict=False)
    )
    horizon = rows["ahead_days"][0].as_py() / WEEK
    figures = [
        buying.is_alive(*seen).round(6),
        ahead[-1].round(6),
        buying.expected(*seen, horizon).round(6),
        margin.round(4),
        (discounted * margin).round(4),
    ]
    return RecordBatch.from_arrays(
        [
            rows["as_of_date"],
            rows["customer_id"],
            rows["margin_to_date_amount"],
            # without any margin none is expected: a null
            *(pa.array(figure, from_pandas=True) for figure in figures),
        ],
        schema=PROJECTED,
    )


def _weeks(rows: pa.Table | RecordBatch) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return repeats, recency and age, in weeks."""
    return (
        _numbers(rows, "repeats"),
        _numbers(rows, "recency_days") / WEEK,
        _numbers(rows, "age_days") / WEEK,
    )


def _margins(rows: pa.Table | RecordBatch) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of orders whose margin is known, and their mean margin."""
    return _numbers(rows, "orders_valued"), _numbers(rows, "mean_margin")


def _numbers(rows: pa.Table | RecordBatch, column: str) -> np.ndarray:
    """Return a column, NaN where it is null."""
    return rows[column].to_numpy(zero_copy_only=False).astype(float)


def hold_out(history: pd.DataFrame, projected: pd.DataFrame) -> pd.DataFrame:
    """Return what was expected of customers half a year ago, and what came.

    A row per `model_id` (orders, margin) and customer known then: `predicted`,
    `baseline_predicted` (it goes on as in the year before) and `actual`, from the last
    date projected that lies `SEEN_DAYS` back to the horizon.
    """
    keys = ["as_of_date", "customer_id"]
    expected = ["expected_orders_to_horizon", "expected_order_margin"]
    past = projected[keys + expected].merge(history, on=keys)
    dates = history.set_index(keys)
    past = past[past["ahead_days"] >= SEEN_DAYS]
    past = past[past["as_of_date"] == past["as_of_date"].max()]
    then = past.set_index("customer_id").sort_index()
    end = _standing(dates, history["as_of_date"].max(), then.index)
    year_ago = then["as_of_date"].max() - pd.DateOffset(years=1)
    before = _standing(dates, year_ago + pd.offsets.MonthEnd(0), then.index)
    predicted = {
        "orders": then["expected_orders_to_horizon"],
        "margin": then["expected_orders_to_horizon"] * then["expected_order_margin"],
    }
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "model_id": f"customer_{name}",
                    "customer_id": then.index,
                    "predicted": predicted[name].to_numpy(float),
                    "baseline_predicted": (then[standing] - before[standing]).to_numpy(
                        float
                    )
                    * then["ahead_days"].to_numpy(float)
                    / YEAR,
                    "actual": (end[standing] - then[standing]).to_numpy(float),
                }
            )
            for name, standing in STANDINGS.items()
        ],
        ignore_index=True,
    )


def _standing(dates: pd.DataFrame, date, customers: pd.Index) -> pd.DataFrame:
    """Return how customers stood on a date: at nothing before their first order."""
    columns = list(STANDINGS.values())
    if date not in dates.index.levels[0]:
        return pd.DataFrame(0.0, index=customers, columns=columns)
    return dates.loc[date, columns].astype(float).reindex(customers, fill_value=0.0)
