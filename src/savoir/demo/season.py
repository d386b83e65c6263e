"""When customers get in touch: the shape of the year and of the week."""

from datetime import timedelta
from itertools import pairwise

from savoir.demo.tally import month_starts
from savoir.demo.world import DAY, PARIS, World, paris

# a plain month is 1: presents are brought back in January, August is on holiday
MONTHS = (1.3, 1.05, 0.95, 0.92, 0.9, 0.95, 0.88, 0.8, 0.95, 1.0, 1.1, 1.2)
# from Monday to Sunday
WEEKDAYS = (1.35, 1.1, 1.0, 0.95, 0.95, 0.9, 0.75)

DEFINITIONS = {
    "seasonality": "over the mean of a day, months: first contacts of customers, "
    "weekdays: issues begun in channels that never close (chat, social)",
}


def in_year(at: int, low: int, high: int) -> int:
    """Move an instant that may be any from low to high with the same chance to where
    the months make it as likely as they should."""
    starts = [low, *(start for start in month_starts() if low < start < high), high]
    months = [(paris(start).month, start, end) for start, end in pairwise(starts)]
    weights = [MONTHS[month - 1] * (end - start) for month, start, end in months]
    rest = (at - low) / (high - low) * sum(weights)
    for weight, (_, start, end) in zip(weights, months, strict=True):
        if rest < weight:
            return start + int(rest / weight * (end - start))
        rest -= weight
    return high


def in_week(at: int) -> int:
    """Move an instant that may be any of its week, in Paris, as `in_year` does."""
    local = paris(at).replace(tzinfo=None)
    monday = (local - timedelta(days=local.weekday())).replace(
        hour=0, minute=0, second=0
    )
    rest = (local - monday) / timedelta(days=1) * sum(WEEKDAYS) / 7
    for day, weight in enumerate(WEEKDAYS):
        if rest < weight:
            moved = monday + timedelta(days=day, seconds=int(rest / weight * DAY))
            return int(moved.replace(tzinfo=PARIS).timestamp())
        rest -= weight
    return at


def truth(_: World) -> dict:
    """The planted factors, the same in every world, as plain values."""
    return {
        "seasonality": {
            "months": {f"{month:02d}": f for month, f in enumerate(MONTHS, start=1)},
            "weekdays": {str(day): f for day, f in enumerate(WEEKDAYS, start=1)},
        }
    }
