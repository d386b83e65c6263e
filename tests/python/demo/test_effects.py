"""Seasons, and the chances behind what is planted, on cases worked by hand."""

from datetime import datetime

import pytest

from savoir.demo.dice import Dice
from savoir.demo.effects import chance_between
from savoir.demo.season import MONTHS, WEEKDAYS, in_week, in_year
from savoir.demo.world import PARIS, Chance


def at(*parts):
    return int(datetime(*parts, tzinfo=PARIS).timestamp())


def test_factors_are_of_the_mean():
    assert sum(MONTHS) == pytest.approx(12)
    assert sum(WEEKDAYS) == pytest.approx(7)


def test_a_month_takes_its_share_of_the_year():
    """January 31 days of 1.3, February 28 of 1.05: 40.3 and 29.4 of 69.7."""
    low, high = at(2025, 1, 1), at(2025, 3, 1)
    end_of_january = low + (high - low) * 40.3 / 69.7
    assert in_year(low, low, high) == low
    assert in_year(int(end_of_january) + 1, low, high) == at(2025, 2, 1)
    middle_of_february = (end_of_january + high) / 2
    assert in_year(int(middle_of_february) + 1, low, high) == at(2025, 2, 15)
    assert in_year(high, low, high) == high


@pytest.mark.parametrize(
    ("drawn", "moved"),
    [
        ((2025, 6, 9), (2025, 6, 9)),
        # Monday lasts 1.35 days, Tuesday 1.1 from then on
        ((2025, 6, 9, 16, 12), (2025, 6, 9, 12)),
        ((2025, 6, 10, 8, 24), (2025, 6, 10)),
        # three quarters of a day are left for Sunday
        ((2025, 6, 15, 15), (2025, 6, 15, 12)),
        # clocks went forward on a Sunday
        ((2025, 3, 30, 15), (2025, 3, 30, 12)),
    ],
)
def test_a_weekday_takes_its_share_of_the_week(drawn, moved):
    assert in_week(at(*drawn)) == pytest.approx(at(*moved), abs=1)


def test_chances_of_two_issues_come_together():
    """Half of 0.5 and half of 0.4 fall into the window: 1 - 0.75 x 0.8."""
    chances = [Chance(None, 0.5, 0, 10, 0.1), Chance(None, 0.4, 10, 20, 0.1)]
    assert chance_between(chances, 5, 15) == pytest.approx(0.4)
    assert chance_between(chances, 20, 50) == 0


def test_waits_have_their_mean_and_no_memory():
    dice = Dice(1, "test")
    waits = [dice.wait(1000) for _ in range(20_000)]
    assert sum(waits) / len(waits) == pytest.approx(1000, rel=0.03)
    long = [wait - 700 for wait in waits if wait >= 700]
    assert sum(long) / len(long) == pytest.approx(1000, rel=0.05)
