"""Customers, orders and issues in which a contact does what it was told to do.

Whoever bought lately asks, and buys again, more or less than others, and so do those
who are worth more: to compare the contacted with the rest shows that as well. What a
contact adds is added on top, to each customer the same.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

START = np.datetime64("2025-01-01")
WINDOW, NEVER = 30, -9999
REASONS = np.array(["late delivery", "defect", "invoice"])

# Chance of a day, by days since the last order (below 7, 14, 30, 60, 120, from then on)
# and by value: no margin yet, deciles 1-3, 4-7, 8-10.
RECENCY = np.array([7, 14, 30, 60, 120])
VALUE = np.array([1, 4, 8])
BUYS = np.outer(
    [0.003, 0.005, 0.008, 0.006, 0.004, 0.003],
    [1.0, 0.6, 1.0, 1.8],
)
GOOD_CUSTOMERS_ASK = np.outer(
    [0.002, 0.003, 0.006, 0.002, 0.001, 0.001],
    [1.0, 0.5, 1.0, 1.8],
)
OTHERS_ASK = np.outer(
    [0.001, 0.001, 0.002, 0.002, 0.003, 0.003],
    [1.0, 1.8, 1.0, 0.4],
)


@dataclass(frozen=True)
class Shop:
    """What is planted: the effect of a contact in points, and who asks."""

    uplift: float
    asks: np.ndarray
    customers: int = 4000
    days: int = 540


@dataclass(frozen=True)
class Facts:
    """What the models read: orders, issues, and the day after the last."""

    orders: pd.DataFrame
    issues: pd.DataFrame
    as_of: np.datetime64


def live(shop: Shop, seed: int) -> Facts:
    """Live through the days of one shop; a year's quarter draws the bands of value."""
    dice = np.random.default_rng(seed)
    n = shop.customers
    joins = dice.integers(-180, shop.days - 60, n)
    spends = dice.gamma(2, 1, n)
    last_order = np.full(n, NEVER)
    persuaded_on = np.full(n, NEVER)  # the day a contact makes somebody buy who has not
    silent_until = np.full(n, -1)
    earned, decile = np.zeros(n), np.zeros(n, dtype=int)
    orders, issues = [], []
    for day in range(-180, shop.days):
        if _is_quarter(day):
            decile = _deciles(earned)
        cell = np.digitize(day - last_order, RECENCY), np.digitize(decile, VALUE)
        is_customer = last_order > NEVER
        buys = (joins == day) | (is_customer & (dice.random(n) < BUYS[cell]))
        buys |= (persuaded_on == day) & ~buys
        persuaded_on[buys] = NEVER
        margins = np.round(spends * dice.uniform(5, 15, n), 2)
        for customer in np.flatnonzero(buys):
            orders.append((customer, day, dice.random(), margins[customer]))
        earned[buys] += margins[buys]
        last_order[buys] = day
        # whoever asks does so in the evening, when the day's orders are in
        cell = np.digitize(day - last_order, RECENCY), np.digitize(decile, VALUE)
        asks = (last_order > NEVER) & (silent_until < day) & (day >= 0)
        asks &= dice.random(n) < shop.asks[cell]
        who = np.flatnonzero(asks)
        for customer in who:
            issues.append((customer, day, dice.random()))
        # so that each is as much likelier to buy, whatever they would have done
        share = shop.uplift / 100 / _stays_away(day - last_order[who], decile[who])
        is_persuaded = dice.random(len(who)) < share
        chosen = day + dice.integers(1, WINDOW, len(who))
        persuaded_on[who] = np.where(is_persuaded, chosen, NEVER)
        silent_until[who] = day + WINDOW + 5
    return Facts(
        _orders(orders), _issues(issues, dice), START + np.timedelta64(shop.days, "D")
    )


def _is_quarter(day: int) -> bool:
    date = START + np.timedelta64(day, "D")
    month = date.astype("datetime64[M]").astype(int)
    return month % 3 == 0 and date == date.astype("datetime64[M]")


def _deciles(earned: np.ndarray) -> np.ndarray:
    known = np.flatnonzero(earned > 0)
    decile = np.zeros(len(earned), dtype=int)
    ranked = known[np.argsort(earned[known], kind="stable")]
    decile[ranked] = 1 + np.arange(len(ranked)) * 10 // max(len(ranked), 1)
    return decile


def _stays_away(recency: np.ndarray, decile: np.ndarray) -> np.ndarray:
    """Chance to buy nothing in the window; bands of value stay as they are."""
    value, share = np.digitize(decile, VALUE), np.ones(len(recency))
    for later in range(1, WINDOW + 1):
        share = share * (1 - BUYS[np.digitize(recency + later, RECENCY), value])
    return share


def _times(days: pd.Series, shares: pd.Series, opens: int, hours: int) -> pd.Series:
    """Instants of a day, from the hour something opens, for some hours."""
    seconds = (days * 86400 + opens * 3600 + shares * hours * 3600).astype("int64")
    return pd.Timestamp(START) + pd.to_timedelta(seconds, unit="s")


def _customer_ids(numbers: pd.Series) -> pd.Series:
    """Ids as even as hashes are."""
    return numbers.map(
        lambda number: f"{(number * 40503 + 7) % 65536:04x}{number:028x}"
    )


def _orders(rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer", "day", "share", "margin_amount"])
    at = _times(frame.day, frame.share, 8, 12)
    return pd.DataFrame(
        {
            "order_id": [f"o{number:07}" for number in range(len(frame))],
            "customer_id": _customer_ids(frame.customer),
            "is_valid_order": True,
            "is_upsell": False,
            "margin_amount": frame.margin_amount,
            "ordered_at": at,
            "ordered_date": at.dt.date,
        }
    )


def _issues(rows: list[tuple], dice: np.random.Generator) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer", "day", "share"])
    opened_at = _times(frame.day, frame.share, 20, 1)
    lasts = pd.to_timedelta(dice.integers(300, 3600, len(frame)), unit="s")
    return pd.DataFrame(
        {
            "issue_id": [f"i{number:07}" for number in range(len(frame))],
            "customer_id": _customer_ids(frame.customer),
            "contact_reason": dice.choice(REASONS, len(frame)),
            "opened_at": opened_at,
            "ended_at": opened_at + lasts,
        }
    )
