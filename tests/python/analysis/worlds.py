"""Customers who buy as the models suppose, with what was planted."""

import numpy as np
import pandas as pd

WEEK = 7.0


def orders_of(
    customers: int, r: float, alpha: float, a: float, b: float, weeks: float, seed: int
) -> pd.DataFrame:
    """Return the orders of a BG/NBD world: `customer_id`, `week`, first ones too.

    First orders come evenly in the first half of the weeks.
    """
    dice = np.random.default_rng(seed)
    rate = dice.gamma(r, 1 / alpha, customers)
    leaves = dice.beta(a, b, customers)
    at = dice.uniform(0, weeks / 2, customers)
    who, found = np.arange(customers), []
    while len(who):
        found.append(pd.DataFrame({"customer_id": who, "week": at[who]}))
        if len(found) > 1:  # whoever came back may leave; nobody after the first order
            who = who[dice.random(len(who)) >= leaves[who]]
        at[who] += dice.exponential(1 / rate[who])
        who = who[at[who] < weeks]
    orders = pd.concat(found, ignore_index=True)
    orders["customer_id"] = orders["customer_id"].map("c{:06d}".format)
    return orders


def margins_of(
    orders: pd.DataFrame, p: float, q: float, v: float, seed: int
) -> pd.DataFrame:
    """Return the orders with the margins of a Gamma-Gamma world."""
    dice = np.random.default_rng(seed)
    names, who = np.unique(orders["customer_id"], return_inverse=True)
    nu = dice.gamma(q, 1 / v, len(names))
    return orders.assign(margin=dice.gamma(p, 1 / nu[who]))


def history_of(orders: pd.DataFrame, week: float, until: float, day) -> pd.DataFrame:
    """Return what `int_customers_summarised` says of orders, at a week dated a day."""
    known = orders[orders["week"] < week].groupby("customer_id")
    first, last = known["week"].min(), known["week"].max()
    return pd.DataFrame(
        {
            "as_of_date": pd.Timestamp(day),
            "orders": known.size(),
            "repeats": known.size() - 1,
            "orders_valued": known["margin"].count(),
            "mean_margin": known["margin"].mean(),
            "margin_to_date_amount": known["margin"].sum().round(2),
            "recency_days": (last - first) * WEEK,
            "age_days": (week - first) * WEEK,
            "ahead_days": (until - week) * WEEK,
        }
    ).reset_index()
