"""Forecasts of planted series: what was planted is found, and said how surely."""

import datetime

import numpy as np
import pandas as pd
import pytest

from savoir.analysis.forecast import (
    HORIZON,
    ORIGINS,
    Calendar,
    forecast,
    interval,
    regressed,
    seasonal_naive,
    with_intervals,
)

FIRST = pd.Timestamp("2025-01-06")  # a Monday
WEEKDAYS = np.array([60, 40, 40, 35, 35, 20, 5])


def planted(days: int, seed: int = 4, holidays=(), growth: float = 0.0) -> pd.DataFrame:
    """Poisson counts with a weekday pattern, a drift, and a fifth on holidays."""
    dates = pd.date_range(FIRST, periods=days)
    expected = WEEKDAYS[dates.day_of_week] * np.exp(growth * np.arange(days))
    expected = np.where(dates.isin(list(holidays)), expected / 5, expected)
    drawn = np.random.default_rng(seed).poisson(expected)
    return pd.DataFrame({"channel": "phone", "date_day": dates.date, "contacts": drawn})


def last_day(contacts: pd.DataFrame) -> datetime.date:
    return contacts["date_day"].max()


def test_the_baseline_repeats_the_last_week():
    week = np.arange(7.0)
    said = seasonal_naive(None, np.append(np.zeros(7), week), 10)
    assert said.tolist() == [0, 1, 2, 3, 4, 5, 6, 0, 1, 2]


def test_a_planted_week_is_found_and_beats_the_baseline():
    contacts = planted(400)
    rows = forecast(contacts, last_day(contacts), set())
    future = rows[rows["contacts"].isna() & rows["is_chosen"]]
    weekday = pd.to_datetime(future["date_day"]).dt.day_of_week
    assert len(future) == HORIZON
    # the mean of 57 weeks of such days misses by less than a tenth
    assert future["expected_contacts"].to_numpy() == pytest.approx(
        WEEKDAYS[weekday], rel=0.1, abs=1
    )
    past = rows[rows["contacts"].notna()]
    error = (past["contacts"] - past["expected_contacts"]).abs()
    mean = error.groupby(past["method"]).mean()
    # two counts of a week apart differ by √2 of what one differs from its mean
    assert mean["regression"] < 0.8 * mean["seasonal_naive"]


def test_the_intervals_hold_what_they_promise():
    inside = []
    for seed in range(3):
        contacts = planted(300, seed)
        rows = forecast(contacts, last_day(contacts), set())
        past = rows[rows["is_chosen"] & rows["contacts"].notna()]
        inside += list(
            past["contacts"].between(past["contacts_low"], past["contacts_high"])
        )
    assert len(inside) == 3 * ORIGINS * HORIZON
    assert np.mean(inside) == pytest.approx(0.95, abs=0.025)


def test_a_holiday_costs_what_holidays_cost():
    holidays = {pd.Timestamp(f"2025-{month:02}-15") for month in range(1, 13)}
    contacts = planted(300, holidays=holidays)
    calendar = Calendar(
        pd.date_range(FIRST, periods=300 + HORIZON),
        frozenset(day.date() for day in holidays),
    )
    said = regressed(calendar, contacts["contacts"].to_numpy(float), HORIZON)
    # 2025-11-15 is a Saturday: a fifth of 20, and the Saturday after it is whole
    place = (pd.Timestamp("2025-11-15") - FIRST).days - 300
    assert said[place] == pytest.approx(20 / 5, abs=1.5)
    assert said[place + 7] == pytest.approx(20, rel=0.15)


def test_the_season_of_the_year_takes_part_after_two():
    dates = pd.date_range("2025-01-01", "2028-01-31")
    season = 100 * (1 + 0.9 * np.sin(2 * np.pi * (dates.day_of_year - 1) / 365.25))
    known = 3 * 365  # of January to come, at 100 and rising by half
    counts = np.random.default_rng(1).poisson(season[:known]).astype(float)
    said = regressed(Calendar(dates, frozenset()), counts, HORIZON)
    assert season[known + HORIZON - 1] > 140
    assert said[-7:] == pytest.approx(season[known + 21 : known + 28], rel=0.15)


def test_the_level_follows_a_drift():
    contacts = planted(400, growth=0.004)
    counts = contacts["contacts"].to_numpy(float)
    calendar = Calendar(pd.date_range(FIRST, periods=430), frozenset())
    said = regressed(calendar, counts, HORIZON)
    # seen from the last week, and far above the mean of all weeks
    assert said[:7].sum() == pytest.approx(counts[-7:].sum(), rel=0.15)
    assert said[:7].sum() > 1.5 * counts.sum() / (400 / 7)


def test_more_than_chance_makes_wider_intervals():
    expected = np.array([20.0, 20.0])
    low, high = interval(expected, np.array([0.0, 0.1]))
    # Poisson of mean 20: P(X ≤ 11) = 2.1 %, P(X ≤ 12) = 3.9 %; P(X ≤ 29) = 97.8 %
    assert (low[0], high[0]) == (12, 29)
    assert low[1] < 12
    assert high[1] > 29


def test_what_an_origin_missed_plays_no_part_in_its_own_width():
    rows = pd.DataFrame(
        {
            "method": "ets",
            "origin_date": ["a", "b", "now"],
            "contacts": [14.0, 10.0, np.nan],
            "expected_contacts": 10.0,
        }
    )
    found = with_intervals(rows)
    # a missed by 16, 6 more than Poisson: b is as wide as 6 ÷ 10²; b missed by less
    # than Poisson, and both together by less: a and now are Poisson
    low, high = interval(np.full(3, 10.0), np.array([0.0, 0.06, 0.0]))
    assert found["contacts_low"].tolist() == low.tolist()
    assert found["contacts_high"].tolist() == high.tolist()
    assert high[1] > high[0]


def test_with_little_history_the_baseline_speaks_alone():
    contacts = planted(40)
    rows = forecast(contacts, last_day(contacts), set())
    assert set(rows["method"]) == {"seasonal_naive"}
    assert rows["is_chosen"].all()
    assert rows["contacts"].isna().all()
    assert forecast(planted(5), last_day(planted(5)), set()).empty
    assert forecast(planted(40).iloc[:0], last_day(contacts), set()).empty


def test_a_day_without_contacts_is_a_day_of_none():
    contacts = planted(200)
    sundays = pd.to_datetime(contacts["date_day"]).dt.day_of_week == 6
    open_days = contacts[~sundays]
    rows = forecast(open_days, last_day(contacts), set())
    future = rows[rows["contacts"].isna() & rows["is_chosen"]]
    closed = pd.to_datetime(future["date_day"]).dt.day_of_week == 6
    assert future["expected_contacts"][closed].max() < 0.5
    assert future["contacts_high"][closed].max() <= 1


def test_the_same_series_gives_the_same_figures_in_any_order():
    contacts = planted(150)
    shuffled = contacts.sample(frac=1, random_state=3)
    one, other = (forecast(c, last_day(contacts), set()) for c in (contacts, shuffled))
    pd.testing.assert_frame_equal(one, other)
